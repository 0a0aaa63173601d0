"""Every pair of state and action for every role, generated from the table of moves."""

from datetime import timedelta
from itertools import product

import pytest
from django.db import transaction

from gigstream.core.errors import Refusal
from orders import actions
from orders.actions.moves import check
from orders.models import Order
from orders.status import MOVES, OrderStatus, Role, is_an_edge
from tests.factories import NOON, WALKS, a_finance, a_stored_file, a_user, an_order

pytestmark = pytest.mark.django_db

VERBS = {
    "O4": lambda order, actor: actions.cancel_unpaid(
        order_id=order.pk, actor=actor, now=NOON
    ),
    "O5": lambda order, actor: actions.deliver(
        order_id=order.pk,
        actor=actor,
        message="Here.",
        files=[a_stored_file()],
        now=NOON,
    ),
    "O6": lambda order, actor: actions.request_revision(
        order_id=order.pk, actor=actor, wishes="Bolder.", now=NOON
    ),
    "O9": lambda order, actor: actions.agree(
        order_id=order.pk,
        proposal_id=a_cancelling(order, by=actor).pk,
        actor=actor,
        now=NOON,
    ),
    "O10": lambda order, actor: actions.decline(
        order_id=order.pk, actor=actor, reason="Ill.", now=NOON
    ),
    "O11": lambda order, actor: actions.cancel_late(
        order_id=order.pk,
        actor=actor,
        reason="Too late.",
        now=NOON + timedelta(days=30),
    ),
    "O7": lambda order, actor: actions.accept(order_id=order.pk, actor=actor, now=NOON),
    "O12": lambda order, actor: actions.cancel_as_staff(
        order_id=order.pk, actor=actor, reason="Fraud.", now=NOON
    ),
}


def a_cancelling(order, *, by):
    """An offer to part, made by the other side of whoever is to agree."""
    other = order.seller if by == order.buyer else order.buyer
    return order.proposals.create(
        kind="cancel",
        side=order.role_of(other),
        made_by=other,
        reason="It does not work out.",
        refund=40_00,
        made_at=NOON,
        lapses_at=NOON + timedelta(hours=48),
    )


ROLES = ["buyer", "seller", "stranger", "staff"]


def actor_of(order, role):
    if role in {"buyer", "seller"}:
        return getattr(order, role)
    return a_finance() if role == "staff" else a_user()


@pytest.mark.parametrize("status", sorted(WALKS))
def test_a_verb_works_exactly_where_the_table_says(status):
    order = an_order(status=status)
    before = facts(order)
    actors = {role: actor_of(order, role) for role in ROLES}
    wrong = []

    for code, role in product(VERBS, ROLES):
        move = MOVES[code]
        allowed = status in move.sources and role in move.roles
        expected = (move.target, before[1] + 1) if allowed else before
        point = transaction.savepoint()
        try:
            VERBS[code](order, actors[role])
            happened = True
        except Refusal:
            happened = False
        after = facts(order)
        if allowed:
            after = after[0]["status"], after[1]
        if happened is not allowed or after != expected:
            wrong.append((code, role, happened, after))
        transaction.savepoint_rollback(point)

    assert wrong == []


def facts(order):
    return Order.objects.values().get(pk=order.pk), order.events.count()


def test_every_move_of_the_table_is_an_edge_and_nothing_else_is():
    edges = {
        (source, move.target, role)
        for move in MOVES.values()
        for source in move.sources
        for role in move.roles
    }
    everything = [(a, b, r) for a in OrderStatus for b in OrderStatus for r in Role]

    assert {step for step in everything if is_an_edge(*step)} == edges


@pytest.mark.parametrize("code", sorted(MOVES))
def test_nobody_from_outside_may_make_any_move(code):
    order = an_order()

    with pytest.raises(Refusal):
        check(order, code, a_user(is_staff=True))
