"""Reading orders: who sees what, and how often the database is asked."""

from datetime import timedelta

import pytest

from gigs.models import Gig
from gigstream.core import clock
from orders import actions
from orders.status import OrderStatus
from payments.models import Payment
from payments.status import PaymentStatus
from tests.accounts.codes import prove
from tests.factories import (
    NOON,
    WALKS,
    a_finance,
    a_question,
    a_stored_file,
    a_user,
    an_order,
)
from tests.factories import a_gig as make_gig

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("side", ["buyer", "seller"])
@pytest.mark.parametrize("status", sorted(WALKS))
def test_both_sides_can_read_an_order_in_every_state(as_user, sandbox, status, side):
    order = an_order(status=status)

    answer = as_user(getattr(order, side)).get(order.get_absolute_url())

    assert answer.status_code == 200
    assert str(OrderStatus(status).label) in answer.content.decode()


@pytest.mark.parametrize(
    "verb", ["", "pay/", "cancel/", "deliver/", "accept/", "request-revision/"]
)
def test_for_anybody_else_an_order_does_not_exist(as_user, client, verb):
    order = an_order(status=OrderStatus.DELIVERED)
    path = f"{order.get_absolute_url()}{verb}"
    strangers = [as_user(a_user()), as_user(a_user(is_staff=True))]

    codes = {browser.post(path).status_code for browser in strangers}
    codes |= {browser.get(path).status_code for browser in strangers}

    assert codes <= {404, 405}
    assert client.post(path).status_code == 302


@pytest.mark.parametrize("rows", [1, 3])
def test_an_order_page_asks_the_database_as_often_whatever_it_holds(
    as_user, django_assert_num_queries, rows
):
    order = an_order(status=OrderStatus.DELIVERED)
    for _ in range(rows - 1):
        actions.request_revision(
            order_id=order.pk, actor=order.buyer, wishes="x", now=NOON
        )
        actions.deliver(
            order_id=order.pk,
            actor=order.seller,
            message="Again",
            files=[a_stored_file(), a_stored_file()],
            now=NOON,
        )
    browser = as_user(order.buyer)

    with django_assert_num_queries(14):
        browser.get(order.get_absolute_url())


def a_split_order():
    """Complete after a dispute in which a part of the money went back."""
    order = an_order(status=OrderStatus.DISPUTED)
    actions.settle_dispute(
        order_id=order.pk,
        statement_id=order.dispute.statements.get().pk,
        actor=order.seller,
        now=NOON,
    )
    return order


PAGES = {
    "pending": 10,
    "in_progress": 13,
    "delivered": 14,
    "revision": 14,
    "disputed": 15,
    "completed": 14,
    "split": 15,
    "cancelled": 10,
    "expired": 10,
}


@pytest.mark.parametrize("side", ["buyer", "seller"])
@pytest.mark.parametrize("state", PAGES)
def test_an_order_page_asks_at_most_fifteen_times(
    as_user, django_assert_num_queries, state, side
):
    order = a_split_order() if state == "split" else an_order(status=state)
    browser = as_user(getattr(order, side))

    with django_assert_num_queries(PAGES[state]):
        browser.get(order.get_absolute_url())


def test_a_long_past_is_a_click_away_and_costs_the_page_nothing(as_user):
    order = an_order(status=OrderStatus.DELIVERED)
    _go_back_and_forth(order, 20)
    page, browser = order.get_absolute_url(), as_user(order.buyer)

    shown, whole = browser.get(page), browser.get(f"{page}history/")

    assert len(shown.context["timeline"]) == 10
    assert [each.number for each in shown.context["deliveries"]] == [21, 20, 19]
    assert f"{page}history/" in shown.content.decode()
    assert shown.context["timeline"] == whole.context["timeline"][:10]
    assert len(whole.context["timeline"]) == 3 + 40
    assert len(whole.context["deliveries"]) == 21


def _go_back_and_forth(order, times):
    """As if the work had been sent back and delivered again so often."""
    for number in range(2, times + 2):
        at = NOON + timedelta(minutes=number)
        for source, target, actor in (
            ("delivered", "revision", order.buyer),
            ("revision", "delivered", order.seller),
        ):
            order.events.create(
                from_status=source,
                to_status=target,
                role=order.role_of(actor),
                actor=actor,
                reason="Bolder.",
                at=at,
            )
        order.deliveries.create(number=number, message="Again", at=at)


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize(
    "path", ["/orders/", "/orders/?side=selling", "/dashboard/", "/wallet/"]
)
def test_lists_ask_the_database_as_often_whatever_they_hold(
    as_user, django_assert_num_queries, rows, path
):
    seller = a_user(selling_since="2026-01-01T00:00Z")
    buyer = a_user()
    for _ in range(rows):
        an_order(status=OrderStatus.DELIVERED, gig=make_gig(seller=seller), buyer=buyer)
        an_order(status=OrderStatus.COMPLETED, gig=make_gig(seller=seller), buyer=buyer)
    browser = as_user(seller)

    with django_assert_num_queries(QUERIES[path]):
        browser.get(path)


QUERIES = {"/orders/": 7, "/orders/?side=selling": 7, "/dashboard/": 8, "/wallet/": 11}


def test_orders_go_back_in_time_by_key(as_user):
    buyer, gig = a_user(), make_gig()
    orders = [an_order(buyer=buyer, gig=gig) for _ in range(25)]
    browser = as_user(buyer)

    first = browser.get("/orders/")
    second = browser.get(f"/orders/{first.context['older']}")

    shown = [row["order"] for page in (first, second) for row in page.context["rows"]]
    assert shown == orders[::-1]
    assert second.context["older"] == ""


@pytest.mark.parametrize(
    "query", ["before=x", "before=" + "9" * 10_000, "side=both", "page=10"]
)
def test_odd_queries_show_a_list(as_user, query):
    assert as_user(a_user()).get(f"/orders/?{query}").status_code == 200


def test_a_page_that_waits_for_a_payment_reloads_when_it_has_come(as_user, sandbox):
    htmx = {"HTTP_HX_REQUEST": "true", "HTTP_HX_REQUEST_TYPE": "partial"}
    waiting, paid = an_order(), an_order(status=OrderStatus.IN_PROGRESS)

    still = as_user(waiting.buyer).get(waiting.get_absolute_url(), **htmx)
    come = as_user(paid.buyer).get(paid.get_absolute_url(), **htmx)

    assert (still.status_code, come.headers["HX-Refresh"]) == (204, "true")


@pytest.mark.parametrize(
    ("query", "waits"),
    [
        ("", False),
        ("?returned=1", True),
        ("?returned=1&redirect_status=succeeded", True),
        ("?returned=1&redirect_status=failed", False),
    ],
)
def test_who_comes_back_from_paying_is_not_told_what_failed_before(
    as_user, sandbox, query, waits
):
    order = an_order()
    Payment.objects.filter(order=order).update(
        status=PaymentStatus.FAILED, failure="Your card was declined."
    )

    page = as_user(order.buyer).get(f"{order.get_absolute_url()}{query}").text

    assert ("waiting for the bank" in page) == waits
    assert ("Your card was declined. You have not been charged." in page) != waits


def test_text_of_people_is_text(as_user):
    nasty = "<img src=x onerror=alert(1)>\"'{{7*7}}"
    gig = make_gig(title=nasty)
    a_question(gig=gig, question=nasty, required=False)
    order = an_order(
        gig=gig, buyer=a_user(full_name=nasty), status=OrderStatus.IN_PROGRESS
    )

    for user in (order.buyer, order.seller):
        for path in (
            "/orders/",
            "/orders/?side=selling",
            "/dashboard/",
            order.get_absolute_url(),
        ):
            assert "<img src=x" not in as_user(user).get(path).content.decode()


def test_what_a_person_sees_is_in_nobodys_cache(as_user):
    order = an_order()

    answer = as_user(order.buyer).get(order.get_absolute_url())

    assert answer.headers["Cache-Control"] == "private, no-store"
    assert "Cookie" in answer.headers["Vary"]


def test_what_went_back_already_is_not_promised_once_more(as_user):
    working = an_order(status=OrderStatus.IN_PROGRESS)
    delivered = an_order(status=OrderStatus.DELIVERED)
    for order in (working, delivered):
        actions.refund_as_staff(
            order_id=order.pk,
            actor=a_finance(),
            price=40_00,
            most=100_00,
            reason="A part was never asked for.",
            now=NOON,
        )
    page, buyer = delivered.get_absolute_url(), as_user(delivered.buyer)
    prove(buyer)
    declining = as_user(working.seller).get(f"{working.get_absolute_url()}decline/")

    assert "gets $66.00 back" in declining.text
    assert "Accepting releases $60.00" in buyer.get(page).text
    assert "$60.00 goes to" in buyer.post(f"{page}accept/", follow=True).text


def test_who_waits_for_changes_is_promised_no_way_out_that_is_not_there(as_user):
    order = an_order(status=OrderStatus.REVISION)

    with clock.frozen(order.due_at + timedelta(days=3)):
        page = as_user(order.buyer).get(order.get_absolute_url()).text

    assert "you may cancel from" not in page
    assert "Open a dispute" in page


@pytest.mark.parametrize("status", [OrderStatus.COMPLETED, OrderStatus.EXPIRED])
def test_what_nobody_can_order_is_not_offered_again(as_user, status):
    order = an_order(status=status)
    browser = as_user(order.buyer)
    before = browser.get(order.get_absolute_url()).text
    Gig.objects.filter(pk=order.gig_id).update(status="archived")

    after = browser.get(order.get_absolute_url()).text

    assert ("Order again" in before, "Order again" in after) == (True, False)
