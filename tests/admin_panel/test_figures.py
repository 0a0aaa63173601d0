"""The figures of the overview, against a few days that were added up by hand."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.management import CommandError, call_command

import payments.actions
from accounts.models import User
from admin_panel import figures
from admin_panel.models import DailyFigure
from gigs.models import Gig, GigDay
from gigstream.core import clock
from orders.status import OrderStatus
from tests.factories import NOON, a_category, a_gig, a_seller, an_order

pytestmark = pytest.mark.django_db

MONDAY = date(2026, 3, 2)
TUESDAY, WEDNESDAY = MONDAY + figures.DAY, MONDAY + 2 * figures.DAY
LATE = datetime(2026, 3, 2, 23, 30, tzinfo=UTC)


def a_little_history():
    """Monday: one order of 100 + 10 done, one of 100 + 10 paid at half past eleven at night.

    Tuesday: half of the price of the second goes back, with half of its fee.
    """
    gig = a_gig(category=a_category(name="Logos"), seller=a_seller(joined_at=NOON))
    an_order(status=OrderStatus.COMPLETED, gig=gig, now=NOON)
    second = an_order(status=OrderStatus.IN_PROGRESS, gig=gig, now=LATE)
    payments.actions.refund(
        order_id=second.pk, price=second.price // 2, now=LATE + timedelta(hours=12)
    )
    GigDay.objects.create(gig=gig, day=MONDAY, views=7)
    return second


def money_of(day):
    rows = DailyFigure.objects.filter(day=day, metric__in=figures.MONEY)
    return dict(rows.values_list("metric", "amount"))


def count_of(day, metric):
    return (
        DailyFigure.objects.filter(day=day, metric=metric)
        .values_list("amount", flat=True)
        .first()
    )


def test_the_days_add_up_as_by_hand():
    second = a_little_history()
    price, fee = second.price, second.fee

    figures.keep(MONDAY, WEDNESDAY)

    assert money_of(MONDAY) == {"gross": 2 * (price + fee), "fees": fee}
    assert money_of(TUESDAY) == {"refunds": price // 2 + fee // 2}
    assert money_of(WEDNESDAY) == {}
    counts = [count_of(MONDAY, metric) for metric in ("views", "checkouts", "paid")]
    assert counts == [7, 2, 2]
    by_category = DailyFigure.objects.get(metric__startswith=figures.CATEGORY)
    assert by_category.amount == 2 * price


def test_midnight_is_where_the_business_is(settings):
    settings.BUSINESS_TIME_ZONE = "Europe/Berlin"  # half an hour after midnight there
    second = a_little_history()
    price, fee = second.price, second.fee

    figures.keep(MONDAY, WEDNESDAY)

    assert money_of(MONDAY) == {"gross": price + fee, "fees": fee}
    assert money_of(TUESDAY) == {"gross": price + fee, "refunds": (price + fee) // 2}


def test_twice_is_once_and_what_came_late_is_found():
    a_little_history()
    with clock.frozen(LATE + timedelta(hours=13)):
        assert figures.keep_up(clock.now()) > 0
        assert figures.keep_up(clock.now()) == 0
        an_order(
            status=OrderStatus.COMPLETED, now=NOON
        )  # written on Tuesday, of Monday

        assert figures.keep_up(clock.now()) > 0

        assert list(figures.differences(MONDAY, TUESDAY)) == []


def test_the_command_finds_a_wrong_figure_and_mends_it(capsys):
    a_little_history()
    with clock.frozen(LATE + timedelta(hours=13)):
        figures.keep_up(clock.now())
        DailyFigure.objects.filter(day=MONDAY, metric="gross").update(amount=1)

        with pytest.raises(CommandError, match="1 figures"):
            call_command("check_figures")
        call_command("check_figures", "--repair")

        call_command("check_figures")
    assert "kept 1, source" in capsys.readouterr().out


def test_what_a_day_was_is_not_wrong_because_things_are_different_now():
    a_little_history()
    gig = Gig.objects.get()
    User.objects.filter(pk=gig.seller_id).update(selling_since=NOON)
    with clock.frozen(LATE + timedelta(hours=13)):
        figures.keep_up(clock.now())
        before = set(DailyFigure.objects.values_list("day", "metric", "amount"))

        Gig.objects.update(category=a_category(name="Letters"))
        User.objects.filter(pk=gig.seller_id).update(selling_since=None)
        GigDay.objects.all().delete()
        DailyFigure.objects.filter(day=MONDAY, metric="gross").update(amount=1)
        call_command("check_figures", "--repair")

    after = set(DailyFigure.objects.values_list("day", "metric", "amount"))
    assert after == before
