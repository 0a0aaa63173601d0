"""Calling off an order that is paid, by one side alone; with a full refund."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

import payments.actions
from accounts.models import User
from gigstream.core.errors import NotAllowed
from gigstream.core.jobs import together
from orders.actions.moves import check, lock, move
from orders.models import Order
from orders.signals import order_cancelled


@transaction.atomic
@together()
def decline(*, order_id: UUID, actor: User, reason: str, now: datetime) -> None:
    """Give an order back that cannot be done (O10); the buyer gets everything back."""
    order = lock(order_id)
    move(order, "O10", actor=actor, now=now, reason=reason)
    _return_all(order, actor=actor, now=now, reason=reason)


@transaction.atomic
@together()
def cancel_late(*, order_id: UUID, actor: User, reason: str, now: datetime) -> None:
    """Stop waiting for work that is late (O11); the buyer gets everything back."""
    order = lock(order_id)
    check_lateness(order, actor, now)
    move(order, "O11", actor=actor, now=now, reason=reason)
    _return_all(order, actor=actor, now=now, reason=reason)


def check_lateness(order: Order, actor: User, now: datetime) -> None:
    """Refuse while the seller still has time, the days of grace included.

    In this state nothing was delivered yet, and the day is known.
    """
    check(order, "O11", actor)
    if order.due_at is None or late_at(order, order.due_at) > now:
        raise NotAllowed(_("The seller still has time to deliver."))


def late_at(order: Order, due_at: datetime) -> datetime:
    """From when on the buyer may stop waiting."""
    return due_at + timedelta(hours=order.policy.late_grace_hours)


def _return_all(order: Order, *, actor: User, now: datetime, reason: str) -> None:
    payments.actions.refund(order_id=order.pk, reason=reason, by=actor, now=now)
    order_cancelled.send(sender=Order, order=order, actor=actor, at=now)
