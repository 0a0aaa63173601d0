"""Every pair of state and action for every role, generated from the table of moves."""

from datetime import timedelta
from itertools import product
from uuid import uuid4

import pytest
from django.db import transaction

from gigstream.core.errors import Refusal
from orders import actions
from orders.actions.moves import check
from orders.models import Dispute, Order
from orders.status import MOVES, UNDER_WAY, OrderStatus, Role, back_to, is_an_edge
from tests.factories import (
    NOON,
    WALKS,
    a_finance,
    a_stored_file,
    a_user,
    an_order,
    open_dispute,
)

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
    "O13": lambda order, actor: dispute(order, actor, while_complete=False),
    "O14": lambda order, actor: dispute(order, actor, while_complete=True),
    "O15": lambda order, actor: settle(order, actor, refund=0),
    "O16": lambda order, actor: settle(order, actor, refund=100_00),
    "O17": lambda order, actor: settle(order, actor, refund=40_00),
    **{
        back_to(state): lambda order, actor, state=state: withdraw(order, actor, state)
        for state in sorted(UNDER_WAY | {OrderStatus.COMPLETED})
    },
}


def dispute(order, actor, *, while_complete):
    """One verb makes both moves; which one it is follows from where the order is."""
    if (order.status == OrderStatus.COMPLETED) is not while_complete:
        raise Refusal
    return open_dispute(order, actor=actor)


def settle(order, actor, *, refund):
    """Staff decide; either side agrees to an offer of the other."""
    other = order.seller if actor == order.buyer else order.buyer
    offer = a_statement(order, by=other, offer="split", refund=refund)
    if actor.is_staff:
        Dispute.objects.update(
            status="with_staff", turn="", answer_by=None, escalated_at=NOON
        )
        return actions.decide_dispute(
            order_id=order.pk,
            actor=actor,
            refund=refund,
            ruling="So it was agreed.",
            seen=offer.pk if offer else uuid4(),
            most=100_00,
            now=NOON,
        )
    number = offer.pk if offer else uuid4()
    return actions.settle_dispute(
        order_id=order.pk, statement_id=number, actor=actor, now=NOON
    )


def withdraw(order, actor, state):
    """Whoever opened the dispute takes it back, and the order goes where it came from."""
    if (side := order.role_of(actor)) and order.status == OrderStatus.DISPUTED:
        Dispute.objects.update(side=side, came_from=state)
        Order.objects.update(completed_at=NOON)
    return actions.withdraw_dispute(order_id=order.pk, actor=actor, now=NOON)


def a_statement(order, *, by, **offer):
    found = Dispute.objects.filter(order=order).first()
    return found and found.statements.create(
        side=order.role_of(by), author=by, text="So?", at=NOON, **offer
    )


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


def test_every_row_that_people_make_has_its_verb():
    by_the_system_alone = {
        code for code, move in MOVES.items() if move.roles == {Role.SYSTEM}
    }

    assert set(VERBS) == set(MOVES) - by_the_system_alone


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
