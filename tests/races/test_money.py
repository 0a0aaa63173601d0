"""Money at the same moment: refunds, withdrawals, clearances, chargebacks, and who asks Stripe.

Each has a negative control: without the lock, or without the condition, it goes wrong.
"""

from datetime import timedelta
from uuid import uuid4

import pytest

import payments.actions
from gigstream.core import clock, invariants
from gigstream.core.errors import NotAllowed, Stale
from orders import actions
from orders.models import Order
from orders.status import OrderStatus
from payments.models import AccountKind as Kind
from payments.models import LedgerTransaction, Refund
from tests.factories import (
    NOON,
    a_contested,
    a_finance,
    a_late_return,
    a_seller_with,
    an_order,
)
from tests.payments.webhooks import a_paid_order, post_event
from tests.races.together import forget_the_condition, meet_at, take_locks_out, together

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]

LATER = NOON + timedelta(days=8)


def holds(kind, subject=None):
    return payments.actions.balance(kind, subject, "usd")


def kinds(results):
    return sorted(type(result).__name__ for result in results)


def broken():
    return {code for code, found in invariants.check().items() if found}


def sixty_percent(order, actor):
    return lambda: actions.refund_as_staff(
        order_id=order.pk,
        actor=actor,
        price=60_00,
        most=100_00,
        reason="So.",
        now=NOON,
    )


def test_two_refunds_of_sixty_percent_at_once_are_one(monkeypatch):
    order = an_order(status=OrderStatus.DELIVERED)
    meet_at(monkeypatch, "payments.actions.refund")

    results = together(*[sixty_percent(order, a_finance()) for _ in range(2)])

    assert kinds(results) == ["Stale", "list"]
    assert Refund.objects.get().price == 60_00


@pytest.mark.breaks_the_books
def test_without_the_locks_only_the_condition_of_the_debit_stops_the_second(
    monkeypatch,
):
    order = an_order(status=OrderStatus.DELIVERED)
    meet_at(monkeypatch, "payments.actions.refund")
    take_locks_out(monkeypatch)

    results = together(*[sixty_percent(order, a_finance()) for _ in range(2)])

    # Nobody was told that somebody else was faster; the account refused to overdraw.
    assert Stale not in {type(result) for result in results}
    assert holds(Kind.ESCROW, order.pk) >= 0


def withdraw(seller, amount=100_00):
    return lambda: payments.actions.request_payout(
        user_id=seller.pk, amount=amount, key=uuid4(), now=LATER
    )


@pytest.mark.breaks_the_books
def test_without_lock_and_condition_more_is_paid_than_there_is(monkeypatch):
    seller = a_seller_with(150_00)
    take_locks_out(monkeypatch)
    meet_at(monkeypatch, "payments.actions.payouts.post")

    forget_the_condition(monkeypatch)
    together(*[withdraw(seller)] * 2)

    assert "I3" in broken()


@pytest.mark.parametrize("turn", range(3))
def test_a_withdrawal_a_refund_and_a_chargeback_at_once_leave_right_books(turn):
    seller = a_seller_with(100_00)
    order = Order.objects.get()
    acts = [
        withdraw(seller, 80_00),
        lambda: actions.refund_as_staff(
            order_id=order.pk,
            actor=staff,
            price=60_00,
            most=100_00,
            reason="So.",
            now=LATER,
        ),
        lambda: actions.note_chargeback(
            order_id=order.pk, dispute=a_contested(order.payments.get()), now=LATER
        ),
    ]
    staff = a_finance()

    results = together(*acts[turn:], *acts[:turn])

    for result in results:
        assert not isinstance(result, Exception) or isinstance(
            result, NotAllowed | Stale
        ), result
    # What the seller had is gone once: to the bank, to the buyer, or to themselves.
    sent = 80_00 if LedgerTransaction.objects.filter(kind="E4").exists() else 0
    assert holds(Kind.SELLER_RECEIVABLE, seller.pk) == sent
    assert holds(Kind.SELLER_AVAILABLE, seller.pk) == 0


def test_a_clearance_and_a_refund_at_once_leave_no_debt_beside_money(monkeypatch):
    first = an_order(status=OrderStatus.COMPLETED)
    payments.actions.clear(earning_id=first.earnings.get().pk, now=LATER)
    second = an_order(status=OrderStatus.COMPLETED, gig=first.gig)
    staff = a_finance()
    meet_at(monkeypatch, "payments.actions.earnings.hold")

    together(
        lambda: payments.actions.clear(earning_id=second.earnings.get().pk, now=LATER),
        lambda: actions.refund_as_staff(
            order_id=first.pk,
            actor=staff,
            price=100_00,
            most=100_00,
            reason="So.",
            now=LATER,
        ),
    )

    assert holds(Kind.SELLER_AVAILABLE, first.seller_id) == 100_00
    assert holds(Kind.SELLER_RECEIVABLE, first.seller_id) == 0


def test_a_clearance_twice_at_once_is_once(monkeypatch):
    order = an_order(status=OrderStatus.COMPLETED)
    lot = order.earnings.get()
    clear = lambda: payments.actions.clear(earning_id=lot.pk, now=LATER)  # noqa: E731

    assert together(clear, clear) == [None, None]
    assert holds(Kind.SELLER_AVAILABLE, order.seller_id) == 100_00


def test_the_webhook_the_return_page_and_the_poll_at_once_pay_once(sandbox, as_user):
    order, payment, event = a_paid_order(sandbox)
    browser = as_user(order.buyer)

    results = together(
        lambda: post_event(sandbox, event).status_code,
        lambda: browser.get(f"{order.get_absolute_url()}?returned=1").status_code,
        lambda: payments.actions.look_up(payment_id=payment.pk, now=clock.now()),
        lambda: payments.actions.look_up(payment_id=payment.pk, now=clock.now()),
    )

    assert results == [204, 200, None, None]
    assert LedgerTransaction.objects.get().kind == "E1"
    assert order.events.filter(to_status="in_progress").count() == 1


def test_the_same_chargeback_ten_times_at_once_is_taken_once():
    order = an_order(status=OrderStatus.COMPLETED)
    dispute = a_contested(order.payments.get())

    together(
        *[lambda: actions.note_chargeback(order_id=order.pk, dispute=dispute, now=NOON)]
        * 10
    )

    assert LedgerTransaction.objects.filter(kind="E11").count() == 1
    assert holds(Kind.SELLER_PENDING, order.seller_id) == 0


def a_proposal(kind="to_seller"):
    chargeback = a_late_return(an_order(status=OrderStatus.COMPLETED))
    return chargeback, propose(chargeback, kind, a_finance())()


def propose(chargeback, kind, actor):
    return lambda: payments.actions.propose_for_returned_late(
        chargeback_id=chargeback.pk, kind=kind, reason="So.", actor=actor, now=LATER
    )


def approve(adjustment, actor):
    return lambda: payments.actions.approve_adjustment(
        adjustment_id=adjustment.pk, actor=actor, now=LATER
    )


def test_two_who_approve_at_once_give_it_once(monkeypatch):
    chargeback, adjustment = a_proposal()
    meet_at(monkeypatch, "payments.actions.adjustments._decide")

    results = together(*[approve(adjustment, a_finance()) for _ in range(2)])

    assert kinds(results) == ["NoneType", "Stale"]
    assert holds(Kind.SELLER_AVAILABLE, chargeback.order.seller_id) == 100_00
    assert holds(Kind.UNAPPLIED, chargeback.pk) == 0


def test_without_the_locks_both_think_they_gave_it_and_the_key_knows(monkeypatch):
    chargeback, adjustment = a_proposal()
    meet_at(monkeypatch, "payments.actions.adjustments._decide")
    take_locks_out(monkeypatch)

    results = together(*[approve(adjustment, a_finance()) for _ in range(2)])

    assert results == [None, None]
    assert holds(Kind.SELLER_AVAILABLE, chargeback.order.seller_id) == 100_00


def test_two_who_propose_at_once_are_one_proposal(monkeypatch):
    chargeback = a_late_return(an_order(status=OrderStatus.COMPLETED))
    meet_at(monkeypatch, "payments.actions.adjustments._propose")

    results = together(
        propose(chargeback, "to_seller", a_finance()),
        propose(chargeback, "kept", a_finance()),
    )

    assert kinds(results) == ["Adjustment", "Stale"]


def test_without_the_lock_only_the_database_stops_the_second_proposal(monkeypatch):
    chargeback = a_late_return(an_order(status=OrderStatus.COMPLETED))
    meet_at(monkeypatch, "payments.actions.adjustments._propose")
    take_locks_out(monkeypatch)

    results = together(
        propose(chargeback, "to_seller", a_finance()),
        propose(chargeback, "kept", a_finance()),
    )

    assert kinds(results) == ["Adjustment", "IntegrityError"]
