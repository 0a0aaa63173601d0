"""Every pair of moves that a state allows, at once: one happens, and the other is told so.

Or it follows, where the new state allows it too.
"""

from datetime import timedelta
from functools import partial
from itertools import combinations_with_replacement

import pytest
from django.db import OperationalError

from gigstream.core.errors import Stale
from orders import actions
from orders.status import OrderStatus
from tests.factories import NOON, a_finance, a_gig, a_stored_file, a_user, an_order
from tests.races.together import crew, meet_at, take_locks_out

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]
# On a machine that is out of breath the second may wait too long; it is told so too.
TOLD = (Stale, OperationalError)
LATE = NOON + timedelta(days=30)


def deliver(order, _staff):
    return actions.deliver(
        order_id=order.pk,
        actor=order.seller,
        message="Here.",
        files=[a_stored_file()],
        now=NOON,
    )


def revise(order, _staff):
    return actions.request_revision(
        order_id=order.pk, actor=order.buyer, wishes="Bolder.", now=NOON
    )


def accept(order, _staff):
    return actions.accept(order_id=order.pk, actor=order.buyer, now=NOON)


def decline(order, _staff):
    return actions.decline(
        order_id=order.pk, actor=order.seller, reason="Ill.", now=NOON
    )


def cancel_late(order, _staff):
    return actions.cancel_late(
        order_id=order.pk, actor=order.buyer, reason="Late.", now=LATE
    )


def agree(order, _staff):
    return actions.agree(
        order_id=order.pk,
        proposal_id=order.proposals.get().pk,
        actor=order.seller,
        now=NOON,
    )


def cancel_as_staff(order, staff):
    return actions.cancel_as_staff(
        order_id=order.pk, actor=staff, reason="Vanished.", now=NOON
    )


ENABLED = {
    OrderStatus.IN_PROGRESS: [deliver, decline, cancel_late, agree, cancel_as_staff],
    OrderStatus.DELIVERED: [revise, accept, agree, cancel_as_staff],
}
# After these the order is still under way, so that the others may follow at once.
GOING_ON, FOLLOWING = {deliver, revise}, {agree, cancel_as_staff}


def wrong_after(pairs, status):
    """The pairs of which, done at once, more happens or less is told than may be."""
    gig, buyer, staff = a_gig(), a_user(), a_finance()
    wrong = []
    with crew(2) as act:
        for one, other in pairs:
            order = an_order(status=status, gig=gig, buyer=buyer)
            actions.ask_to_cancel(
                order_id=order.pk, actor=buyer, refund=40_00, reason="No fit.", now=NOON
            )
            before = order.events.count()

            results = act(partial(one, order, staff), partial(other, order, staff))

            happened = [result is None or type(result) is list for result in results]
            told = [isinstance(result, TOLD) for result in results]
            most = 2 if one in GOING_ON and other in FOLLOWING else 1
            fits = sum(happened) + sum(told) == 2 and 1 <= sum(happened) <= most
            if not fits or order.events.count() != before + sum(happened):
                wrong.append((one.__name__, other.__name__, results))
    return wrong


@pytest.mark.parametrize("status", ENABLED)
def test_of_two_moves_at_once_none_happens_on_an_old_state(status):
    pairs = combinations_with_replacement(ENABLED[status], 2)

    assert wrong_after(pairs, status) == []


@pytest.mark.breaks_the_books
@pytest.mark.parametrize(
    ("status", "pair"),
    [
        (OrderStatus.IN_PROGRESS, (deliver, decline)),
        (OrderStatus.DELIVERED, (revise, accept)),
    ],
)
def test_without_the_lock_both_happen_on_the_old_state(status, pair, monkeypatch):
    take_locks_out(monkeypatch)
    meet_at(monkeypatch, "orders.actions.moves.check")

    assert wrong_after([pair], status)
