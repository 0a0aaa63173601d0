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
from orders.models import Statement
from orders.status import OrderStatus
from tests.factories import (
    NOON,
    a_finance,
    a_gig,
    a_stored_file,
    a_user,
    an_order,
    open_dispute,
)
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


def dispute(order, _staff):
    open_dispute(order)


def settle(order, _staff):
    return actions.settle_dispute(
        order_id=order.pk, statement_id=_newest(order), actor=order.seller, now=NOON
    )


def take_back(order, _staff):
    return actions.withdraw_dispute(order_id=order.pk, actor=order.buyer, now=NOON)


def decide(order, staff):
    return actions.decide_dispute(
        order_id=order.pk,
        actor=staff,
        refund=25_00,
        ruling="So it was agreed.",
        seen=_newest(order),
        most=100_00,
        now=NOON,
    )


def _newest(order):
    return Statement.objects.get(dispute__order=order).pk


ENABLED = {
    OrderStatus.IN_PROGRESS: [deliver, decline, cancel_late, agree, cancel_as_staff],
    OrderStatus.DELIVERED: [revise, accept, agree, cancel_as_staff, dispute],
    OrderStatus.DISPUTED: [settle, take_back, decide],
}
# After these the order is still under way, so that the others may follow at once.
GOING_ON, FOLLOWING = {deliver, revise}, {agree, cancel_as_staff, dispute}
# What was just accepted can still be disputed, while its money rests.
STILL_OPEN = (accept, dispute)


def wrong_after(pairs, status):
    """The pairs of which, done at once, more happens or less is told than may be."""
    gig, buyer, staff = a_gig(), a_user(), a_finance()
    wrong = []
    with crew(2) as act:
        for one, other in pairs:
            order = an_order(status=status, gig=gig, buyer=buyer)
            _prepare(order, staff)
            before = order.events.count()

            results = act(partial(one, order, staff), partial(other, order, staff))

            happened = [result is None or type(result) is list for result in results]
            told = [isinstance(result, TOLD) for result in results]
            may_follow = one in GOING_ON and other in FOLLOWING
            most = 2 if may_follow or (one, other) == STILL_OPEN else 1
            fits = sum(happened) + sum(told) == 2 and 1 <= sum(happened) <= most
            if not fits or order.events.count() != before + sum(happened):
                wrong.append((one.__name__, other.__name__, results))
    return wrong


def _prepare(order, staff):
    """Something to answer: an offer to part, or a dispute that staff have taken over."""
    if order.status == OrderStatus.DISPUTED:
        actions.escalate_dispute(order_id=order.pk, actor=staff, now=NOON)
    else:
        actions.ask_to_cancel(
            order_id=order.pk,
            actor=order.buyer,
            refund=40_00,
            reason="No fit.",
            now=NOON,
        )


@pytest.mark.parametrize("status", ENABLED)
def test_of_two_moves_at_once_none_happens_on_an_old_state(status):
    pairs = combinations_with_replacement(ENABLED[status], 2)

    assert wrong_after(pairs, status) == []


@pytest.mark.breaks_the_books
@pytest.mark.parametrize(
    ("status", "pair", "last_look"),
    [
        (OrderStatus.IN_PROGRESS, (deliver, decline), ["moves.check"]),
        (OrderStatus.DELIVERED, (revise, accept), ["moves.check"]),
        (
            OrderStatus.DISPUTED,
            (take_back, decide),
            ["disputes.leave", "settling.divide"],
        ),
    ],
)
def test_without_the_lock_both_happen_on_the_old_state(
    status, pair, last_look, monkeypatch
):
    take_locks_out(monkeypatch)
    meet_at(monkeypatch, *[f"orders.actions.{each}" for each in last_look])

    assert wrong_after([pair], status)
