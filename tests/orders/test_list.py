"""Finding one's orders: sides, states, words, deadlines, pages, and the table for a spreadsheet."""

import csv
import io
from datetime import timedelta

import pytest

from orders.finding import PAGE
from orders.models import Order
from orders.status import OrderStatus
from tests.factories import NOON, WALKS, a_gig, a_seller, a_user, an_order

pytestmark = pytest.mark.django_db


@pytest.fixture
def buyer():
    return a_user(full_name="Nora van Dijk")


def shown(answer):
    return [row["order"] for row in answer.context["rows"]]


def test_each_tab_counts_and_shows_its_states(buyer, as_user):
    gig = a_gig()
    orders = {
        status: an_order(status=status, gig=gig, buyer=buyer)
        for status in sorted(WALKS)
    }
    browser = as_user(buyer)

    tabs = {str(tab.text): tab for tab in browser.get("/orders/").context["tabs"]}

    assert {name: tab.count for name, tab in tabs.items()} == {
        "All": "8",
        "Awaiting payment": "1",
        "In progress": "2",
        "Delivered": "1",
        "In dispute": "1",
        "Completed": "1",
        "Cancelled": "2",
    }
    active = shown(browser.get(f"/orders/{tabs['In progress'].url}"))
    assert set(active) == {
        orders[OrderStatus.IN_PROGRESS],
        orders[OrderStatus.REVISION],
    }


def test_nobody_finds_the_orders_of_others(buyer, as_user):
    an_order(buyer=buyer)
    somebody = as_user(a_seller())

    for query in ("", "?side=selling", "?q=logo", "?status=unpaid"):
        assert shown(somebody.get(f"/orders/{query}")) == []
    assert "logo" not in _table(somebody.get("/orders/export/"))[-1][1].lower()


def test_words_are_looked_for_in_titles_names_and_numbers(buyer, as_user):
    seller = a_seller(full_name="Maya Lindqvist")
    logo = an_order(buyer=buyer, gig=a_gig(seller=seller, title="I draw logos"))
    song = an_order(buyer=buyer, gig=a_gig(title="I write songs"))
    browser = as_user(buyer)

    def find(words, side="buying", who=browser):
        return shown(who.get("/orders/", {"q": words, "side": side}))

    assert find("LOGOS") == [logo]
    assert find("lindq") == [logo]
    assert find(song.reference) == [song]
    assert find(f"#{song.reference.lower()}") == [song]
    assert find("nothing like it") == []
    assert find("van dijk", "selling", as_user(seller)) == [logo]


def test_what_is_due_first_can_stand_first_and_goes_on_by_key(buyer, as_user):
    gig = a_gig()
    done = an_order(buyer=buyer, gig=gig, status=OrderStatus.COMPLETED)
    orders = [
        an_order(buyer=buyer, gig=gig, now=NOON - timedelta(minutes=number))
        for number in range(PAGE + 2)
    ]
    browser = as_user(buyer)

    first = browser.get("/orders/?sort=deadline")
    second = browser.get(f"/orders/{first.context['older']}")

    assert shown(first) + shown(second) == [*reversed(orders), done]
    assert second.context["older"] == ""


@pytest.mark.parametrize(
    "query", ["status=odd", "sort=odd", "q=" + "x" * 9000, "before=odd"]
)
def test_odd_wishes_show_a_list(buyer, as_user, query):
    assert as_user(buyer).get(f"/orders/?{query}").status_code == 200


def test_the_table_holds_the_list_and_no_formula(buyer, as_user):
    order = an_order(
        buyer=buyer,
        gig=a_gig(title="=HYPERLINK(1)"),
        status=OrderStatus.IN_PROGRESS,
    )
    an_order(buyer=buyer)

    bought = _table(as_user(buyer).get("/orders/export/?status=active"))
    sold = _table(as_user(order.seller).get("/orders/export/?side=selling"))

    assert bought[1][:9] == [
        order.reference,
        "'=HYPERLINK(1)",
        "Basic",
        "In progress",
        order.seller.full_name,
        "USD",
        "100.00",
        "10.00",
        "110.00",
    ]
    assert len(bought) == 2
    assert bought[0][-2:] == ["Due (UTC)", "Completed (UTC)"]
    assert sold[1][4:10] == ["Nora van Dijk", "USD", "100.00", "", "", "0.00"]


def _table(answer):
    text = b"".join(answer.streaming_content).decode().removeprefix("\ufeff")
    return list(csv.reader(io.StringIO(text)))


@pytest.mark.parametrize("rows", [1, 3])
def test_a_search_asks_the_database_as_often_whatever_it_finds(
    buyer, as_user, django_assert_num_queries, rows
):
    gig = a_gig()
    for _ in range(rows):
        an_order(buyer=buyer, gig=gig)
    last = Order.objects.latest("pk")
    browser = as_user(buyer)

    with django_assert_num_queries(8):
        browser.get(f"/orders/?q=logo&sort=deadline&before={last.pk}")
