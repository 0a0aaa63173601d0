"""What a move of an order costs: every statement, but those that open and close transactions.

Staff ask for their permissions once per request, whatever they do; that is the page's.
"""

from datetime import timedelta
from functools import partial
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from orders import actions
from orders.models import Dispute
from orders.status import MAY_DECIDE, MOVES
from payments.models import LedgerAccount
from payments.models.ledger import SUMMED_KINDS
from tests.factories import (
    NOON,
    a_custom_offer,
    a_finance,
    a_gig,
    a_paid_extra,
    a_paid_intent,
    a_stored_file,
    a_user,
    an_order,
    open_dispute,
)

pytestmark = pytest.mark.django_db

MOST = 20
LATE = NOON + timedelta(days=30)


def _act(order, verb, who, *, now=NOON, **said):
    actor = {} if who == "nobody" else {"actor": _actor(order, who)}
    return partial(verb, order_id=order.pk, now=now, **actor, **said)


def _actor(order, who):
    if who != "staff":
        return getattr(order, who)
    finance = a_finance()
    finance.has_perm(MAY_DECIDE)
    return finance


def placed():
    gig = a_gig()
    return partial(
        actions.place,
        gig_id=gig.pk,
        tier="basic",
        buyer=a_user(),
        answers=[],
        quoted_total=110_00,
        checkout_key=uuid4(),
        now=NOON,
    )


def taken_up():
    offer = a_custom_offer()
    return partial(
        actions.take_up,
        offer_id=offer.pk,
        buyer=offer.buyer,
        quoted_total=88_00,
        now=NOON,
    )


def paid():
    order = an_order()
    return partial(
        actions.settle, order_id=order.pk, intent=a_paid_intent(order), now=NOON
    )


def simple(status, verb, who, **said):
    return lambda: _act(an_order(status=status), verb, who, **said)


def delivered():
    order = an_order(status="in_progress")
    said = {"message": "Here.", "files": [a_stored_file()]}
    return _act(order, actions.deliver, "seller", **said)


def parted():
    order = an_order(status="in_progress")
    proposal = actions.ask_to_cancel(
        order_id=order.pk, actor=order.buyer, refund=40_00, reason="No.", now=NOON
    )
    return _act(order, actions.agree, "seller", proposal_id=proposal.pk)


def disputed(status):
    order = an_order(status=status)
    return partial(open_dispute, order)


def in_dispute(before="delivered", **offer):
    order = an_order(status=before)
    open_dispute(order)
    order.refresh_from_db()
    said = {"side": "buyer", "author": order.buyer, "text": "So?", "at": NOON}
    return order, order.dispute.statements.create(**said, **offer)


def agreed(before="delivered", **offer):
    order, said = in_dispute(before, **offer)
    return _act(order, actions.settle_dispute, "seller", statement_id=said.pk)


def decided(before="delivered", *, refund):
    return _decide(*in_dispute(before), refund=refund, most=100_00)


def _decide(order, said, **amounts):
    Dispute.objects.update(
        status="with_staff", turn="", answer_by=None, escalated_at=NOON
    )
    words = {"ruling": "So be it.", "seen": said.pk}
    return _act(order, actions.decide_dispute, "staff", **words, **amounts)


def withdrawn(before):
    order, _said = in_dispute(before)
    return _act(order, actions.withdraw_dispute, "buyer")


split = partial(agreed, offer="split")
COSTS = {
    "O1": (placed, 12),
    "O1 of an offer": (taken_up, 12),
    "O2": (paid, 20),
    "O3": (simple("pending", actions.expire, "nobody", now=LATE), 7),
    "O4": (simple("pending", actions.cancel_unpaid, "buyer"), 4),
    "O5": (delivered, 10),
    "O6": (simple("delivered", actions.request_revision, "buyer", wishes="More."), 6),
    "O7": (simple("delivered", actions.accept, "buyer"), 17),
    "O8": (simple("delivered", actions.accept_in_silence, "nobody", now=LATE), 17),
    "O9": (parted, 19),
    "O10": (simple("in_progress", actions.decline, "seller", reason="Ill."), 16),
    "O11": (
        simple("in_progress", actions.cancel_late, "buyer", reason="Late.", now=LATE),
        16,
    ),
    "O12": (simple("revision", actions.cancel_as_staff, "staff", reason="Fraud."), 17),
    "O13": (partial(disputed, "in_progress"), 12),
    "O14": (partial(disputed, "completed"), 13),
    "O15": (partial(split, refund=0), 17),
    "O15 by staff": (partial(decided, refund=0), 19),
    "O15 once completed": (partial(split, "completed", refund=0), 10),
    "O15 once completed, by staff": (partial(decided, "completed", refund=0), 12),
    "O16": (partial(split, refund=100_00), 16),
    "O16 by staff": (partial(decided, refund=100_00), 18),
    "O16 once completed": (partial(split, "completed", refund=100_00), 18),
    "O16 once completed, by staff": (partial(decided, "completed", refund=100_00), 20),
    "O17": (partial(split, refund=40_00), 18),
    "O17 by staff": (partial(decided, refund=40_00), 20),
    "O17 once completed": (partial(split, "completed", refund=40_00), 17),
    "O17 once completed, by staff": (partial(decided, "completed", refund=40_00), 19),
    "O18 in_progress": (partial(withdrawn, "in_progress"), 8),
    "O18 delivered": (partial(withdrawn, "delivered"), 8),
    "O18 revision": (partial(withdrawn, "revision"), 8),
    "O18 revision agreed": (partial(agreed, offer="revision", days=3), 8),
    "O18 completed": (partial(withdrawn, "completed"), 9),
}


def test_every_move_is_measured():
    assert {name.split(" of ")[0] for name in COSTS} >= {"O1", *MOVES}


@pytest.fixture
def old_house():
    """The accounts that all orders share are there since the first one."""
    LedgerAccount.objects.bulk_create(
        LedgerAccount(kind=kind, code=kind, currency="usd", balance=None)
        for kind in SUMMED_KINDS
    )


@pytest.mark.usefixtures("old_house")
@pytest.mark.parametrize("name", COSTS)
def test_a_move_asks_the_database_so_often(name):
    prepare, cost = COSTS[name]

    assert cost == _cost(prepare())
    assert cost <= MOST


def test_files_cost_the_same_however_many():
    ten, more = [[a_stored_file() for _ in range(10)] for _ in range(2)]
    order = an_order(status="in_progress")

    assert COSTS["O5"][1] == _cost(
        _act(order, actions.deliver, "seller", message="Here.", files=ten)
    )
    assert COSTS["O13"][1] + 1 == _cost(partial(open_dispute, order, files=more))


@pytest.mark.usefixtures("old_house")
@pytest.mark.parametrize(
    ("before", "name"),
    [("delivered", "O17 by staff"), ("completed", "O17 once completed, by staff")],
)
def test_payments_cost_the_same_however_many(before, name):
    """An order with two extras sends three payments back."""
    order = an_order(status="delivered")
    for _ in range(2):
        a_paid_extra(order)
    if before == "completed":
        actions.accept(order_id=order.pk, actor=order.buyer, now=NOON)
    open_dispute(order, refund=159_00)
    order.refresh_from_db()
    said = order.dispute.statements.get()
    decide = _decide(order, said, refund=159_00, most=160_00)

    assert COSTS[name][1] == _cost(decide)
    assert order.payments.filter(refunds__isnull=False).count() == 3


def _cost(move):
    with CaptureQueriesContext(connection) as asked:
        move()
    return sum("SAVEPOINT" not in query["sql"] for query in asked.captured_queries)
