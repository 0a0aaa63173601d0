"""What a seller writes about a gig: its text, packages, questions and tags."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from gigs.actions.addresses import save_under_new_slug
from gigs.actions.change import hold, is_looked_at, supersede
from gigs.actions.content import GigContent
from gigs.actions.locks import lock_own, refuse_gaps
from gigs.actions.write import write, write_parts, write_text
from gigs.models import Category, Gig, UnsavedStep
from gigs.steps import Step
from gigstream.core.errors import NotAllowed, Stale


@transaction.atomic
def create(
    *, gig_id: UUID, actor: User, content: GigContent, currency: str, now: datetime
) -> Gig:
    """Start a draft. It may have gaps; publishing is where they matter.

    The page chose the id, so that sending the same page twice makes one gig.
    """
    # Two sends of one page at once wait for each other here.
    seller = User.objects.select_for_update().get(pk=actor.pk)
    if not seller.is_seller:
        raise NotAllowed(_("Start selling first."))
    if existing := Gig.objects.of(seller).filter(pk=gig_id).first():
        return existing
    if Gig.objects.filter(pk=gig_id).exists():
        raise Stale(_("This page was used before. Please open a new one."))

    _refuse_hidden_shelf(content)
    gig = Gig(id=gig_id, seller=seller, currency=currency, created_at=now)
    write_text(gig, content, now=now)
    save_under_new_slug(gig)
    write_parts(gig, content)
    return gig


@transaction.atomic
def update(
    *,
    gig_id: UUID,
    actor: User,
    content: GigContent,
    now: datetime,
    step: Step | None = None,
    typed: Mapping[str, list[str]] | None = None,
) -> Gig:
    """Replace what the seller wrote, or what of it `content` holds.

    Where staff look at gigs, what buyers see of one that they know waits until staff have;
    it is kept as it was `typed` in its `step`, for the editor. Orders already placed keep
    the terms they froze. What was typed in the step and not saved is settled by this.
    """
    gig = lock_own(gig_id, actor)
    _refuse_hidden_shelf(content, stands_on=gig.category_id)

    if is_looked_at(gig):
        content = hold(gig, content, step=step, typed=typed, now=now)
    else:
        supersede(gig, content, step=step)
    write(gig, content, now=now)
    gig.unsaved.filter(step=step).delete()
    if gig.is_on_offer:
        refuse_gaps(gig)
    return gig


def _refuse_hidden_shelf(content: GigContent, *, stands_on: UUID | None = None) -> None:
    """What stands on a hidden shelf may stay there; nothing new comes."""
    shelf = content.category
    if shelf is None or shelf.pk == stands_on:
        return
    if not Category.objects.shown().filter(pk=shelf.pk).exists():
        raise NotAllowed(_("This category takes no new gigs. Choose another one."))


@transaction.atomic
def keep(
    *,
    gig_id: UUID,
    actor: User,
    step: Step,
    typed: Mapping[str, list[str]],
    now: datetime,
) -> None:
    """Keep what was typed in a step as it stands, right or wrong; nobody else sees it."""
    gig = lock_own(gig_id, actor)
    UnsavedStep.objects.update_or_create(
        gig=gig, step=step, defaults={"typed": dict(typed), "kept_at": now}
    )


@transaction.atomic
def forget(*, gig_id: UUID, actor: User, step: Step) -> None:
    """Drop what was typed in a step and not saved."""
    lock_own(gig_id, actor).unsaved.filter(step=step).delete()
