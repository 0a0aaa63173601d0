"""A gig's way on and off the shelf. Doing any of it twice is doing it once."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from gigs.actions.addresses import save_under_new_slug
from gigs.actions.change import is_moderated, let_go
from gigs.actions.locks import lock_own, refuse_gaps
from gigs.actions.moves import move
from gigs.models import Gig
from gigs.status import ERASABLE, GigStatus
from gigstream.core import jobs
from gigstream.core.errors import NotAllowed


@transaction.atomic
def publish(*, gig_id: UUID, actor: User, now: datetime) -> Gig:
    """Put a gig on offer, or tell what it lacks; where staff look first, it waits for them.

    What was rejected once is looked at again in any case.
    """
    gig = lock_own(gig_id, actor)
    if gig.status in {GigStatus.ACTIVE, GigStatus.IN_REVIEW}:
        return gig
    refuse_gaps(gig)
    if gig.published_at is None:
        save_under_new_slug(gig)

    is_known = gig.status == GigStatus.PAUSED
    if gig.rejection_reason or (is_moderated() and not is_known):
        return move(gig, GigStatus.IN_REVIEW, now=now)
    gig.published_at = gig.published_at or now
    return move(gig, GigStatus.ACTIVE, "published_at", now=now)


@transaction.atomic
def pause(*, gig_id: UUID, actor: User, now: datetime) -> Gig:
    """Take a gig off the shelf for a while; orders already placed go on."""
    gig = lock_own(gig_id, actor)
    if gig.status == GigStatus.PAUSED:
        return gig

    return move(gig, GigStatus.PAUSED, now=now)


@transaction.atomic
def resume(*, gig_id: UUID, actor: User, now: datetime) -> Gig:
    """Put a paused gig back on offer, as buyers knew it; a change of it goes on waiting."""
    gig = lock_own(gig_id, actor)
    if gig.is_on_offer:
        return gig
    if gig.status != GigStatus.PAUSED:
        raise NotAllowed(_("Only a paused gig can be resumed."))
    refuse_gaps(gig)

    return move(gig, GigStatus.ACTIVE, now=now)


@transaction.atomic
def archive(*, gig_id: UUID, actor: User, now: datetime) -> None:
    """Put a gig away. Its orders keep it, so it is never deleted."""
    gig = lock_own(gig_id, actor)
    let_go(gig)
    move(gig, GigStatus.ARCHIVED, now=now)


@transaction.atomic
def restore(*, gig_id: UUID, actor: User, now: datetime) -> Gig:
    """Take an archived gig out again, as a draft that can be changed and published."""
    gig = lock_own(gig_id, actor, is_archived=True)
    if gig.status == GigStatus.DRAFT:
        return gig

    return move(gig, GigStatus.DRAFT, now=now)


@transaction.atomic
def delete(*, gig_id: UUID, actor: User) -> None:
    """Throw a draft away with its pictures. What was on offer or ordered is archived instead."""
    gig = lock_own(gig_id, actor)
    if gig.status not in ERASABLE or gig.published_at or gig.orders.exists():
        raise NotAllowed(_("Only a draft can be deleted. Archive this gig instead."))

    for public_id in gig.images.values_list("public_id", flat=True):
        jobs.enqueue("gigs.tasks.delete_file", public_id=public_id)
    gig.delete()
