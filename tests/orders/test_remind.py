"""A word in time, said once about each moment."""

from datetime import timedelta

import pytest

from gigstream.core import clock
from gigstream.core.models import PlatformSetting, Policy
from messaging.models import Notification
from orders import actions
from orders.status import OrderStatus
from orders.tasks import remind
from tests.factories import NOON, a_review, a_stored_file, an_order

pytestmark = pytest.mark.django_db
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def told(order, kind):
    people = {order.buyer_id: "buyer", order.seller_id: "seller"}
    news = Notification.objects.filter(kind=kind).values_list("user_id", flat=True)
    return sorted(people[pk] for pk in news)


def run(at):
    with clock.frozen(at):
        remind.func()
        remind.func()


@pytest.mark.parametrize(
    ("status", "kind", "moment", "who"),
    [
        (OrderStatus.IN_PROGRESS, "order_due", "due_at", ["seller"]),
        (OrderStatus.DELIVERED, "accept_soon", "review_ends_at", ["buyer"]),
    ],
)
def test_what_is_due_is_said_a_day_before_and_once(status, kind, moment, who):
    order = an_order(status=status)
    due = getattr(order, moment)

    run(due - DAY - HOUR)
    assert told(order, kind) == []

    run(due - DAY + HOUR)
    run(due - HOUR)
    assert told(order, kind) == who


def test_after_days_without_a_worker_nobody_hears_of_what_is_past():
    order = an_order(status=OrderStatus.IN_PROGRESS)

    run(order.due_at + 3 * DAY)

    assert told(order, "order_due") == []


def test_a_second_delivery_is_a_second_moment():
    order = an_order(status=OrderStatus.DELIVERED)
    run(order.review_ends_at - HOUR)
    actions.request_revision(
        order_id=order.pk, actor=order.buyer, wishes="Bolder.", now=NOON
    )
    actions.deliver(
        order_id=order.pk,
        actor=order.seller,
        message="Again.",
        files=[a_stored_file()],
        now=NOON + DAY,
    )

    run(NOON + 4 * DAY - HOUR)

    assert told(order, "accept_soon") == ["buyer", "buyer"]


def test_who_has_not_reviewed_is_asked_after_three_days():
    order = an_order(status=OrderStatus.COMPLETED)
    run(NOON + 3 * DAY - HOUR)
    assert told(order, "review_reminder") == []
    a_review(order=order, published=False)

    run(NOON + 3 * DAY)

    assert told(order, "review_reminder") == ["seller"]


def test_nobody_is_asked_for_a_review_that_they_cannot_write_any_more():
    values = Policy(review_days=2).model_dump()
    PlatformSetting.objects.create(version=1, values=values)
    order = an_order(status=OrderStatus.COMPLETED)

    run(NOON + 3 * DAY)

    assert told(order, "review_reminder") == []
