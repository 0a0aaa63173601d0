"""All clocks of an order: exact over a change of the clocks, and right after days without a worker."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from accounts.reader import read_by
from gigstream.core import clock
from gigstream.core.errors import NotAllowed
from messaging.models import Notification
from orders import actions, tasks, wording
from orders.status import OrderStatus
from tests.factories import (
    NOON,
    a_custom_offer,
    a_gig,
    a_seller,
    an_order,
)

pytestmark = pytest.mark.django_db
SECOND, HOUR, DAY = timedelta(seconds=1), timedelta(hours=1), timedelta(days=1)
JOBS = [
    tasks.expire_unpaid,
    tasks.accept_in_silence,
    tasks.remind,
    tasks.expire_offers,
    tasks.lapse_proposals,
    tasks.publish_reviews,
    tasks.escalate_disputes,
]


@pytest.mark.parametrize(
    ("before_the_change", "due"),
    [
        (datetime(2026, 3, 28, 12, tzinfo=UTC), "Wed 1 Apr, 14:00"),
        (datetime(2026, 10, 24, 12, tzinfo=UTC), "Wed 28 Oct, 13:00"),
    ],
)
def test_days_have_24_hours_and_each_reads_them_by_their_own_clock(
    before_the_change, due
):
    now = before_the_change
    gig = a_gig(seller=a_seller(time_zone="Europe/Berlin"))
    order = an_order(gig=gig, status=OrderStatus.IN_PROGRESS, now=now)
    late = {"order_id": order.pk, "actor": order.buyer, "reason": "Too late."}

    assert order.due_at == now + 4 * DAY
    assert not order.is_late(at=order.due_at)
    assert order.is_late(at=order.due_at + SECOND)
    with timezone.override("Europe/Berlin"):
        assert wording.day(order.due_at) == due
    with clock.frozen(order.due_at - 23 * HOUR):
        tasks.remind.func()
    [news] = Notification.objects.filter(kind="order_due", user=gig.seller)
    with read_by(gig.seller):
        assert due in news.text
    with pytest.raises(NotAllowed):
        actions.cancel_late(**late, now=order.due_at + DAY - SECOND)
    actions.cancel_late(**late, now=order.due_at + DAY)


def test_after_three_days_without_a_worker_everything_happens_once(sandbox, run_tasks):
    gig = a_gig()
    unpaid, silent, asked, due = (
        an_order(gig=gig, status=status)
        for status in (
            OrderStatus.PENDING,
            OrderStatus.DELIVERED,
            OrderStatus.IN_PROGRESS,
            OrderStatus.IN_PROGRESS,
        )
    )
    proposal = actions.ask_for_time(
        order_id=asked.pk, actor=asked.seller, days=3, reason="Ill.", now=NOON
    )
    offer = a_custom_offer(gig=gig, open_days=1)
    later = NOON + 3 * DAY + HOUR

    with clock.frozen(later):
        for _ in range(2):
            for job in JOBS:
                job.func()
            run_tasks()

    for each in (unpaid, silent, asked, due, proposal, offer):
        each.refresh_from_db()
    assert (unpaid.status, unpaid.events.count()) == ("expired", 2)
    assert (silent.status, silent.completed_at) == ("completed", later)
    assert (proposal.status, proposal.answered_at) == ("lapsed", later)
    assert asked.due_at == NOON + 4 * DAY
    assert offer.status == "expired"
    told = Notification.objects.filter(created_at=later).values_list("kind", "path")
    assert sorted(told) == sorted(
        [
            ("order_expired", unpaid.get_absolute_url()),
            ("order_completed", silent.get_absolute_url()),
            ("proposal_answered", asked.get_absolute_url()),
            ("offer_ended", offer.message.conversation.get_absolute_url()),
            # Of what is due in 23 hours it is not too late to speak; the rest is past.
            ("order_due", asked.get_absolute_url()),
            ("order_due", due.get_absolute_url()),
        ]
    )
