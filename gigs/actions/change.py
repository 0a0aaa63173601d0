"""A change of a gig that buyers know: it waits beside the gig until staff have seen it.

The gig stays on offer as it was. What was agreed with staff is written in one piece.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy

from accounts.models import User
from gigs.actions.content import GigContent, content_of, face_in, face_of
from gigs.actions.locks import lock_own, refuse_gaps
from gigs.actions.write import write
from gigs.models import Gig, GigChange, GigImage
from gigs.status import KNOWN_TO_BUYERS
from gigs.steps import STEP_OF, Step
from gigstream.core import jobs
from gigstream.core.errors import Stale
from gigstream.core.models import PlatformSetting

NO_LONGER = gettext_lazy("This gig does not wait for review any more.")


def is_moderated() -> bool:
    """Whether staff look at a gig before it is on offer."""
    return PlatformSetting.objects.in_force().gig_moderation


def is_looked_at(gig: Gig) -> bool:
    """Whether staff see a change of this gig before buyers do."""
    return gig.status in KNOWN_TO_BUYERS and is_moderated()


def change_of(gig: Gig, *, now: datetime) -> GigChange:
    """What the gig is to say next, so far; it waits (again) from now on."""
    change, _is_new = GigChange.objects.update_or_create(
        gig=gig, defaults={"sent_at": now, "refusal": ""}
    )
    return change


def hold(
    gig: Gig,
    content: GigContent,
    *,
    step: Step | None,
    typed: Mapping[str, list[str]] | None,
    now: datetime,
) -> GigContent:
    """Keep what buyers would see differently, and return the rest, which may be written."""
    wanted = face_in(content)
    if not wanted:
        return content
    live = face_of(gig)
    different = {name: said for name, said in wanted.items() if said != live[name]}
    refuse_gaps(gig, different)

    change = change_of(gig, now=now)
    change.parts = _without(change.parts, wanted) | different
    change.typed = _without(change.typed, _steps(wanted, step))
    if different and step:
        change.typed[step] = dict(typed or {})
    change.save(update_fields=["parts", "typed"])
    drop_if_empty(change)
    nothing: dict[str, Any] = dict.fromkeys(STEP_OF)
    return replace(content, **nothing)


def supersede(gig: Gig, content: GigContent, *, step: Step | None) -> None:
    """What is written at once now does not wait any more."""
    change = GigChange.objects.filter(gig=gig).first()
    if change is None:
        return
    written = face_in(content)
    change.parts = _without(change.parts, written)
    change.typed = _without(change.typed, _steps(written, step))
    change.save(update_fields=["parts", "typed"])
    drop_if_empty(change)


def _steps(names: Iterable[str], step: Step | None) -> set[Step]:
    """Who names no step did not type in the editor: what was typed there is out of date."""
    return {step} if step else {STEP_OF[name] for name in names}


def drop_if_empty(change: GigChange) -> None:
    if not change.parts and not change.images.exists():
        change.delete()


@transaction.atomic
def send_change_again(*, gig_id: UUID, actor: User, now: datetime) -> None:
    """Let a change that was sent back wait again, as it is now; twice is once."""
    sent = GigChange.objects.filter(gig=lock_own(gig_id, actor))
    if not sent.exists():
        raise Stale(NO_LONGER)
    sent.exclude(refusal="").update(sent_at=now, refusal="")


@transaction.atomic
def drop_change(*, gig_id: UUID, actor: User) -> None:
    """Leave the gig as buyers see it; what was to change is gone, with its pictures."""
    let_go(lock_own(gig_id, actor))


def let_go(gig: Gig) -> None:
    """Delete a gig's change, if there is one, and the files of the pictures in it."""
    for public_id in GigImage.objects.filter(change__gig=gig).values_list(
        "public_id", flat=True
    ):
        jobs.enqueue("gigs.tasks.delete_file", public_id=public_id)
    GigChange.objects.filter(gig=gig).delete()


def absorb(gig: Gig, *, now: datetime) -> None:
    """Write down what waits of a gig that buyers do not see any more: it is a draft again."""
    change = GigChange.objects.filter(gig=gig).first()
    if change:
        change.gig = gig
        apply(change, now=now)


def apply(change: GigChange, *, now: datetime) -> tuple[dict[str, Any], dict[str, Any]]:
    """Write a change down, with its pictures last; return what it was before and after."""
    gig = change.gig
    live, after = face_of(gig), {**change.parts}
    before = {name: live[name] for name in after}
    write(gig, content_of(change.parts), now=now)
    behind = gig.images.aggregate(last=Max("position"))["last"] or 0
    for image in change.images.order_by("position", "id"):
        image.gig, image.change = gig, None
        image.position += behind + 1
        image.save(update_fields=["gig", "change", "position"])
        after.setdefault("new pictures", []).append(image.public_id)
    change.delete()
    return before, after


def lock_change(gig: Gig) -> GigChange:
    change = GigChange.objects.filter(gig=gig, refusal="").first()
    if change is None:
        raise Stale(NO_LONGER)
    change.gig = gig
    return change


def _without(known: Mapping[str, Any], names: Any) -> dict[str, Any]:
    return {name: value for name, value in known.items() if name not in names}
