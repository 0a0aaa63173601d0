"""What staff decide about what waits for them. Each decision goes into the audit log."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.roles import MAY_DECIDE_ESCALATED
from gigs import window
from gigs.actions.change import apply, lock_change
from gigs.actions.locks import refuse_gaps
from gigs.actions.moves import move
from gigs.models import Gig, GigChange
from gigs.signals import gig_approved, gig_rejected
from gigs.status import GigStatus
from gigstream.core.errors import NotAllowed, Stale
from gigstream.core.models import AuditEntry, StaffTask


@transaction.atomic
def approve(
    *,
    gig_id: UUID,
    actor: User,
    now: datetime,
    reason: str = "",
    seen: datetime | None = None,
) -> Gig:
    """Put a new gig on offer, or the change of a known one in its place; tell its seller.

    `seen` is the `sent_of` the gig when the actor read it: what came later is `Stale`.
    """
    gig = _lock_to_decide(gig_id, actor, seen)
    is_new = gig.status == GigStatus.IN_REVIEW
    if is_new:
        refuse_gaps(gig)
        gig.published_at, gig.rejection_reason = gig.published_at or now, ""
        move(gig, GigStatus.ACTIVE, "published_at", "rejection_reason", now=now)
        before, after = _status(gig)
    else:
        before, after = apply(lock_change(gig), now=now)
        refuse_gaps(gig)
        window.forget()

    _escalated(gig).update(closed_at=now, closed_by=actor)
    note(gig, actor, "gigs.approve", before=before, after=after, now=now, reason=reason)
    gig_approved.send(sender=Gig, gig=gig, is_new=is_new, at=now)
    return gig


@transaction.atomic
def reject(
    *,
    gig_id: UUID,
    actor: User,
    reason: str,
    now: datetime,
    seen: datetime | None = None,
) -> Gig:
    """Send a gig back to its seller with the reason; changed, it may come again.

    Of a gig that buyers know only the change is sent back; the gig stays on offer.
    """
    gig = _lock_to_decide(gig_id, actor, seen)
    reason = reason.strip()
    if not reason:
        raise NotAllowed(_("Say what the seller has to change."))

    is_new = gig.status == GigStatus.IN_REVIEW
    if is_new:
        gig.rejection_reason = reason
        move(gig, GigStatus.REJECTED, "rejection_reason", now=now)
        before, after = _status(gig)
    else:
        change = lock_change(gig)
        change.refusal = reason
        change.save(update_fields=["refusal"])
        before, after = {}, change.parts

    _escalated(gig).update(closed_at=now, closed_by=actor)
    note(gig, actor, "gigs.reject", before=before, after=after, now=now, reason=reason)
    gig_rejected.send(sender=Gig, gig=gig, is_new=is_new, reason=reason, at=now)
    return gig


def sent_of(gig: Gig) -> datetime:
    """When what waits of a gig was written last."""
    change = GigChange.objects.filter(gig=gig).first()
    return change.sent_at if change else gig.updated_at


def _lock_to_decide(gig_id: UUID, actor: User, seen: datetime | None) -> Gig:
    """The gig; what moderators gave to the admins is theirs, on whatever page."""
    gig = lock_for_staff(gig_id, actor)
    _refuse_unread(gig, seen)
    if not actor.has_perm(MAY_DECIDE_ESCALATED) and _escalated(gig).exists():
        raise NotAllowed(_("An admin decides about this."))
    return gig


def _escalated(gig: Gig) -> QuerySet[StaffTask]:
    return StaffTask.objects.escalated().filter(target=f"gigs.gig:{gig.pk}")


def _refuse_unread(gig: Gig, seen: datetime | None) -> None:
    if gig.status != GigStatus.IN_REVIEW:
        lock_change(gig)
    if seen and seen != sent_of(gig):
        raise Stale(_("The seller changed it meanwhile. Read it, and decide anew."))


def lock_for_staff(gig_id: UUID, actor: User) -> Gig:
    gig = (
        Gig.objects.select_for_update(of=("self",))
        .select_related("seller")
        .get(pk=gig_id)
    )
    if not actor.has_perm("gigs.change_gig"):
        raise NotAllowed(_("Only moderators decide about gigs."))
    if gig.seller_id == actor.pk:
        raise NotAllowed(_("Nobody decides about their own gig."))
    return gig


def _status(gig: Gig) -> tuple[dict[str, Any], dict[str, Any]]:
    return {"status": GigStatus.IN_REVIEW}, {"status": gig.status, "title": gig.title}


def note(
    gig: Gig,
    actor: User,
    verb: str,
    *,
    before: dict[str, Any],
    after: dict[str, Any],
    now: datetime,
    reason: str = "",
) -> None:
    AuditEntry.objects.create(
        at=now,
        actor=actor,
        verb=verb,
        target=f"gigs.gig:{gig.pk}",
        before=before,
        after=after,
        reason=reason,
    )
