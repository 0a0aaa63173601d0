"""What a move of an order costs: every statement, but those that open and close transactions."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from orders import actions
from orders.models import Dispute
from orders.status import MAY_DECIDE
from tests.factories import NOON, a_finance, a_stored_file, an_order

pytestmark = pytest.mark.django_db

WORK = {"message": "Here.", "files": [a_stored_file]}
MOVES = {
    "O4": ("pending", "buyer", actions.cancel_unpaid, {}, 12),
    "O5": ("in_progress", "seller", actions.deliver, WORK, 11),
    "O6": ("delivered", "buyer", actions.request_revision, {"wishes": "Bolder."}, 7),
    "O7": ("delivered", "buyer", actions.accept, {}, 21),
    "O10": ("in_progress", "seller", actions.decline, {"reason": "Ill."}, 25),
    "O12": ("in_progress", "staff", actions.cancel_as_staff, {"reason": "Fraud."}, 26),
    "O18": ("disputed", "buyer", actions.withdraw_dispute, {}, 10),
}


@pytest.mark.parametrize("code", MOVES)
def test_a_move_asks_the_database_so_often(code):
    status, who, verb, said, cost = MOVES[code]
    order = an_order(status=status)
    said = {name: _made(value) for name, value in said.items()}

    assert cost == _cost(order, who, verb, **said)


@pytest.mark.parametrize(
    ("who", "refund", "cost"),
    [
        ("seller", 0, 23),
        ("seller", 100_00, 22),
        ("seller", 40_00, 25),
        ("staff", 0, 28),
        ("staff", 100_00, 27),
        ("staff", 40_00, 30),
    ],
)
def test_the_end_of_a_dispute_asks_the_database_so_often(who, refund, cost):
    order = an_order(status="disputed")
    offer = order.dispute.statements.create(
        side="buyer",
        author=order.buyer,
        text="So?",
        offer="split",
        refund=refund,
        at=NOON,
    )
    if who == "seller":
        verb, said = actions.settle_dispute, {"statement_id": offer.pk}
    else:
        Dispute.objects.update(
            status="with_staff", turn="", answer_by=None, escalated_at=NOON
        )
        verb = actions.decide_dispute
        said = {
            "refund": refund,
            "ruling": "So be it.",
            "seen": offer.pk,
            "most": 100_00,
        }

    assert cost == _cost(order, who, verb, **said)


def _made(value):
    return [each() for each in value] if isinstance(value, list) else value


def _cost(order, who, verb, **said):
    actor = a_finance() if who == "staff" else getattr(order, who)
    actor.has_perm(MAY_DECIDE)  # as the page has asked before
    with CaptureQueriesContext(connection) as asked:
        verb(order_id=order.pk, actor=actor, now=NOON, **said)
    return sum("SAVEPOINT" not in query["sql"] for query in asked.captured_queries)
