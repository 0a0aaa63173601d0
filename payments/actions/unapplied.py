"""What finance does about money that fits no order and that does not go back by itself."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from gigstream.core.errors import NotAllowed, Stale
from gigstream.core.models import AuditEntry, StaffTask
from payments.actions.adjustments import propose_adjustment
from payments.models import (
    Adjustment,
    AdjustmentKind,
    UnappliedPayment,
)


@transaction.atomic
def settle_unapplied(
    *, unapplied_id: UUID, actor: User, reason: str, now: datetime
) -> None:
    """Note what it was, and close what the site asked about it."""
    unapplied = _lock(unapplied_id)
    if not actor.has_perm("payments.change_unappliedpayment"):
        raise NotAllowed(_("This is not yours to do."))
    targets = [f"payments.unappliedpayment:{unapplied.pk}"]
    if unapplied.sent_back:
        targets.append(f"payments.refund:{unapplied.sent_back.pk}")
    open_tasks = StaffTask.objects.open().filter(target__in=targets)
    if not open_tasks.update(closed_at=now, closed_by=actor):
        raise Stale(_("Nothing waits about this payment."))
    AuditEntry.objects.create(
        at=now,
        actor=actor,
        verb="payments.settle_unapplied",
        target=targets[0],
        reason=reason,
    )


@transaction.atomic
def pay_unapplied_another_way(
    *, unapplied_id: UUID, actor: User, reason: str, now: datetime
) -> Adjustment:
    """Propose that a buyer whose refund did not arrive is paid outside Stripe (E10c)."""
    unapplied = _lock(unapplied_id)
    if not unapplied.came_back or unapplied.order is None:
        raise NotAllowed(_("There is no refund of it that failed."))
    return propose_adjustment(
        kind=AdjustmentKind.BUYER_PAID,
        person=unapplied.order.buyer,
        amount=unapplied.amount,
        currency=unapplied.currency,
        reason=f"{reason} ({unapplied.intent_id})",
        actor=actor,
        now=now,
    )


def _lock(unapplied_id: UUID) -> UnappliedPayment:
    rows = UnappliedPayment.objects.select_for_update(of=("self",))
    return rows.select_related("refund", "order__buyer").get(pk=unapplied_id)
