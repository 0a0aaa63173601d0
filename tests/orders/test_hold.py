"""While a buyer's bank holds an order, nothing happens; the time that stood still is given back."""

from datetime import timedelta

import pytest

from gigstream.core import clock
from gigstream.core.errors import NotAllowed
from messaging.models import Notification
from orders import actions
from orders.finding import Wish
from orders.models import Dispute
from orders.status import OrderStatus
from orders.tasks import escalate_disputes, remind
from tests.factories import NOON, a_contested, an_order, open_dispute

pytestmark = pytest.mark.django_db
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
LATER = NOON + 40 * DAY


def hold(order, now=NOON + DAY):
    contested = a_contested(order.payments.get())
    actions.note_chargeback(order_id=order.pk, dispute=contested, now=now)
    order.refresh_from_db()


def let_go(order, now=LATER, status="won"):
    back = {"status": status, "reinstated": status == "won"}
    decided = a_contested(order.payments.get(), **back)
    actions.note_chargeback(order_id=order.pk, dispute=decided, now=now)
    order.refresh_from_db()


def test_a_seller_whom_a_bank_kept_from_delivering_is_not_late():
    order = an_order(status=OrderStatus.IN_PROGRESS)
    due_at = order.due_at

    hold(order)
    let_go(order)

    assert (order.due_at, order.held_at) == (due_at + 39 * DAY, None)
    with pytest.raises(NotAllowed, match="still has time"):
        actions.cancel_late(
            order_id=order.pk, actor=order.buyer, reason="Late.", now=LATER
        )


@pytest.mark.parametrize("status", ["won", "lost"])
def test_a_buyer_has_their_time_to_look_when_the_bank_has_decided(status):
    order = an_order(status=OrderStatus.DELIVERED)
    ends_at = order.review_ends_at

    hold(order)
    let_go(order, status=status)
    actions.accept_in_silence(order_id=order.pk, now=LATER)

    order.refresh_from_db()
    assert (order.status, order.review_ends_at) == ("delivered", ends_at + 39 * DAY)


def test_a_second_hold_gives_back_its_own_time_alone():
    order = an_order(status=OrderStatus.IN_PROGRESS)
    due_at = order.due_at
    for begin in (NOON + DAY, NOON + 2 * DAY):
        hold(order, now=begin)
        actions.note_chargeback(
            order_id=order.pk,
            dispute=a_contested(
                order.payments.get(),
                id=f"du_{begin.day}",
                status="won",
                reinstated=True,
            ),
            now=begin,
        )
    let_go(order, now=NOON + 3 * DAY)

    assert order.due_at == due_at + 2 * DAY


def test_a_dispute_waits_for_the_bank_and_its_time_is_counted_once():
    order = an_order(status=OrderStatus.IN_PROGRESS)
    due_at = order.due_at
    answer_by = open_dispute(order).answer_by
    hold(order)

    with clock.frozen(NOON + 10 * DAY):
        escalate_disputes.func()
    actions.escalate_in_silence(order_id=order.pk, now=NOON + 10 * DAY)
    let_go(order)

    dispute = Dispute.objects.get()
    assert (dispute.status, dispute.answer_by) == ("open", answer_by + 39 * DAY)
    actions.withdraw_dispute(order_id=order.pk, actor=order.buyer, now=LATER)
    order.refresh_from_db()
    assert order.due_at == due_at + 40 * DAY


def test_what_was_proposed_is_overtaken_for_nobody_can_answer():
    order = an_order(status=OrderStatus.IN_PROGRESS)
    actions.ask_for_time(
        order_id=order.pk, actor=order.seller, days=2, reason="Flu.", now=NOON
    )

    hold(order)

    assert order.proposals.get().status == "overtaken"


@pytest.mark.parametrize(
    ("status", "moment"),
    [
        (OrderStatus.IN_PROGRESS, "due_at"),
        (OrderStatus.DELIVERED, "review_ends_at"),
    ],
)
def test_nobody_is_reminded_of_what_they_cannot_do(status, moment):
    order = an_order(status=status)
    hold(order, now=NOON)
    told = Notification.objects.count()

    with clock.frozen(getattr(order, moment) - HOUR):
        remind.func()

    assert Notification.objects.count() == told


@pytest.mark.parametrize("status", [OrderStatus.IN_PROGRESS, OrderStatus.DELIVERED])
def test_both_read_what_they_wait_for_and_are_asked_for_nothing(as_user, status):
    order = an_order(status=status)
    hold(order)

    with clock.frozen(NOON + 20 * DAY):
        for person in (order.buyer, order.seller):
            browser = as_user(person)
            page = browser.get(order.get_absolute_url()).text
            assert "bank looks into the payment" in page
            for absent in ("Accept delivery", "What should change?", "to the buyer"):
                assert absent not in page
            assert "late by" not in page
            assert browser.get("/dashboard/").context["needs_you"] == []


def test_the_desk_of_a_dispute_names_no_time_that_does_not_run(as_user):
    order = an_order(status=OrderStatus.DISPUTED)
    browser, page = as_user(order.seller), f"{order.get_absolute_url()}dispute/"
    before = browser.get(page).text

    hold(order)

    assert "Answer by" in before
    assert "Answer by" not in browser.get(page).text


def test_a_held_order_has_no_deadline_to_sort_by():
    held = an_order(status=OrderStatus.IN_PROGRESS)
    hold(held)
    other = an_order(
        gig=held.gig, buyer=held.buyer, status=OrderStatus.IN_PROGRESS, now=NOON + DAY
    )

    wish = Wish(sort="deadline")

    assert wish.page(held.buyer).rows == [other, held]
    assert held.deadline is None
