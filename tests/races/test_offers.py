"""An offer and an extra, from both sides at once: one thing happens, and the other side is told."""

import pytest

from orders import actions
from orders.models import Order
from orders.status import OrderStatus
from payments.models import UnappliedPayment
from tests.factories import NOON, a_custom_offer, a_paid_intent, an_order
from tests.races.together import meet_at, take_locks_out, together

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


def take_up(offer):
    return lambda: actions.take_up(
        offer_id=offer.pk, buyer=offer.buyer, quoted_total=88_00, now=NOON
    )


def withdraw(offer):
    return lambda: actions.withdraw_offer(
        offer_id=offer.pk, actor=offer.seller, now=NOON
    )


def test_an_offer_that_is_taken_up_twice_at_once_is_one_order(monkeypatch):
    offer = a_custom_offer()
    meet_at(monkeypatch, "orders.actions.checkout._write")

    first, second = together(take_up(offer), take_up(offer))

    assert first == second == Order.objects.get()


def test_an_offer_is_taken_up_or_withdrawn_and_never_both(monkeypatch):
    offer = a_custom_offer()
    meet_at(
        monkeypatch, "orders.actions.checkout._write", "orders.actions.offers._close"
    )

    results = together(take_up(offer), withdraw(offer))

    assert sorted(type(each).__name__ for each in results) in (
        ["Order", "Stale"],
        ["NoneType", "Stale"],
    )
    offer.refresh_from_db()
    assert (offer.status == "taken") is Order.objects.exists()


@pytest.mark.breaks_the_books
def test_without_the_lock_one_offer_is_two_orders_or_an_error(monkeypatch):
    offer = a_custom_offer()
    meet_at(monkeypatch, "orders.actions.checkout._write")
    take_locks_out(monkeypatch)

    first, second = together(take_up(offer), take_up(offer))

    assert first != second


def test_money_and_a_withdrawal_at_once_leave_no_extra_without_its_money(monkeypatch):
    order = an_order(status=OrderStatus.IN_PROGRESS)
    extra = actions.offer_extra(
        order_id=order.pk,
        actor=order.seller,
        title="A sign",
        price=30_00,
        days=1,
        revisions=0,
        reason="For the door.",
        now=NOON,
    )
    payment = actions.pay_for_extra(
        order_id=order.pk, proposal_id=extra.pk, actor=order.buyer, now=NOON
    )
    intent = a_paid_intent(order, payment=payment)
    meet_at(monkeypatch, "orders.actions.amend.conclude")

    together(
        lambda: actions.settle(order_id=order.pk, intent=intent, now=NOON),
        lambda: actions.withdraw(
            order_id=order.pk, proposal_id=extra.pk, actor=order.seller, now=NOON
        ),
    )

    order.refresh_from_db()
    extra.refresh_from_db()
    went_back = UnappliedPayment.objects.exists()
    assert (extra.status, order.added_price, went_back) in {
        ("agreed", 30_00, False),
        ("withdrawn", 0, True),
    }
