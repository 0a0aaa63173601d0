"""What every verb on an order does the same way: lock it, check who and whether, write it down."""

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext as _

import payments.actions
from accounts.models import Standing, User
from gigstream.core.errors import NotAllowed, Stale
from orders.models import Order, Proposal
from orders.status import MAY_DECIDE, MOVES, UNDER_WAY, WORKING, OrderStatus, Role

PROPOSABLE = {
    Proposal.Kind.TIME: WORKING,
    Proposal.Kind.CANCEL: UNDER_WAY,
    Proposal.Kind.EXTRA: UNDER_WAY,
}
"""In which states each kind of proposal can be made, and answered."""


def lock(order_id: UUID) -> Order:
    """The order's row, locked until the transaction ends, as it is now; with its people."""
    locked = Order.objects.select_for_update(of=("self",))
    return locked.select_related("buyer", "seller").get(pk=order_id)


def check(order: Order, code: str, actor: User | None) -> Role:
    """Refuse unless `actor` may make move `code` now; return as whom they act.

    The wrong person is `NotAllowed`. The right person at the wrong moment is `Stale`:
    the page they acted on is out of date, or somebody else was faster.
    """
    role, row = _role(order, code, actor), MOVES[code]
    return admit(order, actor, role, roles=row.roles, sources=row.sources)


def admit(
    order: Order,
    actor: User | None,
    role: Role | None,
    *,
    roles: Collection[Role],
    sources: Collection[OrderStatus],
) -> Role:
    """Refuse unless `actor` has one of the roles, and the order is in one of the states."""
    if role is None or role not in roles:
        raise NotAllowed(_("This is not yours to do."))
    if actor is not None and actor.standing != Standing.ACTIVE:
        raise NotAllowed(_("This account cannot act on orders."))
    if order.status not in sources:
        state = OrderStatus(order.status).label
        raise Stale(
            _("This order has moved on. It is now: %(state)s.") % {"state": state}
        )
    if order.on_hold:
        raise NotAllowed(
            _("The buyer's bank holds this order; nothing can change until it decides.")
        )
    return role


def _role(order: Order, code: str, actor: User | None) -> Role | None:
    """As whom somebody acts; staff who take part in an order do not decide about it."""
    if actor is None:
        return Role.SYSTEM
    if role := order.role_of(actor):
        return role
    is_for_staff = Role.STAFF in MOVES[code].roles
    return Role.STAFF if is_for_staff and actor.has_perm(MAY_DECIDE) else None


def move(
    order: Order,
    code: str,
    *changed: str,
    actor: User | None,
    now: datetime,
    reason: str = "",
) -> None:
    """Save the new status and the `changed` fields, and write the line of history."""
    role = check(order, code, actor)
    old, order.status = order.status, MOVES[code].target
    order.save(update_fields=["status", *changed])
    order.events.create(
        from_status=old,
        to_status=order.status,
        role=role,
        actor=actor,
        reason=reason,
        at=now,
    )
    if old in UNDER_WAY:  # elsewhere nothing is proposed
        overtake(order, now=now)


def share(
    order: Order,
    parts: list[payments.actions.Part],
    refund: int,
    *,
    reason: str,
    actor: User | None,
    now: datetime,
) -> None:
    """Send `refund` of the price that is held back, and give the seller the rest (E7, E8, E2)."""
    payments.actions.part(
        parts=parts,
        order_id=order.pk,
        seller_id=order.seller_id,
        currency=order.currency,
        clears_at=now + timedelta(days=order.policy.clearance_days),
        now=now,
        price=refund,
        reason=reason,
        by=actor,
    )


def overtake(order: Order, *, now: datetime) -> None:
    """Close what makes no sense any more where the order is now: a proposal, an unpaid extra."""
    kinds = [kind for kind, states in PROPOSABLE.items() if order.status not in states]
    senseless = Q(kind__in=list(PROPOSABLE) if order.on_hold else kinds)
    if order.status == OrderStatus.DELIVERED:
        # Nothing more can be delivered, unless a revision comes along.
        senseless |= Q(kind=Proposal.Kind.EXTRA, revisions=0)
    closed = order.proposals.open().filter(senseless)
    has_closed = closed.update(status=Proposal.Status.OVERTAKEN, answered_at=now)
    if has_closed or order.status not in UNDER_WAY:
        payments.actions.give_up_extras(order_id=order.pk)
