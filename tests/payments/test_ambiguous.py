"""Stripe slow, busy, or gone in the middle of an answer: nothing is lost and nothing happens twice."""

from datetime import timedelta

import pytest

import payments.actions
from gigstream.core import clock
from gigstream.sandbox.stripe.faults import CallFault, PlannedCallFault
from gigstream.services import stripe
from payments.models import AccountKind, Refund
from payments.status import RefundStatus
from payments.tasks import submit_stuck_refunds
from tests.factories import an_order
from tests.payments.webhooks import a_paid_order, post_event

pytestmark = pytest.mark.django_db


def intents(sandbox):
    return sandbox.stripe("GET", "/payment_intents")["data"]


def open_intent(order):
    return payments.actions.open_intent(payment_id=order.payments.get().pk)


@pytest.mark.parametrize("fault", [CallFault.DROP, CallFault.BUSY, CallFault.BROKEN])
def test_an_intent_whose_answer_was_lost_is_found_again(sandbox, fault):
    order = an_order()
    sandbox.faults.plan(PlannedCallFault(fault))
    with pytest.raises(stripe.StripeUnavailable):
        open_intent(order)
    assert order.payments.get().intent_id is None

    payment = open_intent(order)

    assert [intent["id"] for intent in intents(sandbox)] == [payment.intent_id]


def test_a_slow_stripe_does_not_keep_the_buyer_waiting(sandbox):
    order = an_order()
    sandbox.faults.plan(PlannedCallFault(CallFault.DELAY, seconds=4))

    with pytest.raises(stripe.StripeUnavailable):
        open_intent(order)


def refused_money(sandbox):
    """A payment that goes back, with its refund not yet submitted."""
    _, _, event = a_paid_order(sandbox)
    event["data"]["object"]["amount_received"] = 1_00
    post_event(sandbox, event)
    return Refund.objects.get()


def test_a_refund_whose_answer_was_lost_is_sent_once(sandbox):
    refund = refused_money(sandbox)
    sandbox.faults.plan(PlannedCallFault(CallFault.DROP))
    with pytest.raises(stripe.StripeUnavailable):
        payments.actions.submit_refund(refund_id=refund.pk, now=clock.now())

    payments.actions.submit_refund(refund_id=refund.pk, now=clock.now())
    payments.actions.submit_refund(refund_id=refund.pk, now=clock.now())

    refund.refresh_from_db()
    assert refund.status == RefundStatus.SUCCEEDED
    assert [each["amount"] for each in sandbox.stripe("GET", "/refunds")["data"]] == [
        1_00
    ]


def test_a_refund_that_older_code_of_ours_has_sent_is_not_taken_for_refused(sandbox):
    refund = refused_money(sandbox)
    older = {
        "payment_intent": refund.intent_id,
        "amount": str(refund.amount),
        "metadata[refund]": str(refund.pk),
        "reason": "duplicate",
    }
    sandbox.stripe(
        "POST", "/refunds", older, **{"Idempotency-Key": f"refund:{refund.pk}"}
    )

    with pytest.raises(stripe.StripeUnavailable):
        payments.actions.submit_refund(refund_id=refund.pk, now=clock.now())
    refund.refresh_from_db()
    assert refund.status == RefundStatus.REQUESTED
    later = clock.now() + timedelta(hours=21)
    payments.actions.submit_refund(refund_id=refund.pk, now=later)

    refund.refresh_from_db()
    assert refund.status == RefundStatus.SUCCEEDED
    assert len(sandbox.stripe("GET", "/refunds")["data"]) == 1


def test_a_refund_that_the_bank_sends_back_is_owed_to_the_buyer(sandbox, run_tasks):
    refund = refused_money(sandbox)
    run_tasks()
    buyer = refund.unapplied.order.buyer_id
    stripe_id = sandbox.stripe("GET", "/refunds")["data"][0]["id"]

    sandbox.http("POST", f"/sandbox/stripe/refunds/{stripe_id}/fail")
    for event in sandbox.events("refund.failed") * 2:
        post_event(sandbox, event)

    refund.refresh_from_db()
    assert refund.status == RefundStatus.FAILED
    assert payments.actions.balance(AccountKind.BUYER_PAYABLE, buyer, "usd") == 1_00


def test_a_refund_that_stripe_declines_is_owed_to_the_buyer(sandbox):
    refund = refused_money(sandbox)
    Refund.objects.update(intent_id="pi_unknown")

    payments.actions.submit_refund(refund_id=refund.pk, now=clock.now())

    refund.refresh_from_db()
    assert (refund.status, bool(refund.failure)) == (RefundStatus.FAILED, True)


def test_a_late_success_does_not_undo_a_failure(sandbox):
    refund = refused_money(sandbox)
    now = clock.now()
    payments.actions.settle_refund(
        refund_id=refund.pk, new=RefundStatus.FAILED, now=now
    )

    payments.actions.settle_refund(
        refund_id=refund.pk, new=RefundStatus.SUCCEEDED, now=now
    )

    refund.refresh_from_db()
    assert refund.status == RefundStatus.FAILED


def test_a_refund_that_went_quiet_is_looked_up(sandbox, run_tasks):
    refund = refused_money(sandbox)
    run_tasks()
    Refund.objects.update(
        status=RefundStatus.SUBMITTED, requested_at=clock.now() - timedelta(hours=1)
    )

    submit_stuck_refunds.func()
    run_tasks()

    refund.refresh_from_db()
    assert refund.status == RefundStatus.SUCCEEDED
    assert len(sandbox.stripe("GET", "/refunds")["data"]) == 1
