"""The portfolio of a seller. The files are at Cloudinary already when a work is added."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Standing, User, Work
from accounts.quota import refuse_what_does_not_fit
from gigstream.core import jobs
from gigstream.core.errors import NotAllowed, Stale
from gigstream.services.cloudinary import Picture

MOST_WORKS = 12


def refuse_full_portfolio(user: User) -> None:
    """Before any effort is spent on a picture; `add_work` asks again under the lock."""
    if user.works.count() >= MOST_WORKS:
        text = _("A portfolio has at most %(count)s works. Remove one first.")
        raise NotAllowed(text % {"count": MOST_WORKS})


@transaction.atomic
def add_work(
    *,
    actor: User,
    picture: Picture,
    sha256: str,
    title: str,
    text: str,
    now: datetime,
) -> Work:
    """Show one more work, at the end. The same file again is the same work."""
    owner = _lock(actor)
    if not owner.is_seller or owner.standing != Standing.ACTIVE:
        raise NotAllowed(_("Only sellers have a portfolio."))
    if shown := owner.works.filter(sha256=sha256).first():
        forget_file(picture.public_id)
        return shown
    refuse_full_portfolio(owner)
    refuse_what_does_not_fit(owner, picture.bytes)

    last = owner.works.in_order().last()
    return owner.works.create(
        position=last.position + 1 if last else 0,
        title=title,
        text=text,
        public_id=picture.public_id,
        version=picture.version,
        width=picture.width,
        height=picture.height,
        bytes=picture.bytes,
        sha256=sha256,
        created_at=now,
    )


@transaction.atomic
def describe_work(*, actor: User, work_id: UUID, title: str, text: str) -> None:
    work = _find(_lock(actor), work_id)
    work.title, work.text = title, text
    work.save(update_fields=["title", "text"])


@transaction.atomic
def remove_work(*, actor: User, work_id: UUID) -> None:
    work = _find(_lock(actor), work_id)
    work.delete()
    forget_file(work.public_id)


@transaction.atomic
def move_work(*, actor: User, work_id: UUID, to: Literal["earlier", "later"]) -> None:
    """Move a work by one place; at either end it stays where it is."""
    owner = _lock(actor)
    work = _find(owner, work_id)
    row = list(owner.works.in_order())
    place = row.index(work)
    row.insert(max(place + (-1 if to == "earlier" else 1), 0), row.pop(place))
    for position, each in enumerate(row):
        each.position = position
    Work.objects.bulk_update(row, ["position"])


def forget_file(public_id: str) -> None:
    """Have a file deleted that no work shows, or none any more."""
    jobs.enqueue("accounts.tasks.destroy_work", public_id=public_id)


def forget_works(user: User) -> None:
    """Take the whole portfolio down, within the closing of an account."""
    for public_id in user.works.values_list("public_id", flat=True):
        forget_file(public_id)
    user.works.all().delete()


def _lock(actor: User) -> User:
    return User.objects.select_for_update(no_key=True).get(pk=actor.pk)


def _find(owner: User, work_id: UUID) -> Work:
    try:
        return owner.works.get(pk=work_id)
    except Work.DoesNotExist as gone:
        raise Stale(_("This work is no longer in your portfolio.")) from gone
