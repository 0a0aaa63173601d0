"""A word in time: that something is due, accepts itself, or would be worth a review."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from orders.actions.moves import lock
from orders.models import Order, Reminder
from orders.signals import reminder_due
from orders.status import PARTIES, Role

MOMENTS = {
    Reminder.Kind.DELIVER: "due_at",
    Reminder.Kind.ACCEPT: "review_ends_at",
    Reminder.Kind.REVIEW: "completed_at",
}


@transaction.atomic
def remind(*, order_id: UUID, kind: Reminder.Kind, now: datetime) -> None:
    """Remind those who have something to do, once about each moment; or else do nothing."""
    lock(order_id)
    waiting = Order.objects.worth_a_word(kind, at=now).with_people()
    order = waiting.filter(pk=order_id).first()
    if order is None:
        return
    about_at = getattr(order, MOMENTS[kind])
    order.reminders.create(kind=kind, about_at=about_at, at=now)
    for role in _addressees(order, kind, now):
        reminder_due.send(
            sender=Order, order=order, kind=kind, role=role, actor=None, at=now
        )


def _addressees(order: Order, kind: str, now: datetime) -> list[Role]:
    if kind == Reminder.Kind.DELIVER:
        return [Role.SELLER]
    if kind == Reminder.Kind.ACCEPT:
        return [Role.BUYER]
    if order.review_closes_at and order.review_closes_at <= now:
        return []
    written = set(order.reviews.values_list("side", flat=True))
    return [role for role in PARTIES if role not in written]
