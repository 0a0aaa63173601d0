from datetime import timedelta

import pytest

import orders.actions
from accounts import actions
from gigstream.core import clock
from gigstream.core.models.staff import StaffTask
from orders.dashboard import figures
from orders.status import OPEN, OrderStatus
from tests.factories import (
    NOON,
    a_gig,
    a_paid_extra,
    a_picture,
    a_seller,
    a_user,
    an_order,
    open_dispute,
)

pytestmark = pytest.mark.django_db

LATER = NOON + timedelta(days=31)


def look(browser, at=NOON):
    with clock.frozen(at):
        return browser.get("/dashboard/")


def test_what_needs_me_comes_first_by_its_deadline(as_user):
    seller = a_seller()
    gig = a_gig(seller=seller)
    late = an_order(gig=gig, status=OrderStatus.IN_PROGRESS)
    later = an_order(
        gig=gig, status=OrderStatus.IN_PROGRESS, now=NOON + timedelta(hours=5)
    )
    to_pay = an_order(buyer=seller)
    an_order(gig=gig, status=OrderStatus.DELIVERED)

    rows = look(as_user(seller)).context["needs_you"]

    assert [row["order"] for row in rows] == [to_pay, late, later]


def test_the_numbers_of_both_sides_and_of_the_month_before():
    seller, buyer = a_seller(), a_user()
    gig = a_gig(seller=seller)
    an_order(gig=gig, buyer=buyer, status=OrderStatus.COMPLETED)
    an_order(gig=gig, buyer=buyer, status=OrderStatus.COMPLETED, now=LATER)
    an_order(gig=gig, buyer=buyer, status=OrderStatus.IN_PROGRESS, now=LATER)
    an_order(gig=gig, buyer=buyer, now=LATER)

    sold = figures(seller, "selling", at=LATER)
    bought = figures(buyer, "buying", at=LATER)

    share = gig.orders.first().seller_share
    assert (sold.orders.now, sold.orders.before) == (2, 1)
    assert (sold.money.now, sold.money.before) == (share, share)
    assert (bought.orders.now, bought.orders.before) == (2, 1)
    assert (bought.money.now, bought.money.before) == (220_00, 110_00)


def test_a_part_that_went_back_is_neither_spent_nor_earned():
    order = an_order(status=OrderStatus.DELIVERED)
    a_paid_extra(order, price=30_00)
    statement = open_dispute(order, refund=40_00).statements.get()
    orders.actions.settle_dispute(
        order_id=order.pk, statement_id=statement.pk, actor=order.seller, now=NOON
    )

    sold = figures(order.seller, "selling", at=NOON)
    bought = figures(order.buyer, "buying", at=NOON)

    assert (sold.money.now, bought.money.now) == (90_00, 99_00)


def test_amounts_of_two_currencies_are_not_added_up(as_user):
    seller = a_seller(last_side="selling")
    dollars, yen = a_gig(seller=seller), a_gig(seller=seller, currency="jpy")
    for gig in (dollars, dollars, yen):
        an_order(gig=gig, status=OrderStatus.COMPLETED)
        an_order(gig=gig, status=OrderStatus.IN_PROGRESS)

    sold = figures(seller, "selling", at=NOON)

    assert (sold.orders.now, sold.money.now, sold.currency) == (6, 200_00, "usd")
    assert look(as_user(seller)).context["held"] == 200_00


def test_what_is_older_than_two_months_is_not_counted():
    order = an_order(status=OrderStatus.COMPLETED)

    bought = figures(order.buyer, "buying", at=NOON + timedelta(days=61))

    assert (bought.orders.now, bought.orders.before, bought.money.before) == (0, 0, 0)


def test_a_number_leads_to_the_list_behind_it(as_user):
    page = look(as_user(a_seller(last_side="selling"))).text

    assert 'href="/orders/?side=selling"' in page
    assert 'href="/wallet/"' in page
    assert "in the 30 days before" in page


# --- The two sides ------------------------------------------------------------


def test_the_chosen_side_is_remembered(as_user):
    seller = a_seller()
    browser = as_user(seller)

    answer = browser.post("/dashboard/side/", {"side": "selling"})

    seller.refresh_from_db()
    assert answer.url == "/dashboard/"
    assert seller.last_side == "selling"
    assert "Orders received" in look(browser).text


def test_a_side_that_does_not_exist_changes_nothing(as_user):
    seller = a_seller()

    as_user(seller).post("/dashboard/side/", {"side": "up"})

    seller.refresh_from_db()
    assert seller.last_side == "buying"


def test_who_does_not_sell_has_one_side(as_user):
    page = look(as_user(a_user(last_side="selling"))).text

    assert "Orders placed" in page
    assert 'action="/dashboard/side/"' not in page


# --- Newcomers ----------------------------------------------------------------


def steps(user, browser):
    return [(step.text, step.is_done) for step in look(browser).context["first_steps"]]


def test_a_new_buyer_is_led_to_the_first_order(as_user):
    user = a_user()

    assert steps(user, as_user(user)) == [
        ("Complete your profile", False),
        ("Place your first order", False),
    ]


def test_a_new_seller_is_led_to_the_first_gig(as_user):
    user = a_seller(last_side="selling", bio="x", avatar_id="faces/1")

    assert steps(user, as_user(user)) == [
        ("Complete your profile", True),
        ("Publish your first gig", False),
        ("Deliver your first order", False),
    ]


def test_who_has_done_it_is_left_alone(as_user):
    order = an_order(status=OrderStatus.DELIVERED)
    order.seller.last_side = "selling"
    order.seller.save()

    assert steps(order.buyer, as_user(order.buyer)) == []
    assert steps(order.seller, as_user(order.seller)) == []


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize(("side", "queries"), [("buying", 8), ("selling", 11)])
def test_the_dashboard_takes_the_same_queries(
    as_user, django_assert_num_queries, rows, side, queries
):
    seller = a_seller(last_side=side)
    for _ in range(rows):
        gig = a_gig(seller=seller)
        a_picture(gig=gig)
        an_order(gig=gig, status=OrderStatus.IN_PROGRESS)
        an_order(gig=gig, status=OrderStatus.COMPLETED)
        an_order(buyer=seller, status=OrderStatus.DELIVERED)
    browser = as_user(seller)

    with django_assert_num_queries(queries):
        browser.get("/dashboard/")


# --- Suspension ---------------------------------------------------------------


@pytest.mark.parametrize("side", ["buyer", "seller"])
def test_each_open_order_of_a_suspended_person_is_put_on_the_desk(side):
    seller, buyer = a_seller(), a_user()
    gig = a_gig(seller=seller)
    states = [state for state in OPEN if state != OrderStatus.DISPUTED]
    opened = [an_order(gig=gig, buyer=buyer, status=state) for state in states]
    an_order(gig=gig, buyer=buyer, status=OrderStatus.COMPLETED)
    admin = a_user(is_staff=True, is_superuser=True)
    person = seller if side == "seller" else buyer

    for verb in (actions.suspend, actions.reinstate, actions.suspend):
        verb(user_id=person.pk, actor=admin, reason="Spam", now=NOON)

    tasks = set(StaffTask.objects.open().values_list("target", flat=True))
    assert tasks == {f"orders.order:{order.pk}" for order in opened}
    assert StaffTask.objects.count() == len(opened)
