from datetime import timedelta

import pytest

from gigstream.core.errors import NotAllowed
from orders import actions
from orders.status import OrderStatus
from tests.factories import NOON, a_stored_file, an_order

pytestmark = pytest.mark.django_db


def ask(order, actor=None, now=NOON):
    actions.request_revision(
        order_id=order.pk,
        actor=actor or order.buyer,
        wishes="Bolder, please.",
        now=now,
    )
    order.refresh_from_db()


def test_the_buyer_asks_for_changes_and_the_seller_works_on():
    order = an_order(status=OrderStatus.DELIVERED)

    ask(order)

    assert (order.status, order.revision_count) == (OrderStatus.REVISION, 1)
    assert order.events.latest("id").reason == "Bolder, please."
    assert order.seller.notifications.filter(kind__contains="revision").count() == 1


def test_the_limit_of_the_deal_holds():
    order = an_order(status=OrderStatus.DELIVERED)
    order.revision_count = order.max_revisions
    order.save(update_fields=["revision_count"])

    with pytest.raises(NotAllowed):
        ask(order)


def test_who_had_delivered_in_time_is_not_late_when_changes_are_asked_for():
    order = an_order(status=OrderStatus.DELIVERED)
    due_at = order.due_at
    asked_at = due_at + timedelta(days=1)

    ask(order, now=asked_at)

    assert order.due_at == due_at + (asked_at - order.delivered_at)
    assert not order.is_late(at=asked_at)


def test_who_had_delivered_late_still_is():
    order = an_order(status=OrderStatus.IN_PROGRESS)
    due_at = order.due_at
    actions.deliver(
        order_id=order.pk,
        actor=order.seller,
        message="At last.",
        files=[a_stored_file()],
        now=due_at + timedelta(days=1),
    )

    ask(order, now=due_at + timedelta(days=2))

    assert order.due_at == due_at


def test_the_seller_does_not_ask_for_changes():
    order = an_order(status=OrderStatus.DELIVERED)

    with pytest.raises(NotAllowed):
        ask(order, actor=order.seller)


def test_the_page_wants_to_know_what_should_change(as_user):
    order = an_order(status=OrderStatus.DELIVERED)
    browser = as_user(order.buyer)

    empty = browser.post(f"/orders/{order.pk}/request-revision/", {"wishes": " "})
    full = browser.post(f"/orders/{order.pk}/request-revision/", {"wishes": "Bolder"})

    assert (empty.status_code, full.status_code) == (422, 302)
    assert "What should change?" in empty.content.decode()
