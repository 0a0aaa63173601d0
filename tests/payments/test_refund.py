"""Money that goes back, from wherever it is by then."""

from datetime import timedelta
from uuid import uuid4

import pytest

import payments.actions
from gigstream.core import clock
from gigstream.core.errors import NotAllowed
from gigstream.core.models import PlatformSetting, Policy, StaffTask
from gigstream.services.stripe import StripeUnavailable
from orders import actions
from orders.models import Order
from orders.status import OrderStatus
from payments.models import AccountKind as Kind
from payments.models import LedgerTransaction, Refund
from payments.status import RefundStatus
from tests.factories import NOON, a_payout_method, an_order
from tests.payments.webhooks import a_paid_order, post_event

pytestmark = pytest.mark.django_db


def holds(kind, subject=None):
    return payments.actions.balance(kind, subject, "usd")


def refund(order, price=None, now=NOON):
    return payments.actions.refund(order_id=order.pk, price=price, now=now)


def a_cleared_order(**fields):
    order = an_order(status=OrderStatus.COMPLETED, **fields)
    payments.actions.clear(
        earning_id=order.earnings.get().pk, now=NOON + timedelta(days=7)
    )
    return order


def with_commission(bps=2000):
    values = Policy(commission_bps=bps).model_dump()
    PlatformSetting.objects.create(version=1, values=values)


def rules():
    return list(LedgerTransaction.objects.order_by("id").values_list("kind", flat=True))


# --- From where the money is ----------------------------------------------------------


def test_before_completion_price_and_fee_come_from_escrow():
    order = an_order(status=OrderStatus.IN_PROGRESS)

    [half] = refund(order, 50_00)
    [rest] = refund(order)

    assert (half.amount, rest.amount) == (55_00, 55_00)
    assert holds(Kind.ESCROW, order.pk) == holds(Kind.FEE_DEFERRED, order.pk) == 0
    assert holds(Kind.REFUND_CLEARING, half.pk) == 55_00
    assert rules() == ["E1", "E8", "E8"]


def test_all_at_once_before_completion_is_a_full_refund():
    order = an_order(status=OrderStatus.DELIVERED)

    [whole] = refund(order)

    assert (whole.amount, whole.price, whole.fee) == (110_00, 100_00, 10_00)
    assert rules() == ["E1", "E7"]


def test_the_seller_earns_what_a_partial_refund_leaves():
    with_commission()
    order = an_order(status=OrderStatus.DELIVERED)

    refund(order, 50_00)
    actions.accept(order_id=order.pk, actor=order.buyer, now=NOON)

    assert holds(Kind.SELLER_PENDING, order.seller_id) == 40_00
    assert (holds(Kind.COMMISSION), holds(Kind.SERVICE_FEE)) == (10_00, 5_00)


def test_before_clearance_it_comes_out_of_the_lot():
    with_commission()
    order = an_order(status=OrderStatus.COMPLETED)

    refund(order, 25_00)

    lot = order.earnings.get()
    assert (lot.amount, lot.returned, lot.remaining) == (80_00, 20_00, 60_00)
    assert holds(Kind.SELLER_PENDING, order.seller_id) == 60_00
    assert (holds(Kind.COMMISSION), holds(Kind.SERVICE_FEE)) == (15_00, 7_50)
    assert rules()[-1] == "E9"


def test_what_is_left_of_a_lot_clears():
    order = an_order(status=OrderStatus.COMPLETED)
    refund(order, 25_00)

    payments.actions.clear(
        earning_id=order.earnings.get().pk, now=NOON + timedelta(days=7)
    )

    assert holds(Kind.SELLER_AVAILABLE, order.seller_id) == 75_00


def test_a_lot_that_went_back_as_a_whole_clears_to_nothing():
    order = an_order(status=OrderStatus.COMPLETED)
    refund(order)

    payments.actions.clear(
        earning_id=order.earnings.get().pk, now=NOON + timedelta(days=7)
    )

    assert order.earnings.get().cleared_at
    assert holds(Kind.SELLER_AVAILABLE, order.seller_id) == 0
    assert "E3" not in rules()


def test_after_clearance_it_comes_from_what_the_seller_has():
    order = a_cleared_order()

    refund(order, 30_00)

    assert holds(Kind.SELLER_AVAILABLE, order.seller_id) == 70_00
    assert holds(Kind.SELLER_RECEIVABLE, order.seller_id) == 0
    assert rules()[-1] == "E10"


def withdrawn(order, amount):
    """The seller has asked for their money; it is on its way."""
    a_payout_method(order.seller)
    payments.actions.request_payout(
        user_id=order.seller_id,
        amount=amount,
        key=uuid4(),
        now=NOON + timedelta(days=7),
    )


def test_after_a_withdrawal_the_seller_owes_what_is_not_there():
    order = a_cleared_order()
    withdrawn(order, 80_00)

    refund(order)

    assert holds(Kind.SELLER_AVAILABLE, order.seller_id) == 0
    assert holds(Kind.SELLER_RECEIVABLE, order.seller_id) == 80_00


def test_what_a_seller_owes_is_paid_from_the_next_earnings():
    order = a_cleared_order()
    withdrawn(order, 100_00)
    refund(order, 30_00)
    later = an_order(status=OrderStatus.COMPLETED, gig=order.gig)

    payments.actions.clear(
        earning_id=later.earnings.get().pk, now=NOON + timedelta(days=7)
    )

    assert holds(Kind.SELLER_RECEIVABLE, order.seller_id) == 0
    assert holds(Kind.SELLER_AVAILABLE, order.seller_id) == 70_00


def test_frozen_earnings_do_not_clear():
    order = an_order(status=OrderStatus.COMPLETED)
    lot, due = order.earnings.get(), NOON + timedelta(days=7)

    payments.actions.freeze(order_id=order.pk, now=NOON)
    payments.actions.clear(earning_id=lot.pk, now=due)
    assert holds(Kind.SELLER_AVAILABLE, order.seller_id) == 0

    payments.actions.unfreeze(order_id=order.pk)
    payments.actions.clear(earning_id=lot.pk, now=due)
    assert holds(Kind.SELLER_AVAILABLE, order.seller_id) == 100_00


# --- How much ---------------------------------------------------------------------------


@pytest.mark.parametrize("price", [0, -1, 100_01])
def test_no_more_and_no_less_than_there_is_can_go_back(price):
    order = an_order(status=OrderStatus.IN_PROGRESS)

    with pytest.raises(NotAllowed):
        refund(order, price)

    assert not Refund.objects.exists()


def test_where_nothing_is_left_all_that_is_left_is_nothing():
    order = an_order(status=OrderStatus.IN_PROGRESS)

    assert len(refund(order)) == 1
    assert refund(order) == []
    assert payments.actions.refundable(order.pk) == 0


def test_an_unpaid_order_has_nothing_to_give_back():
    assert refund(an_order()) == []


# --- What Stripe says of it -------------------------------------------------------------


def a_refund_at_stripe(sandbox, run_tasks):
    order, payment, event = a_paid_order(sandbox)
    post_event(sandbox, event)
    [row] = refund(order, now=clock.now())
    run_tasks()
    row.refresh_from_db()
    return order, row


def test_stripe_sends_it_and_the_books_say_so(sandbox, run_tasks):
    _, row = a_refund_at_stripe(sandbox, run_tasks)

    assert (row.status, holds(Kind.REFUND_CLEARING, row.pk)) == ("succeeded", 0)
    assert holds(Kind.STRIPE) == -holds(Kind.STRIPE_FEES) == -3_49
    [told] = sandbox.stripe("GET", "/refunds")["data"]
    assert (told["id"], told["amount"]) == (row.stripe_id, 110_00)


def test_a_refund_that_comes_back_is_owed_to_the_buyer_and_lands_on_a_desk(
    sandbox, run_tasks
):
    order, row = a_refund_at_stripe(sandbox, run_tasks)
    sandbox.http("POST", f"/sandbox/stripe/refunds/{row.stripe_id}/fail")

    for _ in range(2):
        post_event(sandbox, sandbox.events("refund.failed")[-1])

    row.refresh_from_db()
    assert row.status == RefundStatus.FAILED
    assert holds(Kind.BUYER_PAYABLE, order.buyer_id) == 110_00
    assert holds(Kind.STRIPE) == 110_00 - 3_49
    task = StaffTask.objects.get(kind="payments.refund_failed")
    assert task.target == f"payments.refund:{row.pk}"


def test_a_refund_whose_answer_got_lost_is_looked_for_before_it_is_asked_again(
    sandbox, run_tasks
):
    order, _, event = a_paid_order(sandbox)
    post_event(sandbox, event)
    run_tasks()
    [row] = refund(order, now=clock.now())
    sandbox.http("POST", "/sandbox/stripe/faults/call", {"fault": "drop"})
    with pytest.raises(StripeUnavailable):
        payments.actions.submit_refund(refund_id=row.pk, now=clock.now())

    with clock.frozen(clock.now() + timedelta(hours=30)):
        # By now Stripe has forgotten the key.
        payments.actions.submit_refund(refund_id=row.pk, now=clock.now())

    row.refresh_from_db()
    assert row.status == RefundStatus.SUCCEEDED
    assert len(sandbox.stripe("GET", "/refunds")["data"]) == 1


@pytest.mark.parametrize("first", ["refund.created", "refund.failed"])
def test_news_of_a_refund_may_come_in_any_order(sandbox, run_tasks, first):
    order, row = a_refund_at_stripe(sandbox, run_tasks)
    sandbox.http("POST", f"/sandbox/stripe/refunds/{row.stripe_id}/fail")
    kinds = ["refund.created", "refund.failed"]

    for kind in sorted(kinds, key=lambda kind: kind != first):
        post_event(sandbox, sandbox.events(kind)[-1])

    row.refresh_from_db()
    assert row.status == RefundStatus.FAILED
    assert Order.objects.get(pk=order.pk).status == OrderStatus.IN_PROGRESS


def made_by_hand(sandbox, payment, amount):
    """Refund as somebody does at Stripe's dashboard, and return the event."""
    asked = {"payment_intent": payment.intent_id, "amount": str(amount)}
    sandbox.stripe("POST", "/refunds", asked)
    return sandbox.events("refund.created")[-1]


def test_a_refund_made_at_stripe_by_hand_is_taken_into_the_books(sandbox):
    order, payment, event = a_paid_order(sandbox)
    post_event(sandbox, event)
    told = made_by_hand(sandbox, payment, 33_00)

    assert post_event(sandbox, told).status_code == 409
    with clock.frozen(clock.now() + timedelta(minutes=20)):
        payments.actions.replay_events(now=clock.now())
        post_event(sandbox, {**told, "id": "evt_again", "type": "refund.updated"})

    row = Refund.objects.get()
    assert (row.status, row.price, row.fee) == ("succeeded", 30_00, 3_00)
    assert holds(Kind.ESCROW, order.pk) == 70_00
    assert holds(Kind.STRIPE) == 77_00


def test_a_refund_of_money_we_do_not_know_lands_on_a_desk(sandbox):
    intent = {"amount": "5000", "currency": "usd", "confirm": "true"}
    known = sandbox.stripe(
        "POST", "/payment_intents", {**intent, "payment_method": "pm_card_visa"}
    )
    sandbox.stripe("POST", "/refunds", {"payment_intent": known["id"]})

    with clock.frozen(clock.now() + timedelta(minutes=20)):
        post_event(sandbox, sandbox.events("refund.created")[-1])

    assert StaffTask.objects.filter(kind="payments.strange_refund").count() == 1
    assert not Refund.objects.exists()


def test_word_of_the_charge_has_the_refund_asked_for(sandbox, run_tasks):
    order, payment, event = a_paid_order(sandbox)
    post_event(sandbox, event)
    [row] = refund(order, now=clock.now())
    run_tasks()
    Refund.objects.update(status="submitted", settled_at=None)

    post_event(sandbox, sandbox.events("charge.refunded")[-1])
    run_tasks()

    row.refresh_from_db()
    assert row.status == RefundStatus.SUCCEEDED
