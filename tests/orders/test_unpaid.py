"""Orders that nobody pays: they expire or are cancelled, Stripe first."""

from datetime import timedelta

import pytest

import payments.actions
from gigstream.core import clock
from gigstream.core.errors import NotAllowed
from orders import actions, tasks
from orders.models import Order
from orders.status import OrderStatus
from payments.models import UnappliedPayment
from payments.status import PaymentStatus
from tests.factories import NOON, a_paid_intent, a_user, an_order
from tests.payments.webhooks import an_order_to_pay

pytestmark = pytest.mark.django_db


def let_time_pass(order, run_tasks):
    with clock.frozen(order.expires_at):
        tasks.expire_unpaid.func()
        run_tasks()
    order.refresh_from_db()


def test_an_unpaid_order_expires_and_cannot_be_paid_any_more(sandbox, run_tasks):
    order, payment = an_order_to_pay(now=NOON)

    let_time_pass(order, run_tasks)

    payment.refresh_from_db()
    assert (order.status, payment.status) == (
        OrderStatus.EXPIRED,
        PaymentStatus.CANCELED,
    )
    assert (
        sandbox.stripe("GET", f"/payment_intents/{payment.intent_id}")["status"]
        == "canceled"
    )


def test_an_order_whose_intent_was_never_opened_expires_too(sandbox, run_tasks):
    order = an_order()

    let_time_pass(order, run_tasks)

    assert order.status == OrderStatus.EXPIRED


def test_before_its_time_an_order_stays(sandbox, run_tasks):
    order = an_order()

    with clock.frozen(order.expires_at - timedelta(seconds=1)):
        tasks.expire_unpaid.func()
        tasks.expire.func(order_id=str(order.pk))

    order.refresh_from_db()
    assert order.status == OrderStatus.PENDING


def test_money_that_came_in_the_last_moment_counts(sandbox, run_tasks):
    order, payment = an_order_to_pay(now=NOON)
    sandbox.confirm(payment.intent_id)

    let_time_pass(order, run_tasks)

    assert order.status == OrderStatus.IN_PROGRESS
    assert not UnappliedPayment.objects.exists()


def test_while_stripe_is_down_nothing_expires(sandbox, settings):
    order, _ = an_order_to_pay(now=NOON)
    settings.STRIPE_API_BASE = "http://127.0.0.1:9"

    with clock.frozen(order.expires_at), pytest.raises(Exception, match=r"."):
        tasks.expire.func(order_id=str(order.pk))

    order.refresh_from_db()
    assert order.status == OrderStatus.PENDING


def test_the_buyer_takes_an_unpaid_order_back(as_user, sandbox):
    order, payment = an_order_to_pay()

    answer = as_user(order.buyer).post(f"/orders/{order.pk}/cancel/", follow=True)

    order.refresh_from_db()
    assert order.status == OrderStatus.CANCELLED
    assert "You have not been charged" in answer.content.decode()
    assert (
        sandbox.stripe("GET", f"/payment_intents/{payment.intent_id}")["status"]
        == "canceled"
    )


def test_cancelling_what_was_just_paid_keeps_the_order(as_user, sandbox):
    order, payment = an_order_to_pay()
    sandbox.confirm(payment.intent_id)

    answer = as_user(order.buyer).post(f"/orders/{order.pk}/cancel/", follow=True)

    order.refresh_from_db()
    assert order.status == OrderStatus.IN_PROGRESS
    assert "It is now: In progress" in answer.content.decode()


def test_while_stripe_is_down_cancelling_asks_for_patience(as_user, sandbox, settings):
    order, _ = an_order_to_pay()
    settings.STRIPE_API_BASE = "http://127.0.0.1:9"

    answer = as_user(order.buyer).post(f"/orders/{order.pk}/cancel/", follow=True)

    assert "could not reach the payment company" in answer.content.decode()
    assert Order.objects.get().status == OrderStatus.PENDING


@pytest.mark.parametrize("who", ["seller", "stranger"])
def test_nobody_else_cancels(who):
    order = an_order()

    with pytest.raises(NotAllowed):
        actions.cancel_unpaid(
            order_id=order.pk,
            actor=order.seller if who == "seller" else a_user(),
            now=NOON,
        )


def test_closing_leaves_a_paid_order_alone(sandbox):
    order = an_order(status=OrderStatus.IN_PROGRESS)

    closed = payments.actions.close_payments(order_id=order.pk, timeout=3, now=NOON)

    order.refresh_from_db()
    assert (closed, order.status) == (True, OrderStatus.IN_PROGRESS)


def test_while_a_bank_is_thinking_the_order_neither_expires_nor_is_cancelled(
    as_user, sandbox, monkeypatch
):
    order, payment = an_order_to_pay(now=NOON)
    thinking = a_paid_intent(order, id=payment.intent_id, status="processing")
    monkeypatch.setattr(
        "gigstream.services.stripe.cancel_intent", lambda *_, **__: thinking
    )

    with clock.frozen(order.expires_at):
        tasks.expire.func(order_id=str(order.pk))
    answer = as_user(order.buyer).post(f"/orders/{order.pk}/cancel/", follow=True)

    order.refresh_from_db()
    payment.refresh_from_db()
    assert (order.status, payment.status) == (
        OrderStatus.PENDING,
        PaymentStatus.PROCESSING,
    )
    assert "still processing the payment" in answer.content.decode()
