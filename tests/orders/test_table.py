"""Every pair of state and action for every role, generated from the table of moves."""

import pytest

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
    "O7": lambda order, actor: actions.accept(order_id=order.pk, actor=actor, now=NOON),
    "O12": lambda order, actor: actions.cancel_as_staff(
        order_id=order.pk, actor=actor, reason="Fraud.", now=NOON
    ),
}
ROLES = ["buyer", "seller", "stranger", "staff"]


def actor_of(order, role):
    if role in {"buyer", "seller"}:
        return getattr(order, role)
    return a_finance() if role == "staff" else a_user()


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("status", sorted(WALKS))
@pytest.mark.parametrize("code", VERBS)
def test_a_verb_works_exactly_where_the_table_says(code, status, role):
    order = an_order(status=status)
    allowed = status in MOVES[code].sources and role in MOVES[code].roles
    before = Order.objects.values().get(pk=order.pk), order.events.count()

    try:
        VERBS[code](order, actor_of(order, role))
        happened = True
    except Refusal:
        happened = False

    assert happened is allowed
    after = Order.objects.values().get(pk=order.pk), order.events.count()
    if allowed:
        assert after[0]["status"] == MOVES[code].target
        assert after[1] == before[1] + 1
    else:
        assert after == before


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
