"""What staff decide about a gig that waits for them. Each decision goes into the audit log."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from gigs.actions.locks import refuse_gaps
from gigs.actions.moves import move
from gigs.models import Gig
from gigs.signals import gig_approved, gig_rejected
from gigs.status import GigStatus
from gigstream.core.errors import NotAllowed, Stale
from gigstream.core.models import AuditEntry


@transaction.atomic
def approve(*, gig_id: UUID, actor: User, now: datetime) -> Gig:
    """Put a gig that waits for review on offer, and tell its seller."""
    gig = _lock_waiting(gig_id, actor)
    refuse_gaps(gig)

    gig.published_at = gig.published_at or now
    gig.changed_since_review, gig.rejection_reason = False, ""
    changed = "published_at", "changed_since_review", "rejection_reason"
    move(gig, GigStatus.ACTIVE, *changed, now=now)
    _note(gig, actor, "gigs.approve", now=now)
    gig_approved.send(sender=Gig, gig=gig, at=now)
    return gig


@transaction.atomic
def reject(*, gig_id: UUID, actor: User, reason: str, now: datetime) -> Gig:
    """Send a gig back to its seller with the reason; changed, it may come again."""
    gig = _lock_waiting(gig_id, actor)
    gig.rejection_reason = reason.strip()
    if not gig.rejection_reason:
        raise NotAllowed(_("Say what the seller has to change."))

    move(gig, GigStatus.REJECTED, "rejection_reason", now=now)
    _note(gig, actor, "gigs.reject", now=now)
    gig_rejected.send(sender=Gig, gig=gig, at=now)
    return gig


def _lock_waiting(gig_id: UUID, actor: User) -> Gig:
    gig = (
        Gig.objects.select_for_update(of=("self",))
        .select_related("seller")
        .get(pk=gig_id)
    )
    if not actor.has_perm("gigs.change_gig"):
        raise NotAllowed(_("Only moderators decide about gigs."))
    if gig.seller_id == actor.pk:
        raise NotAllowed(_("Nobody decides about their own gig."))
    if gig.status != GigStatus.IN_REVIEW:
        raise Stale(_("This gig does not wait for review any more."))
    return gig


def _note(gig: Gig, actor: User, verb: str, *, now: datetime) -> None:
    AuditEntry.objects.create(
        at=now,
        actor=actor,
        verb=verb,
        target=f"gigs.gig:{gig.pk}",
        before={"status": GigStatus.IN_REVIEW},
        after={"status": gig.status, "title": gig.title},
        reason=gig.rejection_reason,
    )
