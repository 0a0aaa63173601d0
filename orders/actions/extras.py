"""More work for more money, agreed while an order is under way."""

from datetime import datetime
from uuid import UUID

import payments.actions
from gigstream.services.stripe import Intent
from orders.models import Order
from orders.signals import extra_paid
from orders.status import UNDER_WAY
from payments.models import Payment, Purpose


def request_extra_payment(
    order: Order, *, extra_id: UUID, price: int, now: datetime
) -> Payment:
    """Have the buyer pay for an extra, with the fees that were frozen on the order.

    The caller has locked the order, and checked who may ask. The same extra is the same
    payment, until it was paid, too.
    """
    policy = order.policy
    return payments.actions.request_payment(
        order_id=order.pk,
        buyer_id=order.buyer_id,
        price=price,
        fee=policy.service_fee(price),
        commission=policy.commission(price),
        currency=order.currency,
        now=now,
        purpose=Purpose.AMENDMENT,
        purpose_id=extra_id,
    )


def settle_extra(order: Order, intent: Intent, *, now: datetime) -> None:
    """Take the money for an extra while the order is under way; later it goes back.

    Who offered the extra hears of it by `extra_paid`, in this transaction.
    """
    payment = payments.actions.capture(
        order_id=order.pk,
        intent=intent,
        waiting=order.status in UNDER_WAY and not order.on_hold,
        now=now,
    )
    if payment:
        extra_paid.send(
            sender=Order,
            order=order,
            actor=order.buyer,
            extra_id=payment.purpose_id,
            payment=payment,
            at=now,
        )
