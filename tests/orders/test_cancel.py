"""Calling a paid order off alone: the seller who cannot, the buyer who has waited long enough."""

from datetime import timedelta

import pytest

import payments.actions
from gigstream.core import clock
from gigstream.core.errors import NotAllowed
from orders import actions
from orders.status import OrderStatus
from payments.models import AccountKind, Refund
from tests.factories import NOON, an_order

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def holds(kind, subject):
    return payments.actions.balance(kind, subject, "usd")


@pytest.mark.parametrize("status", [OrderStatus.IN_PROGRESS, OrderStatus.REVISION])
def test_a_seller_gives_back_what_cannot_be_done(status):
    order = an_order(status=status)

    actions.decline(order_id=order.pk, actor=order.seller, reason="Ill.", now=NOON)

    order.refresh_from_db()
    assert order.status == OrderStatus.CANCELLED
    assert Refund.objects.get().amount == order.total
    assert holds(AccountKind.ESCROW, order.pk) == 0
    assert holds(AccountKind.SELLER_PENDING, order.seller_id) == 0
    assert order.events.last().reason == "Ill."


def test_a_buyer_stops_waiting_a_day_after_the_deadline_and_not_before():
    order = an_order(status=OrderStatus.IN_PROGRESS)
    over = order.due_at + 24 * HOUR

    with pytest.raises(NotAllowed, match="still has time"):
        actions.cancel_late(
            order_id=order.pk, actor=order.buyer, reason="x", now=over - HOUR
        )
    actions.cancel_late(order_id=order.pk, actor=order.buyer, reason="x", now=over)

    order.refresh_from_db()
    assert order.status == OrderStatus.CANCELLED
    assert Refund.objects.get().amount == order.total


def test_the_page_says_what_giving_back_does_and_does_it(as_user):
    order = an_order(status=OrderStatus.IN_PROGRESS)
    browser = as_user(order.seller)
    path = f"/orders/{order.pk}/decline/"

    assert path in browser.get(order.get_absolute_url()).text
    page = browser.get(path).text
    empty = browser.post(path, {"reason": ""})
    done = browser.post(path, {"reason": "I broke my hand."}, follow=True)

    assert "gets $110.00 back, and you earn nothing" in page
    assert empty.status_code == 422
    assert "Cancelled. The buyer gets everything back." in done.text
    assert (
        "I broke my hand." in as_user(order.buyer).get(done.request["PATH_INFO"]).text
    )


def test_a_late_order_tells_the_buyer_from_when_on_it_can_be_cancelled(as_user):
    order = an_order(status=OrderStatus.IN_PROGRESS)
    browser, path = as_user(order.buyer), f"/orders/{order.pk}/cancel-late/"

    with clock.frozen(order.due_at + 3 * HOUR):
        waiting = browser.get(order.get_absolute_url()).text
        early = browser.post(path, {"reason": "Now!"})
    with clock.frozen(order.due_at + 25 * HOUR):
        over = browser.get(order.get_absolute_url()).text
        browser.post(path, {"reason": "Nothing came."})

    assert "late by 3" in waiting
    assert "you may cancel from" in waiting
    assert path not in waiting
    assert early.status_code == 422
    assert "Now!" in early.text
    assert path in over
    order.refresh_from_db()
    assert order.status == OrderStatus.CANCELLED


def test_a_hold_of_the_bank_stops_both():
    order = an_order(status=OrderStatus.IN_PROGRESS)
    order.on_hold = True
    order.save(update_fields=["on_hold"])

    with pytest.raises(NotAllowed, match="bank"):
        actions.decline(order_id=order.pk, actor=order.seller, reason="x", now=NOON)
    with pytest.raises(NotAllowed, match="bank"):
        actions.cancel_late(
            order_id=order.pk,
            actor=order.buyer,
            reason="x",
            now=NOON + 999 * HOUR,
        )
