"""Tables to take away: by permission, noted, safe for a spreadsheet, piece by piece."""

import csv
import io
from datetime import UTC, datetime, timedelta

import pytest
from django.db.models import Sum

from admin_panel import exports
from gigstream.core.models import AuditEntry
from orders.status import OrderStatus
from payments.models import LedgerEntry
from tests.accounts.codes import prove
from tests.factories import a_finance, a_moderator, a_user, an_order

pytestmark = pytest.mark.django_db


def taken(browser, name, **period):
    prove(browser)
    answer = browser.post(f"/admin/exports/{name}.csv", period)
    assert answer.status_code == 200
    text = b"".join(answer.streaming_content).decode().removeprefix("\ufeff")
    return list(csv.DictReader(io.StringIO(text)))


@pytest.fixture
def finance(as_user):
    return as_user(a_finance())


def test_the_ledger_sums_to_zero_in_the_sheet_too(finance):
    an_order(status=OrderStatus.COMPLETED)

    rows = taken(finance, "ledger")

    assert len(rows) == LedgerEntry.objects.count() > 0
    assert round(sum(float(row["amount"]) for row in rows), 2) == 0
    entry = AuditEntry.objects.get()
    assert (entry.verb, entry.target) == ("core.export", "core.export:ledger")


def test_orders_say_what_was_agreed_and_no_title_is_a_formula(finance):
    order = an_order(status=OrderStatus.COMPLETED)
    type(order).objects.filter(pk=order.pk).update(title="=1+1")

    (row,) = taken(finance, "orders")

    assert (row["title"], row["price"], row["total"]) == ("'=1+1", "100.00", "110.00")
    (earning,) = taken(finance, "earnings")
    assert (earning["order"], earning["amount"]) == (str(order.pk), "100.00")


def test_rows_come_piece_by_piece(finance, monkeypatch, django_assert_num_queries):
    monkeypatch.setattr(exports, "AT_ONCE", 2)
    wanted = {str(an_order().pk) for _ in range(5)}

    with django_assert_num_queries(3):
        rows = list(exports.lines(exports.EXPORTS["orders"], {}))[1:]

    assert {row[0] for row in rows} == wanted


def test_a_period_has_both_its_days_by_the_clock_of_the_business(as_user, settings):
    settings.BUSINESS_TIME_ZONE = "Pacific/Auckland"
    begins, ends = (datetime(2026, 3, day, 11, tzinfo=UTC) for day in (4, 5))
    second = timedelta(seconds=1)
    for moment in (begins - second, begins, ends - second, ends):
        buyer = a_user(joined_at=moment)
        an_order(buyer=buyer, now=moment, status=OrderStatus.COMPLETED)
    owner = as_user(a_user(is_staff=True, is_superuser=True))

    def counts(**period):
        return {name: len(taken(owner, name, **period)) for name in exports.EXPORTS}

    all_of_it, legs = counts(), LedgerEntry.objects.count()
    assert (all_of_it["orders"], all_of_it["ledger"]) == (4, legs)
    assert counts(since="2026-03-05", until="2026-03-05") == {
        "orders": 2,
        "earnings": 2,
        "ledger": legs / 2,
        "users": 2,
    }
    assert counts(since="2026-03-05")["orders"] == 3
    assert counts(until="2026-03-05")["orders"] == 3
    entry = AuditEntry.objects.order_by("id").last()
    assert entry.after == {"until": "2026-03-05"}


@pytest.mark.parametrize(
    ("period", "words"),
    [
        ({"since": "31.2.2026"}, "Enter a valid date."),
        ({"until": "2026-02-31"}, "Enter a valid date."),
        ({"since": "0001-01-01"}, "greater than or equal to"),
        ({"until": "9999-12-31"}, "less than or equal to"),
        ({"since": "2026-03-02", "until": "2026-03-01"}, "before the first day"),
    ],
)
def test_a_period_that_is_none_is_said_and_nothing_taken(finance, period, words):
    prove(finance)

    answer = finance.post("/admin/exports/orders.csv", period)

    assert (answer.status_code, words in answer.content.decode()) == (422, True)
    assert not AuditEntry.objects.exists()


def test_people_are_for_those_alone_who_appoint(as_user, finance):
    owner = as_user(a_user(is_staff=True, is_superuser=True))

    assert len(taken(owner, "users")) >= 2
    unproved = finance.post("/admin/exports/ledger.csv")
    assert unproved.url == "/accounts/reauthenticate/?next=/admin/exports/"
    prove(finance)
    assert finance.post("/admin/exports/users.csv").status_code == 404
    assert finance.post("/admin/exports/secrets.csv").status_code == 404
    moderator = as_user(a_moderator())
    assert moderator.post("/admin/exports/ledger.csv").status_code == 403
    assert LedgerEntry.objects.aggregate(Sum("amount"))["amount__sum"] is None
