import pytest

from gigstream.core.errors import NotAllowed, Stale
from orders import actions
from orders.status import OrderStatus
from tests.factories import NOON, a_stored_file, a_user, an_order

pytestmark = pytest.mark.django_db


def deliver(order, actor, files=None):
    return actions.deliver(
        order_id=order.pk,
        actor=actor,
        message="All done.",
        files=[a_stored_file()] if files is None else files,
        now=NOON,
    )


def test_delivering_moves_the_order_and_writes_history():
    order = an_order(status=OrderStatus.IN_PROGRESS)

    deliver(order, actor=order.seller)

    order.refresh_from_db()
    assert (order.status, order.delivered_at) == (OrderStatus.DELIVERED, NOON)
    event = order.events.get(to_status=OrderStatus.DELIVERED)
    assert (event.from_status, event.actor, event.at) == (
        "in_progress",
        order.seller,
        NOON,
    )


def test_a_second_delivery_stands_beside_the_first():
    order = an_order(status=OrderStatus.REVISION)

    deliver(order, actor=order.seller)

    numbers = order.deliveries.order_by("number").values_list("number", "message")
    assert list(numbers) == [(1, "Here it is."), (2, "All done.")]


def test_the_buyer_hears_of_it_once(run_tasks, mailoutbox):
    order = an_order(status=OrderStatus.IN_PROGRESS)

    deliver(order, actor=order.seller)

    assert order.buyer.notifications.filter(kind="order_delivered").count() == 1


def test_a_delivery_has_at_least_one_file():
    order = an_order(status=OrderStatus.IN_PROGRESS)

    with pytest.raises(NotAllowed):
        deliver(order, actor=order.seller, files=[])

    assert not order.deliveries.exists()


@pytest.mark.parametrize("who", ["buyer", "stranger"])
def test_only_the_seller_delivers(who):
    order = an_order(status=OrderStatus.IN_PROGRESS)
    actor = order.buyer if who == "buyer" else a_user()

    with pytest.raises(NotAllowed):
        deliver(order, actor=actor)

    order.refresh_from_db()
    assert order.status == OrderStatus.IN_PROGRESS


@pytest.mark.parametrize(
    "status",
    [
        OrderStatus.PENDING,
        OrderStatus.DELIVERED,
        OrderStatus.COMPLETED,
        OrderStatus.CANCELLED,
        OrderStatus.EXPIRED,
    ],
)
def test_only_an_order_under_way_can_be_delivered(status):
    order = an_order(status=status)
    before = order.deliveries.count()

    with pytest.raises(Stale):
        deliver(order, actor=order.seller)

    assert order.deliveries.count() == before
