"""How an order's people are told of it."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from accounts.models import User
from messaging import actions
from messaging.actions import News
from messaging.kinds import NotificationKind
from messaging.kinds.values import Value
from orders.models import Order


def tell(
    person: User, order: Order, kind: NotificationKind, *, at: datetime, **more: Any
) -> None:
    """Notify one person; `more` is as for `news_of`."""
    tell_all([news_of(person, order, kind, **more)], at=at)


def tell_all(every: Iterable[News], *, at: datetime) -> None:
    actions.notify_all(every, now=at)


def news_of(
    person: User,
    order: Order,
    kind: NotificationKind,
    *,
    actor: User | None = None,
    case: str = "",
    cause: datetime | UUID | int | str = 0,
    path: str = "",
    **about: Value,
) -> News:
    """What is told once per order, kind and cause: a round of revisions, or what else it is."""
    return News(
        user=person,
        kind=kind,
        key=f"{kind}:{order.pk}:{cause}",
        path=path or order.get_absolute_url(),
        actor=actor,
        case=case,
        about={"thing": order.title, **about},
    )
