"""The health page: what it shows, and repairs that are allowed, logged and harmless twice."""

import pytest

from gigs.models import Gig
from gigstream.core import clock
from gigstream.core.jobs import schedule
from gigstream.core.models import AuditEntry, PeriodicJob
from orders.status import OrderStatus
from payments.models import StripeEvent
from tests.factories import (
    NOON,
    a_conversation,
    a_finance,
    a_message,
    a_review,
    a_user,
    an_order,
)

pytestmark = pytest.mark.django_db

JOB = "gigstream.core.tasks.prune_cache"


@pytest.fixture
def operator(as_user):
    return as_user(a_user(is_staff=True, is_superuser=True))


def repair(browser, what):
    page = browser.post("/admin/health/repair/", {"what": what}, follow=True)
    return page.content.decode()


def wrong(browser):
    page = browser.get("/admin/health/")
    return {name: count for name, _label, count in page.context["counters"] if count}


def break_the_counters():
    review = a_review()
    gig = review.order.gig
    one, other = a_user(), a_user()
    talk = a_conversation(one, other)
    a_message(talk, one)
    talk.participants.update(unread_count=7)
    Gig.objects.filter(pk=gig.pk).update(review_count=9, completed_orders=5)
    return gig


@pytest.mark.breaks_the_books
def test_wrong_counters_are_found_and_counted_anew(operator):
    gig = break_the_counters()

    assert set(wrong(operator)) >= {"ratings", "completions", "unread"}
    for name in wrong(operator):
        assert "Done." in repair(operator, f"counter:{name}")

    gig.refresh_from_db()
    assert (gig.review_count, gig.completed_orders) == (1, 1)
    assert wrong(operator) == {}
    assert "Mended: 0." in repair(operator, "counter:ratings")


def test_a_job_shows_how_long_it_took_and_is_run_at_once(operator):
    row = next(job for job in schedule.rows() if job.name == JOB)
    schedule.run(row)
    row.refresh_from_db()
    assert (row.last_ms > 0, row.failures) == (True, 0)

    repair(operator, f"job:{JOB}")

    again = PeriodicJob.objects.get(name=JOB)
    assert again.next_run_at < row.next_run_at
    entry = AuditEntry.objects.get(verb="core.repair")
    assert (entry.target, entry.after) == (f"core.health:job:{JOB}", {"mended": 1})


def test_a_job_that_fails_is_counted(monkeypatch):
    row = next(job for job in schedule.rows() if job.name == JOB)
    monkeypatch.setattr("gigstream.core.cache.prune", lambda: 1 / 0)

    schedule.run(row)

    row.refresh_from_db()
    assert row.failures == 1
    assert "ZeroDivisionError" in row.last_error


def test_news_of_unknown_kinds_is_told(operator):
    for number, kind in enumerate(["charge.refunded", "moon.risen", "moon.risen"]):
        StripeEvent.objects.create(
            event_id=f"evt_{number}",
            kind=kind,
            body={},
            created_at=NOON,
            processed_at=clock.now(),
        )

    page = operator.get("/admin/health/")

    told = {
        kind: (count, known) for kind, count, _at, known in page.context["webhooks"]
    }
    assert told["moon.risen"] == (2, False)


@pytest.mark.parametrize("what", ["", "job:no.such", "counter:x", "format:disk"])
def test_what_is_no_repair_is_refused_and_not_logged(operator, what):
    assert "There is no such" in repair(operator, what)
    assert not AuditEntry.objects.exists()


def test_who_only_looks_repairs_nothing(as_user):
    finance = as_user(a_finance())

    assert "Run now" not in finance.get("/admin/health/").content.decode()
    refused = finance.post("/admin/health/repair/", {"what": f"job:{JOB}"})
    assert refused.status_code == 403


@pytest.mark.parametrize("orders", [1, 3])
def test_the_page_costs_the_same(operator, django_assert_num_queries, orders):
    for _ in range(orders):
        an_order(status=OrderStatus.COMPLETED)
    schedule.rows()

    with django_assert_num_queries(26):
        operator.get("/admin/health/")
