"""From held money to a seller's earnings, and from pending to available."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from payments.actions.posting import balance, credit, debit, post
from payments.models import AccountKind, Earning


@transaction.atomic
def release(
    *,
    order_id: UUID,
    seller_id: UUID,
    commission: int,
    currency: str,
    clears_at: datetime,
    now: datetime,
) -> None:
    """Give what is held for a completed order to its seller (E2); it clears later.

    The caller has locked the order. Twice is once.
    """
    price = balance(AccountKind.ESCROW, order_id, currency)
    fee = balance(AccountKind.FEE_DEFERRED, order_id, currency)
    commission = min(commission, price)
    is_new = post(
        "E2",
        debit(AccountKind.ESCROW, price, order_id),
        debit(AccountKind.FEE_DEFERRED, fee, order_id),
        credit(AccountKind.SELLER_PENDING, price - commission, seller_id),
        credit(AccountKind.COMMISSION, commission),
        credit(AccountKind.SERVICE_FEE, fee),
        key=f"done:{order_id}",
        currency=currency,
        at=now,
        order_id=order_id,
    )
    if is_new and price > commission:
        Earning.objects.create(
            order_id=order_id,
            seller_id=seller_id,
            amount=price - commission,
            currency=currency,
            earned_at=now,
            clears_at=clears_at,
        )


@transaction.atomic
def clear(*, earning_id: UUID, now: datetime) -> None:
    """Make a lot available whose time has come (E3); debts of the seller are paid first."""
    lot = Earning.objects.select_for_update(of=("self",)).get(pk=earning_id)
    if lot.cleared_at or lot.clears_at > now:
        return
    owed = min(
        lot.amount, balance(AccountKind.SELLER_RECEIVABLE, lot.seller_id, lot.currency)
    )
    post(
        "E3",
        debit(AccountKind.SELLER_PENDING, lot.amount, lot.seller_id),
        credit(AccountKind.SELLER_RECEIVABLE, owed, lot.seller_id),
        credit(AccountKind.SELLER_AVAILABLE, lot.amount - owed, lot.seller_id),
        key=f"clear:{lot.pk}",
        currency=lot.currency,
        at=now,
        order_id=lot.order_id,
    )
    lot.cleared_at = now
    lot.save(update_fields=["cleared_at"])
