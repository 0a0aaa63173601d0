"""The life of an order: its states, who may move it, and where to.

This is table 1 of the money rules, as data; tests are generated from it. Anything that
is not listed is refused. O1 is the placing itself; O18, out of a dispute and on with the
work, has one row for each state to which it may lead.
"""

from dataclasses import dataclass

from django.db import models
from django.utils.translation import gettext_lazy as _


class OrderStatus(models.TextChoices):
    PENDING = "pending", _("Awaiting payment")
    IN_PROGRESS = "in_progress", _("In progress")
    DELIVERED = "delivered", _("Delivered")
    REVISION = "revision", _("In revision")
    DISPUTED = "disputed", _("In dispute")
    COMPLETED = "completed", _("Completed")
    CANCELLED = "cancelled", _("Cancelled")
    EXPIRED = "expired", _("Expired")


class Role(models.TextChoices):
    """As whom somebody acts on an order."""

    BUYER = "buyer", _("Buyer")
    SELLER = "seller", _("Seller")
    STAFF = "staff", _("Staff")
    SYSTEM = "system", _("GigStream")


PARTIES = (Role.BUYER, Role.SELLER)


@dataclass(frozen=True, slots=True)
class Move:
    """One row of the table: who may take an order from which states to which."""

    code: str
    sources: frozenset[OrderStatus]
    target: OrderStatus
    roles: frozenset[Role]


MAY_DECIDE = "payments.add_refund"
"""The permission with which staff decide about an order and its money."""

_S, _R = OrderStatus, Role
WORKING = frozenset({_S.IN_PROGRESS, _S.REVISION})
UNDER_WAY = WORKING | {_S.DELIVERED}
OPEN = UNDER_WAY | {_S.PENDING, _S.DISPUTED}
HOLDS_MONEY = UNDER_WAY | {_S.DISPUTED}
_DISPUTED = frozenset({_S.DISPUTED})


def _move(
    code: str, sources: frozenset[OrderStatus], target: OrderStatus, *roles: Role
) -> Move:
    return Move(code, sources, target, frozenset(roles))


def back_to(state: OrderStatus) -> str:
    """The row of O18 by which an order leaves a dispute for `state`."""
    return f"O18 {state.value}"


MOVES: dict[str, Move] = {
    move.code: move
    for move in (
        _move("O2", frozenset({_S.PENDING}), _S.IN_PROGRESS, _R.SYSTEM),
        _move("O3", frozenset({_S.PENDING}), _S.EXPIRED, _R.SYSTEM),
        _move("O4", frozenset({_S.PENDING}), _S.CANCELLED, _R.BUYER),
        _move("O5", WORKING, _S.DELIVERED, _R.SELLER),
        _move("O6", frozenset({_S.DELIVERED}), _S.REVISION, _R.BUYER),
        _move("O7", frozenset({_S.DELIVERED}), _S.COMPLETED, _R.BUYER),
        _move("O8", frozenset({_S.DELIVERED}), _S.COMPLETED, _R.SYSTEM),
        _move("O9", UNDER_WAY, _S.CANCELLED, _R.BUYER, _R.SELLER),
        _move("O10", WORKING, _S.CANCELLED, _R.SELLER),
        _move("O11", frozenset({_S.IN_PROGRESS}), _S.CANCELLED, _R.BUYER),
        _move("O12", UNDER_WAY, _S.CANCELLED, _R.STAFF),
        _move("O13", UNDER_WAY, _S.DISPUTED, _R.BUYER, _R.SELLER),
        _move("O14", frozenset({_S.COMPLETED}), _S.DISPUTED, _R.BUYER),
        _move("O15", _DISPUTED, _S.COMPLETED, _R.BUYER, _R.SELLER, _R.STAFF),
        _move("O16", _DISPUTED, _S.CANCELLED, _R.BUYER, _R.SELLER, _R.STAFF),
        _move("O17", _DISPUTED, _S.COMPLETED, _R.BUYER, _R.SELLER, _R.STAFF),
        *(
            _move(back_to(state), _DISPUTED, state, _R.BUYER, _R.SELLER)
            for state in sorted(UNDER_WAY | {_S.COMPLETED})
        ),
    )
}


def is_an_edge(source: str, target: str, role: str) -> bool:
    """Whether the table lets `role` take an order from `source` to `target`."""
    return any(
        source in move.sources and target == move.target and role in move.roles
        for move in MOVES.values()
    )
