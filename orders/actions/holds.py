"""What happens to an order's money at Stripe without us: chargebacks, and refunds made by hand."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

import payments.actions
from gigstream.core.models import StaffTask
from gigstream.services.stripe import Dispute, Refund
from orders.actions.moves import lock, overtake
from orders.models import Order
from orders.signals import chargeback_ended, chargeback_opened
from orders.status import HOLDS_MONEY, WORKING, OrderStatus
from payments.models import Chargeback
from payments.status import ChargebackStatus


@transaction.atomic
def note_chargeback(*, order_id: UUID, dispute: Dispute, now: datetime) -> None:
    """Book what a bank does with an order's payment, and hold the order meanwhile."""
    order = lock(order_id)
    chargeback = payments.actions.note_chargeback(dispute=dispute, now=now)
    was_held, order.on_hold = order.on_hold, payments.actions.is_held(order.pk)
    if order.on_hold and not was_held:
        order.held_at = now
        order.save(update_fields=["on_hold", "held_at"])
        overtake(order, now=now)
        chargeback_opened.send(sender=Order, order=order, actor=None, at=now)
    if was_held and not order.on_hold:
        _make_up(order, now)
        _end(order, chargeback, now)


@transaction.atomic
def adopt_refund(*, order_id: UUID, refund: Refund, now: datetime) -> None:
    """Book a refund of an order that was made at Stripe by hand."""
    lock(order_id)
    payments.actions.adopt_refund(told=refund, now=now)


def _make_up(order: Order, now: datetime) -> None:
    """Let go of the order, and give back the time in which nobody could do anything."""
    paused = now - (order.held_at or now)
    order.held_at = None
    if order.dispute and order.dispute.answer_by:
        # The order's own time has stood still since the dispute began: see `leave`.
        order.dispute.answer_by += paused
        order.dispute.save(update_fields=["answer_by"])
    elif order.status in WORKING and order.due_at:
        order.due_at += paused
    elif order.status == OrderStatus.DELIVERED and order.review_ends_at:
        order.review_ends_at += paused
    order.save(update_fields=["on_hold", "held_at", "due_at", "review_ends_at"])


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
