"""From work delivered to work accepted."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

import payments.actions
from accounts.models import User
from gigs.actions.counters import count_completion
from gigstream.core.errors import NotAllowed
from gigstream.core.jobs import together
from orders.actions.files import StoredFile, attach
from orders.actions.moves import admit, check, lock, move
from orders.models import Order
from orders.signals import (
    order_completed,
    order_delivered,
    review_extended,
    revision_requested,
)
from orders.status import OrderStatus, Role


@transaction.atomic
def deliver(
    *, order_id: UUID, actor: User, message: str, files: list[StoredFile], now: datetime
) -> None:
    """Hand the work to the buyer (O5), who may now accept it; else time does so (O8)."""
    order = lock(order_id)
    check(order, "O5", actor)
    if not files:
        raise NotAllowed(_("Add at least one file to deliver."))

    latest = order.deliveries.aggregate(number=Max("number"))["number"] or 0
    delivery = order.deliveries.create(number=latest + 1, message=message, at=now)
    attach(order, files, by=actor, now=now, delivery=delivery)
    order.delivered_at = now
    order.review_ends_at = now + timedelta(days=order.policy.review_window_days)
    move(order, "O5", "delivered_at", "review_ends_at", actor=actor, now=now)
    order_delivered.send(sender=Order, order=order, actor=actor, at=now)


@transaction.atomic
def request_revision(
    *, order_id: UUID, actor: User, wishes: str, now: datetime
) -> None:
    """Send delivered work back with what should change (O6), as often as was agreed.

    Who had delivered in time has the time again in which the work lay with the buyer.
    """
    order = lock(order_id)
    check(order, "O6", actor)
    if order.revisions_left < 1:
        raise NotAllowed(_("All the revisions of this order are used."))
    order.revision_count += 1
    order.review_ends_at = None
    if order.due_at and order.delivered_at and order.delivered_at <= order.due_at:
        order.due_at += now - order.delivered_at
    move(
        order,
        "O6",
        "revision_count",
        "review_ends_at",
        "due_at",
        actor=actor,
        now=now,
        reason=wishes,
    )
    revision_requested.send(sender=Order, order=order, actor=actor, at=now)


@transaction.atomic
@together()
def accept(*, order_id: UUID, actor: User, now: datetime) -> None:
    """Accept what was delivered (O7): the seller has earned the money."""
    _complete(lock(order_id), "O7", actor=actor, now=now)


@transaction.atomic
@together()
def accept_in_silence(*, order_id: UUID, now: datetime) -> None:
    """Accept for a buyer who let the review window pass (O8)."""
    order = lock(order_id)
    if order.review_ends_at is None or order.review_ends_at > now:
        return
    _complete(order, "O8", actor=None, now=now)


@transaction.atomic
def extend_review(*, order_id: UUID, actor: User, now: datetime) -> None:
    """Take some more days to look at what was delivered; once per order."""
    order = lock(order_id)
    check_extension(order, actor)
    assert order.review_ends_at is not None  # noqa: S101 - a constraint, once delivered
    order.review_ends_at += timedelta(days=order.policy.review_extension_days)
    order.review_extended_at = now
    order.save(update_fields=["review_ends_at", "review_extended_at"])
    review_extended.send(sender=Order, order=order, actor=actor, at=now)


def check_extension(order: Order, actor: User) -> None:
    role = order.role_of(actor)
    admit(order, actor, role, roles=[Role.BUYER], sources=[OrderStatus.DELIVERED])
    if order.review_extended_at:
        raise NotAllowed(_("The time to look at it was extended once already."))


def _complete(order: Order, code: str, *, actor: User | None, now: datetime) -> None:
    order.completed_at = now
    move(order, code, "completed_at", actor=actor, now=now)
    payments.actions.release(
        order_id=order.pk,
        seller_id=order.seller_id,
        currency=order.currency,
        clears_at=now + timedelta(days=order.policy.clearance_days),
        now=now,
    )
    count_completion(gig_id=order.gig_id)
    order_completed.send(sender=Order, order=order, actor=actor, at=now)
