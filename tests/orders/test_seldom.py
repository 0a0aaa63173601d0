"""What seldom happens to an order: two clicks in one moment, a job that comes early or twice."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.contrib.auth.models import Group
from django.utils.translation import override

import accounts.actions
import payments.actions
from gigstream.core.errors import NotAllowed, Stale
from gigstream.core.models import StaffTask
from orders import actions
from orders.actions import checkout
from orders.models import Order, Reminder
from orders.status import OrderStatus as S
from payments.models import UnappliedPayment
from tests.factories import (
    NOON,
    a_custom_offer,
    a_finance,
    a_gig,
    a_paid_intent,
    a_review,
    a_sellers_opinion,
    a_user,
    an_opinion,
    an_order,
    open_dispute,
)

pytestmark = pytest.mark.django_db
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def place(gig, buyer, key):
    return actions.place(
        gig_id=gig.pk,
        tier="basic",
        buyer=buyer,
        answers=[],
        quoted_total=110_00,
        checkout_key=key,
        now=NOON,
    )


def test_of_two_clicks_in_one_moment_the_slower_one_gets_the_order_of_the_other(
    monkeypatch,
):
    gig, buyer, key = a_gig(), a_user(), uuid4()
    first = place(gig, buyer, key)
    look = checkout._already_placed
    answers = iter([lambda *_: None, look])
    # The first look comes before the other click has committed.
    monkeypatch.setattr(
        checkout, "_already_placed", lambda *about: next(answers)(*about)
    )

    assert place(gig, buyer, key) == first
    assert Order.objects.count() == 1


def test_what_the_database_refuses_for_another_reason_is_no_second_click(monkeypatch):
    from django.db import IntegrityError

    def refuse(**_said):
        raise IntegrityError

    monkeypatch.setattr(checkout, "_place", refuse)

    with pytest.raises(IntegrityError):
        place(a_gig(), a_user(), uuid4())


def test_jobs_that_come_early_change_nothing():
    order = an_order(status=S.DELIVERED)
    offer = a_custom_offer()
    open_dispute(disputed := an_order(status=S.DELIVERED))

    actions.lapse(order_id=order.pk, now=NOON)
    actions.accept_in_silence(order_id=order.pk, now=order.review_ends_at - HOUR)
    actions.expire_offer(offer_id=offer.pk, now=offer.expires_at - HOUR)
    actions.escalate_in_silence(order_id=disputed.pk, now=NOON)

    for row in (order, offer, disputed):
        row.refresh_from_db()
    assert (order.status, offer.status, disputed.status) == (
        S.DELIVERED,
        "open",
        S.DISPUTED,
    )
    assert disputed.dispute.status == "open"


def test_a_reminder_is_sent_once_about_each_moment():
    order = an_order(status=S.DELIVERED)
    due = order.review_ends_at - HOUR

    for _ in range(2):
        actions.remind(order_id=order.pk, kind=Reminder.Kind.ACCEPT, now=due)

    assert order.reminders.count() == 1


def test_only_an_extra_can_be_paid():
    order = an_order(status=S.IN_PROGRESS)
    wish = actions.ask_for_time(
        order_id=order.pk, actor=order.seller, days=2, reason="Paper.", now=NOON
    )

    with pytest.raises(NotAllowed, match="not yours"):
        actions.pay_for_extra(
            order_id=order.pk, proposal_id=wish.pk, actor=order.buyer, now=NOON
        )


def test_who_has_enough_to_do_makes_no_offers():
    gig = a_gig()
    an_order(gig=gig, status=S.IN_PROGRESS)
    gig.seller.most_open_orders = 1
    gig.seller.save(update_fields=["most_open_orders"])

    with pytest.raises(NotAllowed, match="as many orders open"):
        a_custom_offer(gig=gig)


def test_a_stranger_reviews_nothing():
    order = an_order(status=S.COMPLETED)

    with pytest.raises(NotAllowed, match="not yours"):
        actions.review(
            order_id=order.pk, actor=a_user(), opinion=an_opinion(), now=NOON
        )


def test_who_is_suspended_reviews_nothing():
    order = an_order(status=S.COMPLETED)
    order.buyer.standing = "suspended"

    with pytest.raises(NotAllowed, match="cannot act"):
        actions.review(
            order_id=order.pk, actor=order.buyer, opinion=an_opinion(), now=NOON
        )


def test_a_review_that_staff_removed_is_not_announced_when_the_other_side_writes():
    review = a_review(published=False)
    order = review.order
    type(review).objects.filter(pk=review.pk).update(
        removed_at=NOON, removed_by=a_finance(), removal_reason="So."
    )
    heard = []
    from orders.signals import review_published

    def hear(review, **_said):
        heard.append(review.author_id)

    review_published.connect(hear)
    actions.review(
        order_id=order.pk, actor=order.seller, opinion=a_sellers_opinion(), now=NOON
    )

    assert heard == [order.seller_id]


@pytest.mark.parametrize("reason", ["", "  "])
def test_staff_give_a_reason(reason):
    order = an_order(status=S.IN_PROGRESS)

    with pytest.raises(NotAllowed, match="Give a reason"):
        actions.cancel_as_staff(
            order_id=order.pk, actor=a_finance(), reason=reason, now=NOON
        )


def test_what_clears_while_a_dispute_is_opened_is_not_disputed(monkeypatch):
    order = an_order(status=S.COMPLETED)
    lot = order.earnings.get()
    payments.actions.clear(earning_id=lot.pk, now=lot.clears_at)
    # The dispute had looked a moment earlier.
    monkeypatch.setattr(payments.actions, "is_clearing", lambda *_args, **_said: True)

    with pytest.raises(NotAllowed, match="paid out already"):
        open_dispute(order)


def test_money_for_an_extra_is_taken_even_where_its_proposal_is_gone():
    """An amendment's money belongs to the order; a stranger's is not even looked at."""
    order = an_order(status=S.IN_PROGRESS)
    payment = actions.request_extra_payment(
        order, extra_id=uuid4(), price=10_00, now=NOON
    )
    intent = a_paid_intent(order, payment=payment)
    for _ in range(2):
        actions.settle(order_id=order.pk, intent=intent, now=NOON)

    order.refresh_from_db()
    assert order.added_price == 10_00
    assert not UnappliedPayment.objects.exists()
    with pytest.raises(Stale):
        actions.cancel_unpaid(order_id=order.pk, actor=order.buyer, now=NOON)


def test_staff_read_in_their_language_whom_a_german_suspended():
    order = an_order(status=S.IN_PROGRESS)
    admin = a_user(is_staff=True)
    admin.groups.set(Group.objects.filter(name="admin"))

    with override("de"):
        accounts.actions.suspend(
            user_id=order.seller.pk, actor=admin, reason="Spam.", now=NOON
        )

    assert StaffTask.objects.get().text == (
        f"{order.seller} is suspended. Decide what becomes of order {order.reference}."
    )
