"""A tip: paid by itself, earned by itself, cleared by itself."""

from datetime import timedelta
from uuid import uuid4

import pytest

import payments.actions
from accounts.models import User
from gigstream.core.errors import NotAllowed
from gigstream.core.models import PlatformSetting, Settings
from orders import actions
from orders.status import OrderStatus
from payments.models import AccountKind as Kind
from payments.models import Payment, Refund
from payments.status import PaymentStatus
from tests.factories import NOON, a_paid_intent, a_user, an_order

pytestmark = pytest.mark.django_db


def tip(order, amount=15_00, actor=None, key=None):
    return actions.tip(
        order_id=order.pk,
        actor=actor or order.buyer,
        amount=amount,
        tip_key=key or uuid4(),
        now=NOON,
    )


def pay(order, payment, **fields):
    intent = a_paid_intent(order, payment=payment, **fields)
    actions.settle(order_id=order.pk, intent=intent, now=NOON)


def test_who_comes_back_from_paying_a_tip_waits_though_a_card_failed_before(
    as_user, sandbox
):
    order = an_order(status=OrderStatus.COMPLETED)
    payment = payments.actions.open_intent(payment_id=tip(order).pk)
    Payment.objects.filter(pk=payment.pk).update(
        status=PaymentStatus.FAILED, failure="Your card was declined."
    )
    page = f"/orders/{order.pk}/payments/{payment.pk}/"
    browser = as_user(order.buyer)

    back = browser.get(f"{page}?returned=1").text
    again = browser.get(f"{page}?returned=1&redirect_status=failed").text

    assert "waiting for the bank" in back
    assert "declined" not in back
    assert f'href="{page}">Pay $15.00' in back
    assert "Your card was declined. You have not been charged." in again


def test_a_tip_that_stripe_is_slow_to_prepare_goes_on_by_itself(as_user, sandbox):
    order = an_order(status=OrderStatus.COMPLETED)
    payment = tip(order)
    page = f"/orders/{order.pk}/payments/{payment.pk}/"
    htmx = {"HTTP_HX_REQUEST": "true", "HTTP_HX_REQUEST_TYPE": "partial"}
    browser = as_user(order.buyer)

    slow = browser.get(f"{page}?preparing=1", **htmx)
    payments.actions.open_intent(payment_id=payment.pk)
    ready = browser.get(f"{page}?preparing=1", **htmx)
    unpaid = browser.get(page, **htmx)

    assert (slow.status_code, ready.headers["HX-Refresh"]) == (204, "true")
    assert unpaid.status_code == 204


def holds(kind, subject=None):
    return payments.actions.balance(kind, subject, "usd")


def test_a_tip_is_the_sellers_and_clears_like_other_earnings():
    order = an_order(status=OrderStatus.COMPLETED)
    payment = tip(order)

    for _ in range(2):
        pay(order, payment)

    lot = payment.earning
    assert holds(Kind.SELLER_PENDING, order.seller_id) == 115_00
    assert (lot.amount, lot.order_id, order.earnings.count()) == (15_00, order.pk, 2)
    payments.actions.clear(earning_id=lot.pk, now=lot.clears_at)
    assert holds(Kind.SELLER_AVAILABLE, order.seller_id) == 15_00


def test_a_tip_clears_by_the_rules_of_its_order_not_by_those_of_today():
    order = an_order(status=OrderStatus.COMPLETED)
    PlatformSetting.following(0, Settings(clearance_days=30)).save()
    payment = tip(order)

    pay(order, payment)

    assert payment.earning.clears_at == NOON + timedelta(days=7)


def test_the_same_tip_twice_is_one_and_another_is_another():
    order, key = an_order(status=OrderStatus.COMPLETED), uuid4()

    assert tip(order, key=key) == tip(order, key=key)
    assert tip(order) != tip(order)


def test_a_tip_that_is_paid_is_not_asked_for_again():
    order, key = an_order(status=OrderStatus.COMPLETED), uuid4()
    payment = tip(order, key=key)
    pay(order, payment)

    assert tip(order, key=key) == payment
    assert order.payments.count() == 2


def test_a_refund_of_the_order_leaves_the_tip():
    order = an_order(status=OrderStatus.COMPLETED)
    pay(order, tip(order))

    payments.actions.refund(order_id=order.pk, now=NOON)

    assert Refund.objects.get().amount == 110_00
    assert holds(Kind.SELLER_PENDING, order.seller_id) == 15_00


@pytest.mark.parametrize("status", [OrderStatus.DELIVERED, OrderStatus.EXPIRED])
def test_only_what_is_complete_is_tipped(status):
    order = an_order(status=status)

    with pytest.raises(NotAllowed):
        tip(order)


@pytest.mark.parametrize("amount", [0, 99, 1_000_01])
def test_a_tip_has_limits(amount):
    with pytest.raises(NotAllowed):
        tip(an_order(status=OrderStatus.COMPLETED), amount)


def test_only_the_buyer_tips():
    order = an_order(status=OrderStatus.COMPLETED)

    for stranger in (order.seller, a_user()):
        with pytest.raises(NotAllowed):
            tip(order, actor=stranger)
    assert not Payment.objects.filter(purpose="tip").exists()


def test_another_amount_than_the_one_agreed_goes_back():
    order = an_order(status=OrderStatus.COMPLETED)

    pay(order, tip(order), status="succeeded")
    payment = tip(order)
    intent = a_paid_intent(
        order,
        id="pi_other",
        amount_received=1,
        metadata={"order": str(order.pk), "payment": str(payment.pk)},
    )
    actions.settle(order_id=order.pk, intent=intent, now=NOON)

    assert Refund.objects.get().unapplied.reason == "amount"
    assert holds(Kind.SELLER_PENDING, order.seller_id) == 115_00


def test_an_amount_of_ones_own_is_asked_for_where_it_is_chosen(as_user, sandbox):
    order = an_order(status=OrderStatus.COMPLETED)
    page, browser = f"/orders/{order.pk}/tip/", as_user(order.buyer)
    key = browser.get(page).context["form"]["tip_key"].value()

    refused = browser.post(page, {"preset": "own", "amount": "", "tip_key": key})
    browser.post(page, {"preset": "own", "amount": "7.50", "tip_key": key})

    assert refused.status_code == 422
    assert "How much would you like to give?" in refused.content.decode()
    assert Payment.objects.get(purpose="tip").amount == 7_50


@pytest.mark.parametrize("standing", ["suspended", "closed"])
def test_whoever_is_gone_is_tipped_no_more_and_what_was_begun_goes_back(
    as_user, standing
):
    order = an_order(status=OrderStatus.COMPLETED)
    payment = tip(order)
    User.objects.filter(pk=order.seller_id).update(standing=standing, closed_at=NOON)

    with pytest.raises(NotAllowed, match="cannot receive tips"):
        tip(order)
    pay(order, payment)

    assert Refund.objects.get().amount == 15_00
    assert holds(Kind.SELLER_PENDING, order.seller_id) == 100_00
    page = as_user(order.buyer).get(order.get_absolute_url()).text
    assert "Leave a tip" not in page
