"""What the till tells, and what it means for orders."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.dispatch import receiver

import payments.actions
import payments.signals
from gigstream.services.stripe import Intent
from orders import actions, signals
from orders.models import Order
from payments.models import UnappliedPayment


@receiver(payments.signals.payment_succeeded)
def settle_order(
    *,
    order_id: UUID | None,
    intent: Intent,
    happened_at: datetime,
    at: datetime,
    **_: Any,
) -> None:
    """Bring the money to its order. An order that is not there may just not be there yet."""
    if order_id and Order.objects.filter(pk=order_id).exists():
        actions.settle(order_id=order_id, intent=intent, now=at)
    elif happened_at > at - payments.actions.PATIENCE:
        raise payments.actions.NotYet("No order has this name yet.")
    else:
        payments.actions.book_unapplied(
            intent=intent,
            order_id=None,
            reason=UnappliedPayment.Reason.UNKNOWN_ORDER,
            now=at,
        )


@receiver(payments.signals.payment_returned)
def tell_of_returned_payment(
    *, order_id: UUID | None, amount: int, currency: str, at: datetime, **_: Any
) -> None:
    """Pass on, with the order, that money went back; money without an order has no addressee."""
    if order_id is None:
        return
    order = Order.objects.with_people().filter(pk=order_id).first()
    if order:
        signals.payment_returned.send(
            sender=Order,
            order=order,
            actor=None,
            amount=amount,
            currency=currency,
            at=at,
        )
