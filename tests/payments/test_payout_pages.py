"""The pages on which sellers say where their money goes, and staff decide about it."""

from urllib.parse import urlsplit
from uuid import uuid4

import pytest

import payments.actions
from gigstream.core import clock
from gigstream.core.errors import NotAllowed
from gigstream.core.models import StaffTask
from payments.models import Payout, PayoutMethod
from payments.status import PayoutStatus
from tests.factories import NOON, a_finance, a_payout_method, a_seller_with, a_user
from tests.payments.test_connect import (
    NO_ACCOUNT,
    available,
    fund,
    hear,
    onboard,
    postings,
)
from tests.payments.test_withdraw import LATER, log_in, withdraw

pytestmark = pytest.mark.django_db

SETTINGS = "/settings/payouts/"
BANK = {
    "holder": "Maya",
    "country": "DE",
    "bank_name": "Sparkasse",
    "account_number": "DE89370400440532013000",
}


def said(page):
    return [str(message) for message in page.context["messages"]]


def test_a_withdrawal_is_taken_back_on_its_page_once(as_user):
    seller = a_seller_with(100_00)
    path = withdraw(seller, 40_00).get_absolute_url()
    browser = as_user(seller)

    first = browser.post(f"{path}cancel/", follow=True)
    second = browser.post(f"{path}cancel/")

    assert said(first) == ["Cancelled. The money is in your wallet again."]
    assert second.status_code == 409
    assert available(seller) == 100_00


def test_a_refused_withdrawal_keeps_what_was_typed(client):
    browser = log_in(client, a_seller_with(100_00))

    with clock.frozen(LATER):
        form = {"key": uuid4(), "amount": "100.01", "step": "confirm"}
        page = browser.post("/wallet/withdraw/", form)

    assert page.status_code == 422
    assert "You have $100.00 available." in page.content.decode()
    assert 'value="100.01"' in page.content.decode()


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("100.01", "You have $100.00 available."),
        ("0", "The least is $20."),
        ("10000.01", "The most is $10,000."),
    ],
)
def test_nobody_is_asked_to_confirm_what_would_be_refused(client, typed, told):
    browser = log_in(client, a_seller_with(100_00))

    with clock.frozen(LATER):
        page = browser.post("/wallet/withdraw/", {"key": uuid4(), "amount": typed})

    assert page.status_code == 422
    assert told in page.content.decode()
    assert not page.context["review"]
    assert not Payout.objects.exists()


def test_who_sells_nothing_has_nowhere_to_send_it(sandbox, client):
    browser = log_in(client, a_user())

    bank = browser.post(f"{SETTINGS}bank/", BANK)
    stripe = browser.post(f"{SETTINGS}connect/", follow=True)
    removed = browser.post(f"{SETTINGS}remove/", follow=True)

    assert bank.status_code == 422
    assert said(stripe) == said(removed) == ["Only sellers withdraw money."]


@pytest.mark.parametrize("number", ["", "12", "+" * 12])
def test_what_is_no_account_is_said(client, number):
    browser = log_in(client, a_seller_with(100_00))

    page = browser.post(f"{SETTINGS}bank/", BANK | {"account_number": number})

    assert page.status_code == 422


def test_the_same_bank_again_changes_nothing_and_removing_twice_is_once(client):
    seller = a_seller_with(100_00)
    PayoutMethod.objects.all().delete()
    browser = log_in(client, seller)

    for _twice in range(2):
        browser.post(f"{SETTINGS}bank/", BANK)
    assert PayoutMethod.objects.get().removed_at is None
    for _twice in range(2):
        browser.post(f"{SETTINGS}remove/")
    assert PayoutMethod.objects.get().removed_at is not None


def test_stripe_asks_on_its_own_page_and_is_asked_how_far_it_is(
    sandbox, client, settings
):
    seller = a_seller_with(100_00)
    PayoutMethod.objects.all().delete()
    browser = log_in(client, seller)

    url = urlsplit(browser.post(f"{SETTINGS}connect/").url)
    form = {"number": "000123456789", "verified": "true"}
    sandbox.http("POST", f"{url.path}?{url.query}", form)
    browser.post(f"{SETTINGS}check/")
    assert PayoutMethod.objects.get().standing == "verified"

    settings.STRIPE_API_BASE = "http://127.0.0.1:9"
    for verb in ("connect", "check"):
        [words] = said(browser.post(f"{SETTINGS}{verb}/", follow=True))
        assert "Stripe does not answer now" in words
    browser.post(f"{SETTINGS}remove/")
    assert browser.post(f"{SETTINGS}check/", follow=True).status_code == 200


def test_before_stripe_has_opened_an_account_there_is_nothing_to_ask(sandbox):
    method = a_payout_method(a_user())

    payments.actions.look_up_account(method_id=method.pk, now=NOON)

    method.refresh_from_db()
    assert method.standing == "verified"


# --- Staff -----------------------------------------------------------------------


@pytest.fixture
def by_stripe(sandbox):
    """A seller with $100 and an account at Stripe, and a withdrawal of all of it."""
    seller = a_seller_with(100_00)
    PayoutMethod.objects.all().delete()
    onboard(sandbox, seller, clock.now())
    fund(sandbox, 500_00)
    return payments.actions.request_payout(
        user_id=seller.pk, amount=None, key=uuid4(), now=clock.now()
    )


PAYOUTS = "/admin/payments/payout/"


def test_the_admin_decides_step_by_step_and_names_what_is_refused(client):
    payout = withdraw(a_seller_with(100_00), 40_00)
    browser = log_in(client, a_finance())
    chosen = {"_selected_action": [str(payout.pk)]}

    def decide(verb, **form):
        form |= {"sure": "1", **chosen}
        page = browser.post(f"{PAYOUTS}many/{verb}/", form, follow=True)
        payout.refresh_from_db()
        return page.text

    asked = browser.post(PAYOUTS, {"action": "approve", **chosen}).text
    assert "1 row is chosen" in asked
    assert "$40.00 in all" in asked
    assert "Give a reason" not in asked
    alone = browser.get(f"{PAYOUTS}{payout.pk}/approve/").text
    assert f"{payout.user}: $40.00, {payout.method}" in alone
    assert "required" in decide("mark_returned")
    decide("approve")
    assert "no longer in review" in decide("approve")
    decide("confirm_sent")
    assert payout.status == PayoutStatus.PAID
    decide("mark_returned", reason="Closed.")
    assert (payout.status, payout.failure) == (PayoutStatus.RETURNED, "Closed.")
    page = browser.get(f"{PAYOUTS}{payout.pk}/change/")
    assert "DE89370400440532013000" in page.content.decode()


def test_an_old_login_decides_nothing_in_the_admin(as_user):
    payout = withdraw(a_seller_with(100_00), 40_00)

    form = {"action": "approve", "_selected_action": [str(payout.pk)]}
    answer = as_user(a_finance()).post(PAYOUTS, form)

    assert "/accounts/reauthenticate/" in answer.url
    payout.refresh_from_db()
    assert payout.status == PayoutStatus.REVIEW


@pytest.mark.parametrize("rows", [1, 3])
def test_the_desk_of_withdrawals_asks_as_often_whatever_waits(
    client, django_assert_num_queries, rows
):
    for _ in range(rows):
        withdraw(a_seller_with(100_00), 40_00)
    browser = log_in(client, a_finance())

    with django_assert_num_queries(6):
        browser.get(f"{PAYOUTS}?status__exact=review")


def test_nobody_takes_back_what_is_not_theirs():
    payout = withdraw(a_seller_with(100_00), 40_00)

    with pytest.raises(NotAllowed, match="not your withdrawal"):
        payments.actions.cancel_payout(payout_id=payout.pk, actor=a_user(), now=LATER)


def test_what_waited_for_finance_goes_on_through_stripe_which_alone_tells_the_rest(
    by_stripe, run_tasks
):
    Payout.objects.update(status=PayoutStatus.REVIEW)
    told = {"payout_id": by_stripe.pk, "actor": a_finance(), "now": clock.now()}

    payments.actions.approve_payout(**told)
    with pytest.raises(NotAllowed, match="Stripe tells"):
        payments.actions.confirm_payout(**told)
    run_tasks()

    by_stripe.refresh_from_db()
    assert by_stripe.status == PayoutStatus.PAID


def test_what_stripe_does_not_give_back_lands_on_a_desk(by_stripe, sandbox, run_tasks):
    """The bank sent it back, and before we fetched it the seller's account was emptied."""
    run_tasks()
    hear(sandbox, "payout.paid")
    by_stripe.refresh_from_db()
    sandbox.http("POST", f"/sandbox/stripe/payouts/{by_stripe.stripe_id}/fail")
    account = {"Stripe-Account": by_stripe.method.stripe_id}
    emptied = {"amount": 100_00, "currency": "usd"}
    sandbox.stripe("POST", "/payouts", emptied, **account)

    hear(sandbox, "payout.failed")
    for _twice in range(2):
        payments.actions.submit_payout(payout_id=by_stripe.pk, now=clock.now())

    assert postings(by_stripe) == ["E4", "E5"], "the money is not with us"
    assert "Stripe keeps the money" in StaffTask.objects.get(kind="payout").text


def test_what_is_over_is_not_fetched_again(sandbox, run_tasks):
    seller = a_seller_with(100_00)
    PayoutMethod.objects.all().delete()
    onboard(sandbox, seller, clock.now(), number=NO_ACCOUNT)
    fund(sandbox, 500_00)
    payout = payments.actions.request_payout(
        user_id=seller.pk, amount=None, key=uuid4(), now=clock.now()
    )
    run_tasks()
    hear(sandbox, "payout.failed", "payout.failed")
    run_tasks()

    payments.actions.take_payout_back(payout_id=payout.pk, now=clock.now())

    assert postings(payout) == ["E4", "E6"]
    assert available(seller) == 100_00


def test_in_german_money_is_paid_out_and_not_drawn_back(client):
    seller = a_seller_with(100_00)
    seller.language = "de"
    seller.save(update_fields=["language"])
    browser = log_in(client, seller)

    pages = browser.get("/wallet/").text, browser.get("/wallet/withdraw/").text

    assert all("Auszahlen</" in page for page in pages)
    assert not any("Zurück" in page.split("<main", 1)[1] for page in pages)
