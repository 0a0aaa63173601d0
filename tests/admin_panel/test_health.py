"""The health page: what it shows, and repairs that are allowed, logged and harmless twice."""

from datetime import timedelta

import pytest
from django_tasks_db.models import DBTaskResult

from admin_panel import counters
from gigs.models import Gig
from gigstream.core import clock
from gigstream.core.ids import first_of
from gigstream.core.jobs import schedule
from gigstream.core.models import AuditEntry, PeriodicJob
from orders.status import OrderStatus
from payments.models import StripeEvent
from tests.factories import (
    NOON,
    a_finance,
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


def shown(browser):
    page = browser.get("/admin/health/")
    return {name: check for name, _label, check in page.context["counters"]}


@pytest.mark.breaks_the_books
def test_a_counter_is_checked_and_counted_anew_by_a_worker(operator, run_tasks):
    gig = a_review().order.gig
    Gig.objects.filter(pk=gig.pk).update(completed_orders=5)
    DBTaskResult.objects.all().delete()
    assert shown(operator)["completions"] is None, "the page itself counts nothing"

    assert "A worker sees to it now" in repair(operator, "check:completions")
    assert shown(operator)["completions"] is None
    run_tasks()
    assert shown(operator)["completions"].found == [str(gig.pk)]
    assert str(gig.pk) in operator.get("/admin/health/").content.decode()
    repair(operator, "counter:completions")
    run_tasks()

    gig.refresh_from_db()
    assert gig.completed_orders == 1
    assert shown(operator)["completions"].found == []
    asked = AuditEntry.objects.filter(verb="core.repair").order_by("id")
    assert [entry.target for entry in asked] == [
        "core.health:check:completions",
        "core.health:counter:completions",
    ]


@pytest.mark.breaks_the_books
def test_wrong_counters_stand_among_what_needs_somebody(operator):
    Gig.objects.filter(pk=a_review().order.gig_id).update(completed_orders=5)
    counters.check("completions", now=clock.now())

    needs = operator.get("/admin/").context["needs"]

    assert "Counters that are wrong" in [need.label for need in needs]


def test_what_waits_is_counted_no_further_than_anybody_reads(operator):
    StripeEvent.objects.bulk_create(
        StripeEvent(event_id=f"evt_{n}", kind="x", body={}, created_at=NOON)
        for n in range(101)
    )

    assert "100+ wait to be applied." in operator.get("/admin/health/").content.decode()


def test_a_job_shows_how_long_it_took_and_is_run_at_once(operator):
    row = next(job for job in schedule.rows() if job.name == JOB)
    schedule.run(row)
    row.refresh_from_db()
    assert (row.last_ms > 0, row.failures) == (True, 0)

    repair(operator, f"job:{JOB}")

    again = PeriodicJob.objects.get(name=JOB)
    assert again.next_run_at < row.next_run_at
    entry = AuditEntry.objects.get(verb="core.repair")
    assert entry.target == f"core.health:job:{JOB}"


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

    old = first_of(clock.unmoved() - timedelta(days=8))
    StripeEvent.objects.create(
        id=old, event_id="evt_old", kind="sun.risen", body={}, created_at=NOON
    )

    page = operator.get("/admin/health/")

    told = {
        kind: (count, known) for kind, count, _at, known in page.context["webhooks"]
    }
    assert told == {"charge.refunded": (1, True), "moon.risen": (2, False)}


@pytest.mark.parametrize(
    "what", ["", "job:no.such", "counter:x", "check:x", "format:disk"]
)
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

    with django_assert_num_queries(12):
        operator.get("/admin/health/")
