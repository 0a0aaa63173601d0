"""A seller's money by a program: looking at it, and having it sent."""

from datetime import timedelta

import pytest

from accounts.models import Scope
from gigstream.core import clock
from payments.models import Payout
from tests.accounts.codes import prove
from tests.factories import NOON, a_seller_with, a_user

pytestmark = pytest.mark.django_db
PATH = "/api/wallet/withdrawals"


@pytest.fixture(autouse=True)
def _later():
    with clock.frozen(NOON + timedelta(days=30)):
        yield


@pytest.fixture
def seller():
    return a_seller_with(500_00)


def test_the_wallet_says_what_its_page_does(seller, program):
    phone = program(seller)

    told = phone.get("/api/wallet").json()
    lines = phone.get("/api/wallet/entries").json()["items"]

    assert (told["available"], told["currency"]) == (500_00, "usd")
    assert told["destination"]["name"].endswith("3000")
    assert "DE89" not in str(told)
    assert sum(line["amount"] for line in lines) == lines[0]["balance"] == 500_00
    assert program(a_user()).get("/api/wallet").json()["available"] == 0
    assert phone.get("/api/wallet/entries", kind="withdrawals").json()["items"] == []


@pytest.mark.parametrize("wish", [{"since": "0001-01-01"}, {"until": "9999-12-31"}])
def test_a_day_beyond_all_clocks_is_refused(seller, program, wish):
    type(seller).objects.update(time_zone="Pacific/Kiritimati")

    assert program(seller).get("/api/wallet/entries", **wish).status_code == 422


def test_money_is_withdrawn_once_by_one_key_and_taken_back(seller, program):
    phone = program(seller)

    asked = [phone.post(PATH, {"amount": 200_00}, key="one") for _ in range(2)]
    much = phone.post(PATH, {"amount": 301_00})
    listed = phone.get(PATH).json()["items"]
    one = f"{PATH}/{listed[0]['id']}"
    back = phone.post(f"{one}/cancel")
    rest = phone.post(PATH, {})

    assert [answer.status_code for answer in asked] == [201, 201]
    assert much.status_code == 422
    assert (listed, listed[0]["status"]) == ([asked[0].json()], "review")
    assert back.json()["status"] == "canceled"
    assert rest.json()["amount"] == 500_00
    assert program(a_user()).get(one).status_code == 404
    assert program(a_user()).post(f"{one}/cancel").status_code == 404


def test_withdrawing_needs_a_token_for_money_or_a_login_of_just_now(
    seller, program, as_user
):
    careful = program(seller, scopes=[Scope.READ, Scope.WRITE, Scope.ORDERS])
    browser = as_user(seller)

    def ask():
        return browser.post(PATH, {"amount": 100_00}, content_type="application/json")

    refused, stale = careful.post(PATH, {"amount": 100_00}), ask()
    assert not Payout.objects.exists()
    prove(browser)

    assert (refused.status_code, refused.json()["code"]) == (403, "scope")
    assert (stale.status_code, stale.json()["code"]) == (403, "fresh_login")
    assert ask().status_code == 201


def test_nothing_goes_to_a_destination_that_was_just_changed(seller, program):
    seller.payout_methods.update(usable_at=clock.now() + timedelta(hours=72))

    assert program(seller).post(PATH, {"amount": 200_00}).status_code == 422


@pytest.mark.parametrize("number", [1, 3])
def test_withdrawals_are_listed_in_two_queries(
    seller, program, django_assert_num_queries, number
):
    phone = program(seller)
    for _ in range(number):
        phone.post(PATH, {"amount": 100_00})
    phone.get(PATH)

    with django_assert_num_queries(2):  # the token, and the list
        assert len(phone.get(PATH).json()["items"]) == number
    with django_assert_num_queries(3):  # and the currency
        assert len(phone.get("/api/wallet/entries").json()["items"]) >= number
