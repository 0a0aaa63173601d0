"""Disputes: opened, answered, handed to staff, over."""

from datetime import datetime
from typing import Any

from django.dispatch import receiver
from django.urls import reverse

from accounts.models import User
from messaging.kinds import NotificationKind as Kind
from messaging.kinds import values
from messaging.receivers.telling import news_of, tell, tell_all
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
    _tell_both(order, dispute, Kind.DISPUTE_WITH_STAFF, actor=actor, at=at)


@receiver(signals.dispute_ended)
def tell_of_end(
    *, order: Order, dispute: Dispute, actor: User, at: datetime, **_kwargs: Any
) -> None:
    end = values.choice("dispute", dispute.status)
    _tell_both(order, dispute, Kind.DISPUTE_ENDED, actor=actor, at=at, end=end)


def _tell_both(
    order: Order,
    dispute: Dispute,
    kind: Kind,
    *,
    actor: User | None,
    at: datetime,
    **about: Any,
) -> None:
    """Tell both sides, but whoever of them did it."""
    about |= {"actor": actor, "cause": dispute.pk, "path": _path(order)}
    people = order.buyer, order.seller
    tell_all([news_of(person, order, kind, **about) for person in people], at=at)


def _path(order: Order) -> str:
    return reverse("orders:dispute", args=[order.pk])
