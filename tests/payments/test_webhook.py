"""Stripe's events: however often, late, early, wrong or forged they come."""

import itertools
import json
from datetime import timedelta

import pytest
from django.test import Client

import payments.actions
from gigstream.core import clock
from gigstream.core.models import StaffTask
from gigstream.services import stripe
from orders.models import Order
from orders.status import OrderStatus
from payments.models import (
    AccountKind,
    LedgerTransaction,
    Payment,
    Refund,
    StripeEvent,
    UnappliedPayment,
)
from payments.status import PaymentStatus, RefundStatus
from tests.factories import an_order
from tests.payments.webhooks import PATH, a_paid_order, an_order_to_pay, post_event

pytestmark = pytest.mark.django_db


def keys():
    return sorted(
        key.partition(":")[0]
        for key in LedgerTransaction.objects.values_list("key", flat=True)
    )


def held(order):
    return payments.actions.balance(AccountKind.ESCROW, order.pk, "usd")


def test_a_payment_starts_the_work(sandbox):
    order, payment, event = a_paid_order(sandbox)

    answer = post_event(sandbox, event)

    order.refresh_from_db()
    payment.refresh_from_db()
    assert (answer.status_code, order.status, payment.status) == (
        204,
        OrderStatus.IN_PROGRESS,
        PaymentStatus.SUCCEEDED,
    )
    assert order.due_at == order.paid_at + timedelta(days=4)
    assert held(order) == 100_00
    assert payments.actions.balance(AccountKind.FEE_DEFERRED, order.pk, "usd") == 10_00
    assert payments.actions.balance(AccountKind.STRIPE, None, "usd") == 110_00


def test_both_sides_hear_of_it_and_can_talk(sandbox, run_tasks, mailoutbox):
    order, _, event = a_paid_order(sandbox)

    post_event(sandbox, event)
    run_tasks()

    heard = {
        user.pk: user.notifications.count() for user in (order.buyer, order.seller)
    }
    assert heard == {order.buyer_id: 1, order.seller_id: 1}
    assert {mail.to[0] for mail in mailoutbox} == {
        order.buyer.email,
        order.seller.email,
    }
    assert order.buyer.participations.count() == 1


def test_the_card_is_noted_for_the_receipt(sandbox, run_tasks):
    _, payment, event = a_paid_order(sandbox, "5555555555554444")

    post_event(sandbox, event)
    run_tasks()

    payment.refresh_from_db()
    assert (payment.card_brand, payment.card_last4) == ("mastercard", "4444")


def test_the_same_event_again_changes_nothing(sandbox, run_tasks, mailoutbox):
    order, _, event = a_paid_order(sandbox)

    answers = [post_event(sandbox, event).status_code for _ in range(5)]
    run_tasks()

    assert answers == [204] * 5
    assert keys() == ["fee", "pay"]
    told = sorted(each.to[0] for each in mailoutbox)
    # The buyer hears that it is paid and has the receipt, the seller has an order.
    assert told == sorted([order.buyer.email] * 2 + [order.seller.email])
    assert order.events.count() == 2


def test_one_fact_under_two_ids_has_one_effect(sandbox):
    order, _, event = a_paid_order(sandbox)

    post_event(sandbox, event)
    post_event(sandbox, {**event, "id": "evt_the_same_again"})

    assert keys() == ["pay"]
    assert StripeEvent.objects.filter(processed_at=None).count() == 0


@pytest.mark.parametrize(
    "signature",
    [
        "",
        "garbage",
        "t=1,v1=00",
        "t=99999999999999999999,v1=00",
        "v1=" + "0" * 64,
    ],
)
def test_a_forged_event_is_refused_without_a_trace(sandbox, signature):
    order, _, event = a_paid_order(sandbox)

    body, _ = sandbox.signed(event)
    answer = Client().post(
        PATH, body, content_type="application/json", HTTP_STRIPE_SIGNATURE=signature
    )

    assert answer.status_code == 400
    assert not StripeEvent.objects.exists()
    order.refresh_from_db()
    assert order.status == OrderStatus.PENDING


def test_a_changed_body_is_a_forgery(sandbox):
    _, _, event = a_paid_order(sandbox)
    body, signature = sandbox.signed(event)
    changed = body.replace(b"11000", b"11001")

    answer = Client().post(
        PATH, changed, content_type="application/json", HTTP_STRIPE_SIGNATURE=signature
    )

    assert (answer.status_code, StripeEvent.objects.count()) == (400, 0)


def test_a_replay_after_the_tolerance_is_refused(sandbox, monkeypatch):
    _, _, event = a_paid_order(sandbox)
    body, signature = sandbox.signed(event)
    old = signature.replace(signature[2:12], str(int(signature[2:12]) - 3600))

    answer = Client().post(
        PATH, body, content_type="application/json", HTTP_STRIPE_SIGNATURE=old
    )

    assert answer.status_code == 400


def test_while_the_secret_is_rotated_both_are_good(sandbox, settings):
    _, _, event = a_paid_order(sandbox)
    settings.STRIPE_WEBHOOK_SECRETS = ["whsec_next", *settings.STRIPE_WEBHOOK_SECRETS]

    answer = post_event(sandbox, event)

    assert answer.status_code == 204


def test_only_post_is_answered(client):
    assert client.get(PATH).status_code == 405


def test_kinds_we_have_no_use_for_are_kept_and_answered(sandbox):
    _, _, event = a_paid_order(sandbox)

    answer = post_event(sandbox, {**event, "id": "evt_x", "type": "customer.created"})

    assert answer.status_code == 204
    assert StripeEvent.objects.get(event_id="evt_x").processed_at is not None


def test_an_event_before_its_order_waits_and_is_then_applied(sandbox):
    order, payment, event = a_paid_order(sandbox)
    early = json.loads(json.dumps(event))
    early["data"]["object"]["metadata"]["order"] = (
        "0190a0a0-0000-7000-8000-000000000000"
    )

    answer = post_event(sandbox, early)

    row = StripeEvent.objects.get()
    assert (answer.status_code, row.processed_at, row.attempts) == (409, None, 1)

    # The checkout commits, and the job tries again.
    row.body["data"]["object"]["metadata"]["order"] = str(order.pk)
    row.save()
    payments.actions.replay_events(now=clock.now())

    order.refresh_from_db()
    assert order.status == OrderStatus.IN_PROGRESS


def test_an_event_before_we_noted_its_intent_is_applied_at_once(sandbox):
    order, payment, event = a_paid_order(sandbox)
    Payment.objects.update(intent_id=None, client_secret="")

    post_event(sandbox, event)

    payment.refresh_from_db()
    assert (payment.status, payment.intent_id) == (
        PaymentStatus.SUCCEEDED,
        event["data"]["object"]["id"],
    )


def test_money_for_an_order_that_never_was_is_sent_back(sandbox, run_tasks):
    _, _, event = a_paid_order(sandbox)
    event["data"]["object"]["metadata"] = {
        "order": "0190a0a0-0000-7000-8000-000000000000"
    }
    event["created"] -= 3600

    answer = post_event(sandbox, event)
    run_tasks()

    unapplied = UnappliedPayment.objects.get()
    assert (answer.status_code, unapplied.reason) == (204, "unknown_order")
    assert Refund.objects.get().status == RefundStatus.SUCCEEDED
    assert payments.actions.balance(AccountKind.STRIPE, None, "usd") == -3_49


def change_amount(intent):
    intent["amount_received"] = intent["amount"] = 109_99


def change_currency(intent):
    intent["currency"] = "eur"


@pytest.mark.parametrize(
    ("change", "reason"), [(change_amount, "amount"), (change_currency, "currency")]
)
def test_money_that_does_not_fit_is_booked_and_sent_back(
    sandbox, change, reason, run_tasks
):
    order, payment, event = a_paid_order(sandbox)
    change(event["data"]["object"])

    answer = post_event(sandbox, event)
    post_event(sandbox, {**event, "id": "evt_again"})
    run_tasks()

    order.refresh_from_db()
    assert (answer.status_code, order.status) == (204, OrderStatus.PENDING)
    assert UnappliedPayment.objects.get().reason == reason
    assert StaffTask.objects.get().kind == "payments.strange_payment"
    assert Refund.objects.count() == 1
    assert keys().count("unapp") == 1


def test_live_money_in_test_books_is_kept_for_staff_and_not_sent_back(sandbox):
    order, _, event = a_paid_order(sandbox)
    event["data"]["object"]["livemode"] = True

    post_event(sandbox, event)

    order.refresh_from_db()
    assert (order.status, UnappliedPayment.objects.get().reason) == ("pending", "mode")
    assert not Refund.objects.exists()


def test_a_payment_of_another_order_does_not_pay_this_one(sandbox):
    order, _, event = a_paid_order(sandbox)
    other = an_order()
    event["data"]["object"]["metadata"]["order"] = str(other.pk)

    post_event(sandbox, event)

    assert set(Order.objects.values_list("status", flat=True)) == {OrderStatus.PENDING}
    assert UnappliedPayment.objects.get().order == other


def test_money_after_the_order_expired_goes_back_to_the_card(sandbox, run_tasks):
    order, _, event = a_paid_order(sandbox)
    import orders.actions

    orders.actions.expire(order_id=order.pk, now=order.expires_at)

    answer = post_event(sandbox, event)
    run_tasks()

    order.refresh_from_db()
    assert (answer.status_code, order.status) == (204, OrderStatus.EXPIRED)
    assert UnappliedPayment.objects.get().reason == "late"
    assert keys() == ["fee", "rok", "unapp", "unref"]
    assert sandbox.stripe("GET", "/refunds")["data"][0]["amount"] == 110_00
    assert order.buyer.notifications.filter(kind="payment_returned").count() == 1


def test_money_of_a_payment_that_was_cancelled_goes_back(sandbox):
    order, payment, event = a_paid_order(sandbox)
    Payment.objects.update(status=PaymentStatus.CANCELED)

    post_event(sandbox, event)

    order.refresh_from_db()
    payment.refresh_from_db()
    assert (order.status, payment.status) == ("pending", PaymentStatus.CANCELED)
    assert UnappliedPayment.objects.get().reason == "late"


def test_paying_twice_sends_the_second_payment_back(sandbox, run_tasks):
    order, payment, event = a_paid_order(sandbox)
    post_event(sandbox, event)
    second = stripe.open_intent(
        order_id=order.pk,
        payment_id=payment.pk,
        amount=order.total,
        currency="usd",
        attempt=2,
        description="again",
    )
    sandbox.confirm(second.id)

    post_event(sandbox, sandbox.events("payment_intent.succeeded")[-1])
    run_tasks()

    assert UnappliedPayment.objects.get().reason == "duplicate"
    assert Refund.objects.get().status == RefundStatus.SUCCEEDED
    assert held(order) == 100_00


def test_a_decline_is_shown_and_the_same_order_can_be_paid(sandbox):
    order, payment = an_order_to_pay()
    sandbox.confirm(payment.intent_id, "pm_card_chargeDeclinedInsufficientFunds")
    post_event(sandbox, sandbox.events("payment_intent.payment_failed")[-1])
    payment.refresh_from_db()
    assert (payment.status, payment.failure) == (
        PaymentStatus.FAILED,
        "Your card has insufficient funds.",
    )

    sandbox.confirm(payment.intent_id)
    post_event(sandbox, sandbox.events("payment_intent.succeeded")[-1])

    order.refresh_from_db()
    payment.refresh_from_db()
    assert (order.status, payment.failure) == (OrderStatus.IN_PROGRESS, "")


def test_whatever_the_order_of_events_the_end_is_the_same(sandbox):
    ends = set()
    for permutation in itertools.permutations(range(3)):
        order, payment = an_order_to_pay()
        sandbox.confirm(payment.intent_id, "pm_card_chargeDeclined")
        sandbox.confirm(payment.intent_id)
        told = [
            event
            for event in sandbox.events()
            if event["data"]["object"]["id"] == payment.intent_id
            and event["type"].startswith("payment_intent.")
        ]
        assert len(told) == 3, [event["type"] for event in told]

        for place in permutation:
            post_event(sandbox, told[place])

        order.refresh_from_db()
        payment.refresh_from_db()
        ends.add((order.status, payment.status, payment.failure, held(order)))

    assert ends == {(OrderStatus.IN_PROGRESS, PaymentStatus.SUCCEEDED, "", 100_00)}


def test_a_failing_receiver_loses_nothing(sandbox, monkeypatch, caplog):
    order, _, event = a_paid_order(sandbox)
    with monkeypatch.context() as patch:
        patch.setattr("orders.actions.checkout.move", lambda *_, **__: 1 / 0)
        answer = post_event(sandbox, event)
        assert answer.status_code == 409
        assert keys() == []

    payments.actions.replay_events(now=clock.now())

    order.refresh_from_db()
    assert order.status == OrderStatus.IN_PROGRESS


def test_a_lost_webhook_is_made_good_by_asking(sandbox, run_tasks):
    from payments.tasks import look_up_open_payments

    order, payment, _ = a_paid_order(sandbox)
    Payment.objects.update(created_at=clock.now() - timedelta(minutes=5))

    look_up_open_payments.func()
    run_tasks()

    order.refresh_from_db()
    assert order.status == OrderStatus.IN_PROGRESS
