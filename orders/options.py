"""What whoever looks at an order may do about it now, besides the next step."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from accounts.models import User
from gigstream.core.errors import Refusal
from orders.actions.amend import check_asking_for_time, check_proposable
from orders.actions.cancel import check_lateness
from orders.actions.disputes import check_opening
from orders.actions.extras import check_extra
from orders.actions.fulfil import check_extension
from orders.actions.moves import check
from orders.models import Order, Proposal
from orders.status import Role

Check = Callable[[Any, User, datetime], object]
WAYS: dict[str, Check] = {
    "extend_review": lambda order, user, _at: check_extension(order, user),
    "ask_for_time": lambda order, user, _at: check_asking_for_time(order, user),
    "ask_to_cancel": lambda order, user, _at: check_proposable(
        order, user, Proposal.Kind.CANCEL
    ),
    "offer_extra": lambda order, user, _at: check_extra(order, user, Role.SELLER),
    "buy_extra": lambda order, user, _at: check_extra(order, user, Role.BUYER),
    "cancel_late": check_lateness,
    "open_dispute": lambda order, user, at: check_opening(
        order, user, at, is_clearing=getattr(order, "is_clearing", None)
    ),
    "decline": lambda order, user, _at: check(order, "O10", user),
}
PROPOSALS = {"ask_for_time", "ask_to_cancel", "offer_extra", "buy_extra"}


def ways(
    order: Order, user: User, *, at: datetime, proposal: Proposal | None
) -> set[str]:
    """The verbs that would not be refused. One proposal waits at a time.

    Asks the till of a buyer whose order is complete whether its money still waits to clear,
    unless the order was read with that.
    """
    return {
        name
        for name, check_way in WAYS.items()
        if _is_open(check_way, order, user, at) and not (proposal and name in PROPOSALS)
    }


def _is_open(check_way: Check, order: Order, user: User, at: datetime) -> bool:
    try:
        check_way(order, user, at)
    except Refusal:
        return False
    return True
