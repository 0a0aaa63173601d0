"""What the till tells, and what it means for orders."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.dispatch import receiver
from django.utils.translation import gettext as _
from django.utils.translation import override

import payments.actions
import payments.signals
from accounts.models import User
from accounts.signals import account_closed, account_suspended
from gigstream.core.models.staff import StaffTask
from gigstream.services.stripe import Dispute, Intent, Refund
from orders import actions, signals
from orders.models import Download, Order
from orders.status import OPEN
from payments.models import UnappliedPayment


@receiver(payments.signals.payment_succeeded)
def settle_order(
    *,
    order_id: UUID | None,
    intent: Intent,
    happened_at: datetime,
    at: datetime,
    **_kwargs: Any,
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


@receiver(payments.signals.chargeback_told)
def note_chargeback(
    *, order_id: UUID | None, dispute: Dispute, at: datetime, **_kwargs: Any
) -> None:
    """Bring a chargeback to its order; one of money without an order is only booked."""
    if order_id is None:
        payments.actions.note_chargeback(dispute=dispute, now=at)
    else:
        actions.note_chargeback(order_id=order_id, dispute=dispute, now=at)


@receiver(payments.signals.stranger_told)
def adopt_refund(
    *, order_id: UUID | None, refund: Refund, at: datetime, **_kwargs: Any
) -> None:
    """Bring a refund that somebody made at Stripe by hand to its order."""
    if order_id is None:
        payments.actions.adopt_refund(told=refund, now=at)
    else:
        actions.adopt_refund(order_id=order_id, refund=refund, now=at)


@receiver(payments.signals.payment_returned)
def tell_of_returned_payment(
    *, order_id: UUID | None, amount: int, currency: str, at: datetime, **_kwargs: Any
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


@receiver(account_closed)
def forget_where_they_were(*, user: User, **_kwargs: Any) -> None:
    """That they took a file is part of the deal; from where is not."""
    Download.objects.filter(user=user).update(address=None)


@receiver(account_suspended)
def ask_staff_about_open_orders(*, user: User, at: datetime, **_kwargs: Any) -> None:
    """Nobody else decides what becomes of the open orders of somebody who is kept out."""
    for order in Order.objects.visible_to(user).filter(status__in=OPEN):
        # Not in the language of whoever suspends: any of the staff may read it.
        with override(settings.LANGUAGE_CODE):
            text = _("%(person)s is suspended. Decide what becomes of order %(order)s.")
        StaffTask.objects.raise_once(
            kind="orders.person_suspended",
            target=f"orders.order:{order.pk}",
            text=text % {"person": user.full_name[:100], "order": order.reference},
            opened_at=at,
        )


@receiver(account_closed)
def forget_texts_of_who_left(*, user: User, keep_texts: bool, **_kwargs: Any) -> None:
    if not keep_texts:
        actions.forget_texts(author=user)
