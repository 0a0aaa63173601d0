"""The first page of the admin: what needs somebody, and how the marketplace does."""

from datetime import timedelta
from importlib import import_module

import pytest
from django.apps import apps

from admin_panel import figures, income
from admin_panel.models import DailyFigure
from gigs.models import GigDay
from gigstream.core import clock
from gigstream.core.models import PlatformSetting, StaffTask
from orders import actions
from orders.status import OrderStatus
from tests.factories import (
    NOON,
    a_finance,
    a_gig,
    a_moderator,
    a_paid_intent,
    a_user,
    an_order,
    open_dispute,
)

pytestmark = pytest.mark.django_db

DAY = figures.DAY


@pytest.fixture
def operator(as_user):
    return as_user(a_user(is_staff=True, is_superuser=True))


def a_figure(days_ago, metric, amount):
    day = figures.today(NOON) - days_ago * DAY
    DailyFigure.objects.create(day=day, metric=metric, amount=amount, currency="usd")


def test_a_period_stands_beside_the_one_before():
    for days_ago, amount in ((0, 100), (29, 20), (30, 7), (59, 1), (60, 5000)):
        a_figure(days_ago, "gross", amount)
    a_figure(3, "fees", 30)
    a_figure(3, "costs", 12)

    series = income.revenue(period="30d", currency="usd", now=NOON)

    assert (series.total.gross, series.before.gross) == (120, 8)
    assert (series.total.fees, series.total.net) == (30, 18)
    assert [len(series.points), series.points[-1].sums.gross] == [30, 100]


def test_twelve_months_are_those_of_the_calendar():
    for days_ago, amount in ((1, 100), (2, 20), (364, 3), (400, 1)):
        a_figure(days_ago, "gross", amount)  # 1 March, 28 February, March and January

    series = income.revenue(period="12m", currency="usd", now=NOON)

    months = [point.day.isoformat() for point in series.points]
    assert (months[0], months[-1]) == ("2025-04-01", "2026-03-01")
    assert [point.sums.gross for point in series.points][-2:] == [20, 100]
    assert (series.total.gross, series.before.gross) == (120, 4)


def test_the_page_says_what_waits_and_what_was_earned(operator):
    open_dispute(an_order(status=OrderStatus.DELIVERED))
    an_order(status=OrderStatus.COMPLETED)
    with clock.frozen(NOON + timedelta(hours=1)):
        figures.keep_up(clock.now())

        page = operator.get("/admin/", {"period": "30d"})

    assert page.context["revenue"].total.gross == 2 * 11000
    assert dict(page.context["states"])[OrderStatus.DISPUTED] == 1
    assert [step.count for step in page.context["funnel"]] == [0, 2, 2]
    assert [each for _name, each in page.context["categories"]] == [10000, 10000]
    assert "Paid by buyers" in page.content.decode()


def test_of_the_orders_of_the_period_those_that_were_paid_are_a_part(operator):
    before_midnight = NOON - 30 * DAY + timedelta(hours=11, minutes=45)
    early = an_order(status=OrderStatus.PENDING, now=before_midnight)
    actions.settle(
        order_id=early.pk,
        intent=a_paid_intent(early),
        now=before_midnight + timedelta(minutes=30),
    )
    an_order(status=OrderStatus.COMPLETED)
    an_order(status=OrderStatus.PENDING)
    with clock.frozen(NOON + timedelta(hours=1)):
        figures.keep_up(clock.now())

        funnel = operator.get("/admin/").context["funnel"]

    assert [(step.count, step.share) for step in funnel[1:]] == [(2, None), (1, 5000)]


@pytest.mark.parametrize(
    ("looks", "share"), [(0, None), (1, None), (2, 10_000), (8, 2500)]
)
def test_orders_are_a_share_of_looks_unless_they_are_more(operator, looks, share):
    an_order(), an_order()
    if looks:
        GigDay.objects.create(gig=a_gig(), day=figures.today(NOON), views=looks)
    with clock.frozen(NOON + timedelta(hours=1)):
        figures.keep_up(clock.now())

        _looked, placed, _paid = operator.get("/admin/").context["funnel"]

    assert (placed.count, placed.share) == (2, share)


def test_paid_orders_that_were_counted_on_the_day_of_the_money_are_counted_anew():
    count = import_module(
        "admin_panel.migrations.0002_paid_orders_count_on_the_day_of_the_order"
    ).count_anew
    an_order(status=OrderStatus.COMPLETED)
    count(apps, None)
    assert not DailyFigure.objects.exists()  # the job adds all of it up
    figures.keep(figures.today(NOON), figures.today(NOON))
    DailyFigure.objects.filter(metric="paid").update(day=NOON.date() + DAY, amount=4)

    count(apps, None)
    count(apps, None)

    paid = DailyFigure.objects.filter(metric="paid").values_list("day", "amount")
    assert list(paid) == [(NOON.date(), 1)]


def test_who_may_not_see_money_sees_none(as_user):
    an_order(status=OrderStatus.COMPLETED)
    figures.keep_up(NOON)
    moderator = as_user(a_moderator())

    page = moderator.get("/admin/").content.decode()

    assert "Revenue" not in page
    assert "Withdrawals to approve" not in page
    assert moderator.get("/admin/revenue.csv").status_code == 403


def test_tasks_that_somebody_may_not_see_do_not_wait_for_them(as_user):
    StaffTask.objects.raise_once(
        kind="refund", target="payments.refund:1", text="Look at it.", opened_at=NOON
    )

    waiting = {
        person: [need.label for need in as_user(person).get("/admin/").context["needs"]]
        for person in (a_moderator(), a_finance())
    }

    assert list(waiting.values()) == [[], ["Other things to decide"]]


def test_the_chart_is_a_table_too(as_user):
    a_figure(0, "gross", 123_45)
    with clock.frozen(NOON):
        answer = as_user(a_finance()).get("/admin/revenue.csv?period=30d")

        last = b"".join(answer).decode().splitlines()[-1]

    assert last == "2026-03-02,USD,123.45,0.00,0.00,0.00"


def test_what_was_earned_in_an_earlier_currency_is_there_and_apart(as_user):
    a_figure(0, "gross", 123_45)
    PlatformSetting.objects.create(version=1, values={"currency": "eur"})
    finance = as_user(a_finance())

    with clock.frozen(NOON):
        now = finance.get("/admin/")
        earlier = finance.get("/admin/?period=12m&currency=usd")

    assert now.context["revenue"].total.gross == 0
    assert 'href="?period=30d&amp;currency=usd">USD</a>' in now.text
    assert earlier.context["revenue"].total.gross == 123_45
    assert "revenue.csv?period=12m&amp;currency=usd" in earlier.text


@pytest.mark.parametrize("orders", [1, 3])
def test_the_page_costs_the_same_whatever_was_sold(
    operator, django_assert_num_queries, orders
):
    for _ in range(orders):
        an_order(status=OrderStatus.COMPLETED)
    figures.keep_up(NOON)

    with clock.frozen(NOON), django_assert_num_queries(12):
        operator.get("/admin/")
