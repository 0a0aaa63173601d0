from datetime import UTC, date, datetime

import pytest

from accounts import actions
from gigstream.core import clock
from gigstream.core.errors import NotAllowed
from orders import actions as orders
from orders.status import OrderStatus
from tests.factories import NOON, a_gig, a_seller, a_stored_file, a_user, an_order

pytestmark = pytest.mark.django_db

PATH = "/settings/vacation/"
FIELDS = {"begins": "2026-03-02", "returns": "2026-05-04", "message": "Sailing."}
AWAY = {"vacation_from": date(2026, 3, 2), "vacation_until": date(2026, 5, 4)}


def post(browser, path=PATH, **fields):
    with clock.frozen(NOON):
        return browser.post(path, FIELDS | fields)


def test_a_seller_goes_away(as_user):
    seller = a_seller()

    answer = post(as_user(seller))

    seller.refresh_from_db()
    assert answer.url == PATH
    assert (seller.vacation_from, seller.vacation_until) == tuple(AWAY.values())
    assert seller.vacation_message == "Sailing."


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"returns": "2026-03-02"}, "This day is over."),
        ({"returns": "2020-01-01"}, "This day is over."),
        ({"begins": "2026-05-04"}, "must come after the first day"),
        ({"begins": ""}, "This field is required."),
        ({"returns": "soon"}, "Enter a valid date."),
        ({"message": "x" * 301}, "at most 300 characters"),
    ],
)
def test_dates_that_make_no_vacation_are_refused(as_user, fields, words):
    seller = a_seller()

    page = post(as_user(seller), **fields)

    seller.refresh_from_db()
    assert page.status_code == 422
    assert words in page.text
    assert seller.vacation_until is None


def test_only_sellers_have_a_shop_to_close(as_user):
    user = a_user()

    assert post(as_user(user)).url == "/sell/start/?next=%2Fsettings%2Fvacation%2F"
    with pytest.raises(NotAllowed):
        actions.go_away(
            user_id=user.pk,
            begins=date(2026, 3, 2),
            returns=date(2026, 3, 9),
            message="",
            now=NOON,
        )


def test_coming_back_early_opens_the_shop(as_user):
    seller = a_seller(**AWAY, vacation_message="Sailing.")

    post(as_user(seller), f"{PATH}end/")

    seller.refresh_from_db()
    assert (seller.vacation_from, seller.vacation_until) == (None, None)
    assert seller.vacation_message == ""


@pytest.mark.parametrize(
    ("moment", "zone", "back"),
    [
        (datetime(2026, 3, 1, 23, 59, tzinfo=UTC), "UTC", None),
        (datetime(2026, 3, 2, 0, 0, tzinfo=UTC), "UTC", date(2026, 5, 4)),
        (datetime(2026, 5, 3, 23, 59, tzinfo=UTC), "UTC", date(2026, 5, 4)),
        (datetime(2026, 5, 4, 0, 0, tzinfo=UTC), "UTC", None),
        (datetime(2026, 3, 1, 15, 0, tzinfo=UTC), "Asia/Tokyo", date(2026, 5, 4)),
        (datetime(2026, 5, 3, 15, 0, tzinfo=UTC), "Asia/Tokyo", None),
    ],
)
def test_a_vacation_begins_and_ends_by_itself_by_the_sellers_calendar(
    moment, zone, back
):
    assert a_seller(**AWAY, time_zone=zone).away_until(at=moment) == back


# --- What buyers see ----------------------------------------------------------


def test_the_gig_says_when_it_is_back_and_has_no_continue(client):
    gig = a_gig(seller=a_seller(**AWAY, vacation_message="Sailing."))

    with clock.frozen(NOON):
        page = client.get(gig.get_absolute_url()).text

    assert "Back on 4 May" in page
    assert "Sailing." in page
    assert "Continue" not in page


def test_the_card_says_when_it_is_back(client):
    a_gig(seller=a_seller(**AWAY))

    with clock.frozen(NOON):
        page = client.get("/gigs/").text

    assert "Back on 4 May" in page


def test_the_checkout_says_when_it_is_back(as_user):
    gig = a_gig(seller=a_seller(**AWAY, full_name="Maya Lindqvist"))

    with clock.frozen(NOON):
        page = as_user(a_user()).get(f"/checkout/{gig.slug}/?package=basic")

    assert page.status_code == 422
    assert "Maya is away. Back on 4 May." in page.text


def test_no_order_is_placed_while_the_seller_is_away():
    gig = a_gig(seller=a_seller(**AWAY))

    with pytest.raises(NotAllowed, match="Back on 4 May"):
        an_order(gig=gig)


def test_after_the_vacation_orders_are_placed_again():
    gig = a_gig(seller=a_seller(**AWAY))

    order = an_order(gig=gig, now=datetime(2026, 5, 4, 9, tzinfo=UTC))

    assert order.status == OrderStatus.PENDING


def test_running_orders_go_on_during_a_vacation():
    order = an_order(status=OrderStatus.IN_PROGRESS)
    actions.go_away(
        user_id=order.seller_id,
        begins=AWAY["vacation_from"],
        returns=AWAY["vacation_until"],
        message="",
        now=NOON,
    )

    orders.deliver(
        order_id=order.pk,
        actor=order.seller,
        message="x",
        files=[a_stored_file()],
        now=NOON,
    )

    order.refresh_from_db()
    assert order.status == OrderStatus.DELIVERED
