"""Something extra for good work, after it was accepted."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

import payments.actions
from accounts.models import Standing, User
from gigstream.core.errors import NotAllowed
from gigstream.core.money import written
from gigstream.services.stripe import Intent
from orders.actions.moves import lock
from orders.models import Order
from orders.signals import tip_received
from orders.status import OrderStatus, Role
from payments.models import Payment, Purpose

LEAST_TIP = 1_00
MOST_TIP = 1_000_00


@transaction.atomic
def tip(
    *, order_id: UUID, actor: User, amount: int, tip_key: UUID, now: datetime
) -> Payment:
    """Have a buyer pay a tip for an order that is complete; the same key is the same tip."""
    order = lock(order_id)
    check_tip(order, actor)
    if not LEAST_TIP <= amount <= MOST_TIP:
        least, most = (written(each, order.currency) for each in (LEAST_TIP, MOST_TIP))
        text = _("A tip is between %(least)s and %(most)s.")
        raise NotAllowed(text % {"least": least, "most": most})
    return payments.actions.request_payment(
        order_id=order.pk,
        buyer_id=actor.pk,
        price=amount,
        currency=order.currency,
        now=now,
        purpose=Purpose.TIP,
        purpose_id=tip_key,
    )


def check_tip(order: Order, actor: User) -> None:
    """Refuse unless `actor` may leave a tip for this order now."""
    if order.role_of(actor) != Role.BUYER or actor.standing != Standing.ACTIVE:
        raise NotAllowed(_("This is not yours to do."))
    if order.status != OrderStatus.COMPLETED or order.on_hold:
        raise NotAllowed(_("A tip is for an order that is complete."))
    if order.seller.standing != Standing.ACTIVE:
        raise NotAllowed(_("This person cannot receive tips at the moment."))


def settle_tip(order: Order, intent: Intent, *, now: datetime) -> None:
    """Give a paid tip to the seller; if the order is not complete, or they left, it goes back."""
    is_there = order.seller.standing == Standing.ACTIVE
    payment = payments.actions.capture(
        order_id=order.pk,
        intent=intent,
        waiting=is_there and order.status == OrderStatus.COMPLETED,
        now=now,
    )
    if payment:
        tip_received.send(
            sender=Order,
            order=order,
            actor=order.buyer,
            amount=payment.amount,
            currency=payment.currency,
            at=now,
        )
