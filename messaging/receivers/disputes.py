"""Disputes: opened, answered, handed to staff, over."""

from datetime import datetime
from typing import Any

from django.dispatch import receiver
from django.urls import reverse

from accounts.models import User
from messaging.kinds import NotificationKind as Kind
from messaging.kinds import values
from messaging.receivers.telling import tell
from orders import signals
from orders.models import Dispute, Order, Statement


@receiver(signals.dispute_opened)
def tell_of_dispute(
    *, order: Order, dispute: Dispute, actor: User, at: datetime, **_kwargs: Any
) -> None:
    tell(
        order.other_side(actor),
        order,
        Kind.DISPUTE_OPENED,
        actor=actor,
        cause=dispute.pk,
        path=_path(order),
        reason=values.choice("dispute_reason", dispute.reason),
        until=values.moment(dispute.answer_by),
        at=at,
    )


@receiver(signals.dispute_answered)
def tell_of_statement(
    *, order: Order, statement: Statement, actor: User, at: datetime, **_kwargs: Any
) -> None:
    tell(
        order.other_side(actor),
        order,
        Kind.DISPUTE_ANSWERED,
        actor=actor,
        case="offer" if statement.offer else "",
        cause=statement.pk,
        path=_path(order),
        offer=values.offered(statement, order.currency),
        at=at,
    )


@receiver(signals.dispute_handed_over)
def tell_of_hand_over(
    *, order: Order, dispute: Dispute, actor: User | None, at: datetime, **_kwargs: Any
) -> None:
    for person in (order.buyer, order.seller):
        tell(
            person,
            order,
            Kind.DISPUTE_WITH_STAFF,
            actor=actor,
            cause=dispute.pk,
            path=_path(order),
            at=at,
        )


@receiver(signals.dispute_ended)
def tell_of_end(
    *, order: Order, dispute: Dispute, actor: User, at: datetime, **_kwargs: Any
) -> None:
    for person in (order.buyer, order.seller):
        tell(
            person,
            order,
            Kind.DISPUTE_ENDED,
            actor=actor,
            cause=dispute.pk,
            path=_path(order),
            end=values.choice("dispute", dispute.status),
            at=at,
        )


def _path(order: Order) -> str:
    return reverse("orders:dispute", args=[order.pk])
