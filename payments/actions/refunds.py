"""Sending money back: set it aside, ask Stripe, believe what Stripe then says."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from gigstream.services import stripe
from payments.actions.posting import credit, debit, post
from payments.models import AccountKind, Refund
from payments.status import RefundStatus

TOLD_BY_STRIPE = {
    "pending": RefundStatus.SUBMITTED,
    "requires_action": RefundStatus.SUBMITTED,
    "succeeded": RefundStatus.SUCCEEDED,
    "failed": RefundStatus.FAILED,
    "canceled": RefundStatus.CANCELED,
}


def submit_refund(*, refund_id: UUID, now: datetime) -> None:
    """Ask Stripe to send a requested refund; asking again is the same refund.

    Raises `StripeUnavailable` when Stripe's answer is not known, so that the task
    that called comes back.
    """
    refund = Refund.objects.get(pk=refund_id)
    if refund.status not in {RefundStatus.REQUESTED, RefundStatus.SUBMITTED}:
        return
    try:
        told = _ask(refund)
    except stripe.StripeRefused as refusal:
        settle_refund(
            refund_id=refund_id, new=RefundStatus.FAILED, now=now, why=str(refusal)
        )
        return
    note_refund(told=told, now=now)


def _ask(refund: Refund) -> stripe.Refund:
    """Have Stripe send a refund, or look up what became of one that it has taken."""
    if refund.stripe_id:
        return stripe.retrieve_refund(refund.stripe_id, timeout=stripe.TASK_TIMEOUT)
    return stripe.refund_intent(
        refund_id=refund.pk,
        intent_id=refund.intent_id,
        amount=refund.amount,
        timeout=stripe.TASK_TIMEOUT,
    )


def note_refund(*, told: stripe.Refund, now: datetime) -> bool:
    """Take over what Stripe says of one of our refunds; False if it is none of ours."""
    refund = _ours(told)
    if refund is None:
        return False
    settle_refund(
        refund_id=refund.pk,
        new=TOLD_BY_STRIPE.get(told.status, RefundStatus.SUBMITTED),
        now=now,
        stripe_id=told.id,
        why=told.failure_reason,
    )
    return True


@transaction.atomic
def settle_refund(
    *,
    refund_id: UUID,
    new: RefundStatus,
    now: datetime,
    stripe_id: str | None = None,
    why: str = "",
) -> None:
    """Move a refund on, with its posting E10b. News that comes late or twice changes nothing."""
    refund = Refund.objects.select_for_update(of=("self",)).get(pk=refund_id)
    old = RefundStatus(refund.status)
    if not old.can_become(new):
        return
    refund.status = new
    refund.stripe_id = stripe_id or refund.stripe_id
    refund.failure = why[:300]
    refund.settled_at = None if new == RefundStatus.SUBMITTED else now
    refund.save(update_fields=["status", "stripe_id", "failure", "settled_at"])
    _post_outcome(refund, old=old, new=new, now=now)


def _post_outcome(
    refund: Refund, *, old: RefundStatus, new: RefundStatus, now: datetime
) -> None:
    clearing, owed = AccountKind.REFUND_CLEARING, AccountKind.BUYER_PAYABLE
    if new == RefundStatus.SUCCEEDED:
        post(
            "E10b",
            debit(clearing, refund.amount, refund.pk),
            credit(AccountKind.STRIPE, refund.amount),
            key=f"rok:{refund.pk}",
            currency=refund.currency,
            at=now,
        )
    elif new in {RefundStatus.FAILED, RefundStatus.CANCELED}:
        came_back = old == RefundStatus.SUCCEEDED
        post(
            "E10b",
            debit(AccountKind.STRIPE, refund.amount)
            if came_back
            else debit(clearing, refund.amount, refund.pk),
            credit(owed, refund.amount, _creditor(refund)),
            key=f"rfail:{refund.pk}",
            currency=refund.currency,
            at=now,
        )


def _creditor(refund: Refund) -> UUID | str:
    """Whom a refund that failed is owed to; unknown payers keep the name of their payment."""
    if refund.payment:
        return refund.payment.buyer_id
    assert refund.unapplied is not None  # noqa: S101 - a constraint says it is one of the two
    return (
        refund.unapplied.order.buyer_id if refund.unapplied.order else refund.intent_id
    )


def _ours(told: stripe.Refund) -> Refund | None:
    by_id = Refund.objects.filter(stripe_id=told.id).first()
    if by_id:
        return by_id
    try:
        named = UUID(told.metadata.get("refund", ""))
    except ValueError:
        return None
    return Refund.objects.filter(pk=named, intent_id=told.intent_id).first()
