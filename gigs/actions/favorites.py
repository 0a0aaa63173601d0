"""Gigs that people save for later. Doing either twice is doing it once."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from gigs.models import Favorite
from gigstream.core.errors import NotAllowed

MOST_SAVED = 1000
"""A page reads all of them to know its hearts, so there is an end to them."""


@transaction.atomic
def save(*, gig_id: UUID, actor: User, now: datetime) -> None:
    """Keep a gig in the person's list; the caller has seen that they may look at it."""
    mine = Favorite.objects.visible_to(actor)
    if mine.filter(gig=gig_id).exists():
        return
    if mine.count() >= MOST_SAVED:
        text = _("You have saved %(count)s gigs. Remove some before you save more.")
        raise NotAllowed(text % {"count": MOST_SAVED})
    # Saved at the same moment elsewhere, and perhaps gone again: nothing to look up.
    Favorite.objects.bulk_create(
        [Favorite(user=actor, gig_id=gig_id, created_at=now)], ignore_conflicts=True
    )


def unsave(*, gig_id: UUID, actor: User) -> None:
    """Take a gig off the person's list."""
    Favorite.objects.visible_to(actor).filter(gig=gig_id).delete()


def unsave_all(*, user: User) -> None:
    """Forget what somebody liked who leaves."""
    Favorite.objects.visible_to(user).delete()
