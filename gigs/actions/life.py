"""A gig's way on and off the shelf. Doing any of it twice is doing it once."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from gigs.actions.locks import lock_own, refuse_gaps
from gigs.models import Gig
from gigs.status import GigStatus
from gigstream.core.errors import NotAllowed


@transaction.atomic
def publish(*, gig_id: UUID, actor: User, now: datetime) -> Gig:
    """Put a gig on offer for the first time, or tell what it lacks."""
    gig = lock_own(gig_id, actor)
    if gig.is_on_offer:
        return gig
    refuse_gaps(gig)

    gig.published_at = gig.published_at or now
    return _move(gig, GigStatus.ACTIVE, "published_at", now=now)


@transaction.atomic
def pause(*, gig_id: UUID, actor: User, now: datetime) -> Gig:
    """Take a gig off the shelf for a while; orders already placed go on."""
    gig = lock_own(gig_id, actor)
    if gig.status == GigStatus.PAUSED:
        return gig

    return _move(gig, GigStatus.PAUSED, now=now)


@transaction.atomic
def resume(*, gig_id: UUID, actor: User, now: datetime) -> Gig:
    """Put a paused gig back on offer."""
    gig = lock_own(gig_id, actor)
    if gig.is_on_offer:
        return gig
    if gig.status != GigStatus.PAUSED:
        raise NotAllowed(_("Only a paused gig can be resumed."))
    refuse_gaps(gig)

    return _move(gig, GigStatus.ACTIVE, now=now)


@transaction.atomic
def archive(*, gig_id: UUID, actor: User, now: datetime) -> None:
    """Take a gig away for good. Its orders keep it, so it is never deleted."""
    gig = lock_own(gig_id, actor)
    _move(gig, GigStatus.ARCHIVED, now=now)


def _move(gig: Gig, new: GigStatus, *changed: str, now: datetime) -> Gig:
    """Save the status and the `changed` fields."""
    current = GigStatus(gig.status)
    if not current.can_become(new):
        text = _("This gig is %(status)s, so that cannot be done now.")
        raise NotAllowed(text % {"status": str(current.label).lower()})

    gig.status = new
    gig.updated_at = now
    gig.save(update_fields=["status", "updated_at", *changed])
    return gig
