from datetime import timedelta

import pytest

from messaging.models import Conversation, Notification
from orders import actions, signals
from orders.actions import Ending
from orders.models import Order
from orders.status import OrderStatus
from tests.factories import (
    NOON,
    a_finance,
    a_gig,
    a_seller,
    a_stored_file,
    a_user,
    an_order,
    open_dispute,
)

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def order():
    gig = a_gig(seller=a_seller(full_name="Maya"), title="A logo")
    buyer = a_user(full_name="Nora")
    return an_order(gig=gig, buyer=buyer)


def announce(signal, order, **details):
    signal.send(sender=Order, order=order, actor=None, at=NOON, **details)


def told():
    return {
        (news.user.full_name, news.title, news.path)
        for news in Notification.objects.select_related("user")
    }


def test_payment_brings_both_together(order, run_tasks, mailoutbox):
    announce(signals.order_paid, order)
    run_tasks()

    page = f"/orders/{order.pk}/"
    assert told() == {
        ("Maya", "Nora ordered “A logo”", page),
        ("Nora", "Your order “A logo” has begun", page),
    }
    assert Conversation.objects.visible_to(order.buyer).get().participants.count() == 2
    assert {mail.to[0] for mail in mailoutbox} == {
        order.buyer.email,
        order.seller.email,
    }


def test_payment_announced_twice_is_told_once(order, run_tasks, mailoutbox):
    announce(signals.order_paid, order)
    announce(signals.order_paid, order)
    run_tasks()

    assert Conversation.objects.count() == 1
    assert len(mailoutbox) == 2


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("order_delivered", {("Nora", "Maya delivered “A logo”")}),
        ("revision_requested", {("Maya", "Nora asked for changes to “A logo”")}),
        ("order_completed", {("Maya", "“A logo” is complete")}),
        (
            "order_cancelled",
            {("Nora", "“A logo” was cancelled"), ("Maya", "“A logo” was cancelled")},
        ),
        ("order_expired", {("Nora", "Your order “A logo” was not paid in time")}),
    ],
)
def test_each_turn_is_told_to_whom_it_concerns(order, name, expected):
    order.paid_at = NOON

    announce(getattr(signals, name), order)

    assert {(name, title) for name, title, _path in told()} == expected


def test_each_delivery_is_news_and_is_told_once(order):
    order.delivered_at = NOON
    announce(signals.order_delivered, order)
    order.delivered_at += timedelta(days=1)
    announce(signals.order_delivered, order)
    announce(signals.order_delivered, order)

    assert Notification.objects.count() == 2


def test_what_is_changed_after_a_dispute_is_told_though_no_revision_is_used():
    order = an_order(status=OrderStatus.DELIVERED)
    changes = Ending(kind="revision", days=3)
    statement = open_dispute(order, offer=changes).statements.get()
    later = {"order_id": order.pk, "actor": order.seller}
    actions.settle_dispute(**later, statement_id=statement.pk, now=NOON + HOUR)

    files = [a_stored_file()]
    actions.deliver(**later, message="Bolder.", files=files, now=NOON + 2 * HOUR)

    heard = Notification.objects.filter(kind="order_delivered", user=order.buyer)
    assert heard.count() == 2


def test_an_order_that_is_taken_back_unpaid_is_news_to_nobody(order):
    actions.cancel_unpaid(order_id=order.pk, actor=order.buyer, now=NOON)

    assert not Notification.objects.exists()


def test_the_buyer_hears_of_money_that_goes_back_each_time(order):
    for at in (NOON, NOON + HOUR):
        signals.payment_returned.send(
            sender=Order,
            order=order,
            actor=None,
            amount=110_00,
            currency="usd",
            at=at,
        )

    news, _again = Notification.objects.all()
    assert (news.user, news.title) == (order.buyer, "We sent $110.00 back to you")


def test_the_seller_hears_when_to_deliver(order):
    order.due_at = NOON + timedelta(days=4)

    announce(signals.order_paid, order)

    news = Notification.objects.get(user=order.seller)
    assert news.text == "The order is paid. Deliver by 6 March 2026."


def test_a_partial_refund_is_told_to_both_in_what_concerns_them():
    buyer, seller = a_user(full_name="Nora"), a_seller(full_name="Maya")
    order = an_order(
        gig=a_gig(seller=seller, title="A logo"),
        buyer=buyer,
        status=OrderStatus.DELIVERED,
    )
    page = f"/orders/{order.pk}/"

    actions.refund_as_staff(
        order_id=order.pk,
        actor=a_finance(),
        price=50_00,
        most=100_00,
        reason="Half of it is missing.",
        now=NOON,
    )

    assert {
        ("Nora", "$55.00 of “A logo” goes back to you", page),
        ("Maya", "$50.00 of “A logo” goes back to the buyer", page),
    } <= told()


def test_the_seller_hears_that_a_bank_holds_an_order_and_how_it_ends(order):
    page = f"/orders/{order.pk}/"

    announce(signals.chargeback_opened, order)
    announce(signals.chargeback_ended, order, is_lost=False)

    assert told() == {
        ("Maya", "The buyer's bank contests the payment of “A logo”", page),
        ("Maya", "The bank decided about “A logo”", page),
    }
