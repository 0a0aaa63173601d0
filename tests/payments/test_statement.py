"""A seller's statement: on the page, as CSV for a spreadsheet, as PDF for the shelf."""

import csv
from datetime import timedelta

import pytest

import payments.actions
from orders.status import OrderStatus
from payments import statement
from tests.factories import NOON, a_seller_with, a_user, an_order
from tests.payments.test_withdraw import withdraw

pytestmark = pytest.mark.django_db

CLEARED = NOON + timedelta(days=7)


@pytest.fixture
def seller():
    """Who earned 100.00, and withdrew 40.00 that came back, and 30.00."""
    seller = a_seller_with(100_00)
    later = CLEARED + timedelta(days=2)
    back = withdraw(seller, 40_00, now=later)
    payments.actions.cancel_payout(payout_id=back.pk, actor=seller, now=later)
    withdraw(seller, 30_00, now=later)
    return seller


def test_the_spreadsheet_has_each_line_with_the_balance_after_it(seller, as_user):
    answer = as_user(seller).get("/wallet/statement.csv")

    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    _heading, *rows = csv.reader(text.splitlines())
    assert [row[1::2] for row in rows] == [
        ["Withdrawal", "-30.00", "USD"],
        ["Withdrawal not sent, money back", "40.00", "USD"],
        ["Withdrawal", "-40.00", "USD"],
        ["Earnings cleared", "100.00", "USD"],
    ]
    assert [row[4] for row in rows] == ["70.00", "100.00", "60.00", "100.00"]
    assert rows[3][2] == str(seller.sales.get())


def test_orders_of_one_gig_are_told_apart_by_their_reference(as_user):
    order = an_order(status=OrderStatus.COMPLETED)

    page = as_user(order.seller).get("/wallet/?account=pending").text

    assert f"({order.reference})</a>" in page
    assert f'<span class="num">{order.reference}</span>' in page


@pytest.mark.parametrize(
    ("asked", "count"),
    [
        ("kind=earnings", 1),
        ("since=2026-03-10", 3),
        ("until=2026-03-09", 1),
        ("account=pending", 2),
        ("account=owed", 0),
    ],
)
def test_a_wish_leaves_the_other_lines_out(seller, as_user, asked, count):
    page = as_user(seller).get(f"/wallet/?{asked}").context["page"]

    assert len(page.lines) == count


def test_days_in_the_wrong_order_are_said(seller, as_user):
    page = as_user(seller).get("/wallet/?since=2026-03-10&until=2026-03-01")

    assert "This is before the first day." in page.content.decode()


def test_the_paper_is_a_pdf_also_where_nothing_happened(seller, as_user):
    full = as_user(seller).get("/wallet/statement.pdf")
    empty = as_user(a_user()).get("/wallet/statement.pdf")

    assert full.content.startswith(b"%PDF")
    assert empty.content.startswith(b"%PDF")


def test_a_paper_of_a_kind_that_is_too_long_says_so(seller, monkeypatch):
    monkeypatch.setattr(statement, "MOST_ON_PAPER", 1)
    wish = statement.Wish(group=statement.Group.WITHDRAWALS)

    paper = statement.paper(seller, wish, currency="usd", site="Shop", now=CLEARED)

    assert paper.startswith(b"%PDF")


def test_older_lines_follow_by_their_key(seller, as_user, monkeypatch):
    monkeypatch.setattr(statement, "PAGE", 3)
    browser = as_user(seller)

    newest = browser.get("/wallet/").context["page"]
    older = browser.get(f"/wallet/?before={newest.older}").context["page"]
    nonsense = browser.get("/wallet/?before=x").context["page"]

    assert [len(each.lines) for each in (newest, older, nonsense)] == [3, 1, 3]
    assert (older.older, older.is_first) == (None, False)
