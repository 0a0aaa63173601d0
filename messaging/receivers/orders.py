"""The life of an order: paid, delivered, revised, done, and what is due in it."""

from datetime import datetime
from typing import Any

from django.dispatch import receiver

from messaging import actions
from messaging.kinds import NotificationKind as Kind
from messaging.kinds import values
from messaging.receivers.reviews import remind_to_review
from messaging.receivers.telling import news_of, tell, tell_all
from orders import signals
from orders.models import Order, Reminder
from orders.status import Role


@receiver(signals.order_paid)
def bring_together(*, order: Order, at: datetime, **_kwargs: Any) -> None:
    """Open the conversation, and tell both that the work begins."""
    actions.open_conversation(between=(order.buyer, order.seller), now=at)
    due = values.day(order.due_at)
    tell_all(
        [
            news_of(person, order, Kind.ORDER_PAID, actor=other, case=case, due=due)
            for person, other, case in (
                (order.seller, order.buyer, "seller"),
                (order.buyer, order.seller, "buyer"),
            )
        ],
        at=at,
    )


@receiver(signals.order_delivered)
def tell_of_delivery(*, order: Order, at: datetime, **_kwargs: Any) -> None:
    tell(
        order.buyer,
        order,
        Kind.ORDER_DELIVERED,
        actor=order.seller,
        # Not the round of revisions: what is changed after a dispute uses none up.
        cause=order.delivered_at or 0,
        at=at,
    )


@receiver(signals.revision_requested)
def tell_of_revision(*, order: Order, at: datetime, **_kwargs: Any) -> None:
    tell(
        order.seller,
        order,
        Kind.REVISION_REQUESTED,
        actor=order.buyer,
        cause=order.revision_count,
        at=at,
    )


@receiver(signals.review_extended)
def tell_of_extension(*, order: Order, at: datetime, **_kwargs: Any) -> None:
    tell(
        order.seller,
        order,
        Kind.REVIEW_EXTENDED,
        actor=order.buyer,
        ends=values.moment(order.review_ends_at),
        at=at,
    )


@receiver(signals.order_completed)
def tell_of_completion(*, order: Order, at: datetime, **_kwargs: Any) -> None:
    tell(order.seller, order, Kind.ORDER_COMPLETED, at=at)


@receiver(signals.order_cancelled)
def tell_of_cancellation(*, order: Order, at: datetime, **_kwargs: Any) -> None:
    """Tell both; an unpaid order is news to nobody: its buyer took it back."""
    if order.paid_at is None:
        return
    people = (order.buyer, order.seller)
    tell_all([news_of(person, order, Kind.ORDER_CANCELLED) for person in people], at=at)


@receiver(signals.order_expired)
def tell_of_expiry(*, order: Order, at: datetime, **_kwargs: Any) -> None:
    tell(order.buyer, order, Kind.ORDER_EXPIRED, at=at)


@receiver(signals.reminder_due)
def tell_what_is_due(
    *, order: Order, kind: str, role: Role, at: datetime, **_kwargs: Any
) -> None:
    if kind == Reminder.Kind.DELIVER:
        _remind_to_deliver(order, at)
    elif kind == Reminder.Kind.ACCEPT:
        _remind_to_look(order, at)
    else:
        remind_to_review(order, role, at)


def _remind_to_deliver(order: Order, at: datetime) -> None:
    tell(
        order.seller,
        order,
        Kind.ORDER_DUE,
        actor=order.buyer,
        cause=order.due_at or 0,
        due=values.moment(order.due_at),
        at=at,
    )


def _remind_to_look(order: Order, at: datetime) -> None:
    tell(
        order.buyer,
        order,
        Kind.ACCEPT_SOON,
        cause=order.review_ends_at or 0,
        ends=values.moment(order.review_ends_at),
        at=at,
    )
