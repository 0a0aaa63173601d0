"""How an order's people are told of it."""

from datetime import datetime
from uuid import UUID

from accounts.models import User
from messaging import actions
from messaging.kinds import NotificationKind
from messaging.kinds.values import Value
from orders.models import Order


def tell(
    person: User,
    order: Order,
    kind: NotificationKind,
    *,
    at: datetime,
    actor: User | None = None,
    case: str = "",
    cause: datetime | UUID | int = 0,
    path: str = "",
    **about: Value,
) -> None:
    """Notify once per order, kind and cause: a round of revisions, or what else it is."""
    actions.notify(
        user=person,
        kind=kind,
        key=f"{kind}:{order.pk}:{cause}",
        path=path or order.get_absolute_url(),
        now=at,
        actor=actor,
        case=case,
        about={"thing": order.title, **about},
    )
