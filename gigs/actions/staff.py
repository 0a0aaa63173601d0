"""What staff do about a gig that buyers know already. Its seller is told why."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from gigs.actions.change import absorb, let_go
from gigs.actions.moves import move
from gigs.actions.review import lock_for_staff, note
from gigs.models import Gig
from gigs.signals import gig_taken_off
from gigs.status import GigStatus
from gigstream.core.errors import NotAllowed


def take_down(*, gig_id: UUID, actor: User, reason: str, now: datetime) -> Gig:
    """Take a gig off the shelf until its seller has changed it and staff have looked again."""
    return _take_off(gig_id, GigStatus.REJECTED, actor=actor, reason=reason, now=now)


def pause_as_staff(*, gig_id: UUID, actor: User, reason: str, now: datetime) -> Gig:
    """Take a gig off the shelf for a while; its seller may put it back."""
    return _take_off(gig_id, GigStatus.PAUSED, actor=actor, reason=reason, now=now)


def archive_as_staff(*, gig_id: UUID, actor: User, reason: str, now: datetime) -> Gig:
    """Put a gig away. Restored by its seller, it is looked at before it is on offer again."""
    return _take_off(gig_id, GigStatus.ARCHIVED, actor=actor, reason=reason, now=now)


@transaction.atomic
def _take_off(
    gig_id: UUID, new: GigStatus, *, actor: User, reason: str, now: datetime
) -> Gig:
    gig = lock_for_staff(gig_id, actor)
    reason = reason.strip()
    if not reason:
        raise NotAllowed(_("Say why; the seller reads it."))

    before, changed = gig.status, []
    if new != GigStatus.PAUSED:
        gig.rejection_reason = reason
        changed = ["rejection_reason"]
    if new == GigStatus.ARCHIVED:
        let_go(gig)
    move(gig, new, *changed, now=now)
    if new == GigStatus.REJECTED:
        absorb(gig, now=now)
    note(
        gig,
        actor,
        VERBS[new],
        before={"status": before},
        after={"status": new},
        now=now,
        reason=reason,
    )
    gig_taken_off.send(sender=Gig, gig=gig, reason=reason, at=now)
    return gig


VERBS = {
    GigStatus.REJECTED: "gigs.take_down",
    GigStatus.PAUSED: "gigs.pause",
    GigStatus.ARCHIVED: "gigs.archive",
}
