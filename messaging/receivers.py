"""Turns the life of an order into a conversation and news for its two people."""

from datetime import datetime
from typing import Any

from django.dispatch import receiver
from django.utils import formats
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.signals import account_closed
from gigstream.core import money
from messaging import actions
from messaging.models import NotificationKind as Kind
from orders import signals
from orders.models import Order


@receiver(account_closed)
def forget_who_left(*, user: User, **_kwargs: Any) -> None:
    actions.forget(user=user)


@receiver(signals.order_paid)
def bring_together(*, order: Order, at: datetime, **_kwargs: Any) -> None:
    """Open the conversation, and tell both that the work begins."""
    actions.open_conversation(between=(order.buyer, order.seller), now=at)
    due = formats.date_format(order.due_at, "j F Y") if order.due_at else ""
    _tell(
        order.seller,
        order,
        Kind.ORDER_PAID,
        title=_("%(buyer)s ordered “%(title)s”") % _names(order),
        text=_("The order is paid. Deliver by %(due)s.") % {"due": due},
        at=at,
    )
    _tell(
        order.buyer,
        order,
        Kind.ORDER_PAID,
        title=_("Your order “%(title)s” has begun") % _names(order),
        text=_("%(seller)s will deliver by %(due)s.") % {**_names(order), "due": due},
        at=at,
    )


@receiver(signals.order_delivered)
def tell_of_delivery(*, order: Order, at: datetime, **_kwargs: Any) -> None:
    _tell(
        order.buyer,
        order,
        Kind.ORDER_DELIVERED,
        title=_("%(seller)s delivered “%(title)s”") % _names(order),
        text=_("Look at the work, then accept it or ask for changes."),
        round_=order.revision_count,
        at=at,
    )


@receiver(signals.revision_requested)
def tell_of_revision(*, order: Order, at: datetime, **_kwargs: Any) -> None:
    _tell(
        order.seller,
        order,
        Kind.REVISION_REQUESTED,
        title=_("%(buyer)s asked for changes to “%(title)s”") % _names(order),
        text=_("Read what is missing, and deliver again."),
        round_=order.revision_count,
        at=at,
    )


@receiver(signals.order_completed)
def tell_of_completion(*, order: Order, at: datetime, **_kwargs: Any) -> None:
    _tell(
        order.seller,
        order,
        Kind.ORDER_COMPLETED,
        title=_("“%(title)s” is complete") % _names(order),
        text=_("The delivery was accepted. Your earnings are in your wallet."),
        at=at,
    )


@receiver(signals.order_cancelled)
def tell_of_cancellation(*, order: Order, at: datetime, **_kwargs: Any) -> None:
    for person in (order.buyer, order.seller):
        _tell(
            person,
            order,
            Kind.ORDER_CANCELLED,
            title=_("“%(title)s” was cancelled") % _names(order),
            text=_("The order page says why, and what happens with the payment."),
            at=at,
        )


@receiver(signals.order_expired)
def tell_of_expiry(*, order: Order, at: datetime, **_kwargs: Any) -> None:
    _tell(
        order.buyer,
        order,
        Kind.ORDER_EXPIRED,
        title=_("Your order “%(title)s” was not paid in time") % _names(order),
        text=_("Nothing was charged. You can order again whenever you like."),
        at=at,
    )


@receiver(signals.payment_returned)
def tell_of_returned_payment(
    *, order: Order, amount: int, currency: str, at: datetime, **_kwargs: Any
) -> None:
    _tell(
        order.buyer,
        order,
        Kind.PAYMENT_RETURNED,
        title=_("We sent %(sum)s back to you")
        % {"sum": money.written(amount, currency)},
        text=_("A payment for “%(title)s” could not be used, so it goes back.")
        % _names(order),
        at=at,
    )


def _tell(
    person: User,
    order: Order,
    kind: Kind,
    *,
    title: str,
    text: str,
    at: datetime,
    round_: int = 0,
) -> None:
    """Notify once per order, kind and round of revisions."""
    actions.notify(
        user=person,
        kind=kind,
        key=f"{kind}:{order.pk}:{round_}",
        title=title,
        text=text,
        path=order.get_absolute_url(),
        now=at,
    )


def _names(order: Order) -> dict[str, str]:
    return {
        "title": order.title,
        "buyer": order.buyer.full_name,
        "seller": order.seller.full_name,
    }
