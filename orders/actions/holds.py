"""What happens to an order's money at Stripe without us: chargebacks, and refunds made by hand."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

import payments.actions
from gigstream.core.models import StaffTask
from gigstream.services.stripe import Dispute, Refund
from orders.actions.moves import lock
from orders.models import Order
from orders.signals import chargeback_ended, chargeback_opened
from orders.status import HOLDS_MONEY
from payments.models import Chargeback
from payments.status import ChargebackStatus


@transaction.atomic
def note_chargeback(*, order_id: UUID, dispute: Dispute, now: datetime) -> None:
    """Book what a bank does with an order's payment, and hold the order meanwhile."""
    order = lock(order_id)
    chargeback = payments.actions.note_chargeback(dispute=dispute, now=now)
    was_held, order.on_hold = order.on_hold, payments.actions.is_held(order.pk)
    order.save(update_fields=["on_hold"])
    if order.on_hold and not was_held:
        chargeback_opened.send(sender=Order, order=order, actor=None, at=now)
    if was_held and not order.on_hold:
        _end(order, chargeback, now)


@transaction.atomic
def adopt_refund(*, order_id: UUID, refund: Refund, now: datetime) -> None:
    """Book a refund of an order that was made at Stripe by hand."""
    lock(order_id)
    payments.actions.adopt_refund(told=refund, now=now)


def _end(order: Order, chargeback: Chargeback, now: datetime) -> None:
    is_lost = chargeback.status == ChargebackStatus.LOST
    if is_lost and order.status in HOLDS_MONEY:
        StaffTask.objects.raise_once(
            kind="orders.chargeback_lost",
            target=f"orders.order:{order.pk}",
            text=_("A chargeback was lost. Decide what becomes of order %(order)s.")
            % {"order": order.reference},
            opened_at=now,
        )
    chargeback_ended.send(
        sender=Order, order=order, actor=None, is_lost=is_lost, at=now
    )
