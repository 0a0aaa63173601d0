"""Keeping a card without paying: typed at Stripe, known by its word alone."""

from datetime import timedelta

import pytest
from django.urls import reverse

from gigstream.core import clock
from gigstream.sandbox.stripe.faults import CallFault, PlannedCallFault
from gigstream.services import stripe
from payments import actions, tasks
from payments.models import CardSetup, Customer, KeptCard
from tests.factories import a_user
from tests.payments.webhooks import post_event

pytestmark = pytest.mark.django_db

CARDS = "/settings/cards/"
HTMX = {"HTTP_HX_REQUEST": "true", "HTTP_HX_REQUEST_TYPE": "partial"}


def begin(browser):
    """Press the button; the setup whose form comes."""
    answer = browser.post(reverse("payments:add_card"))
    setup = CardSetup.objects.open().get()
    assert answer.headers["Location"] == setup.get_absolute_url()
    return setup


def type_card(sandbox, setup, card="pm_card_visa", *, passed=True):
    path = f"/setup_intents/{setup.stripe_id}"
    told = sandbox.stripe("POST", f"{path}/confirm", {"payment_method": card})
    if told.get("status") == "requires_action":
        success = str(passed).lower()
        sandbox.stripe("POST", f"{path}/authenticate", {"success": success})


def hear(sandbox, kind="setup_intent.succeeded"):
    return post_event(sandbox, sandbox.events(kind)[-1]).status_code


@pytest.fixture
def buyer():
    return a_user()


@pytest.fixture
def browser(as_user, buyer):
    return as_user(buyer)


def test_a_card_is_kept_when_stripe_says_so_and_not_before(
    sandbox, browser, buyer, run_tasks
):
    setup = begin(browser)
    type_card(sandbox, setup)
    page = setup.get_absolute_url()
    assert "waiting for Stripe" in browser.get(f"{page}?returned=1").content.decode()
    assert browser.get(page, **HTMX).status_code == 204

    assert [hear(sandbox), hear(sandbox)] == [204, 204]
    run_tasks()

    assert browser.get(page, **HTMX).headers["HX-Refresh"]
    said = browser.get(page, follow=True).content.decode()
    assert "Your card is kept." in said
    assert "Visa •••• 4242" in said
    assert sandbox.stripe("GET", "/payment_methods")["data"][0]["customer"] == (
        Customer.objects.get(user=buyer).stripe_id
    )


def test_a_bank_that_asks_must_be_answered(sandbox, browser, run_tasks):
    setup = begin(browser)
    type_card(sandbox, setup, "pm_card_authenticationRequired", passed=False)
    assert hear(sandbox, "setup_intent.setup_failed") == 204
    page = browser.get(setup.get_absolute_url()).content.decode()
    assert "unable to authenticate your payment method" in page

    type_card(sandbox, setup, "pm_card_authenticationRequired")
    hear(sandbox)
    run_tasks()

    assert str(KeptCard.objects.get()) == "Visa •••• 3155"


def test_a_declined_card_is_not_kept_and_another_one_may_follow(
    sandbox, browser, run_tasks
):
    setup = begin(browser)
    type_card(sandbox, setup, "pm_card_chargeDeclined")
    hear(sandbox, "setup_intent.setup_failed")
    run_tasks()
    assert not KeptCard.objects.exists()

    assert begin(browser) == setup
    type_card(sandbox, setup, "pm_card_mastercard")
    hear(sandbox)
    hear(sandbox, "setup_intent.setup_failed")  # Late, and again.
    run_tasks()

    setup.refresh_from_db()
    assert str(KeptCard.objects.get()) == "Mastercard •••• 4444"
    assert (setup.status, setup.failure) == ("succeeded", "")


def test_a_card_that_was_removed_does_not_come_back_with_late_news(
    sandbox, browser, run_tasks
):
    type_card(sandbox, begin(browser))
    hear(sandbox)
    run_tasks()
    browser.post(reverse("payments:remove_card", args=[KeptCard.objects.get().pk]))

    hear(sandbox)
    tasks.look_up_card_setup.func(setup_id=str(CardSetup.objects.get().pk))
    run_tasks()

    assert not KeptCard.objects.exists()


def test_where_the_webhook_is_lost_stripe_is_asked(sandbox, browser, run_tasks):
    type_card(sandbox, begin(browser))
    CardSetup.objects.update(created_at=clock.now() - timedelta(minutes=3))

    tasks.look_up_card_setups.func()
    run_tasks()

    assert KeptCard.objects.exists()


def test_what_is_left_for_a_day_is_given_up(sandbox, browser, run_tasks):
    setup = begin(browser)
    CardSetup.objects.update(created_at=clock.now() - timedelta(hours=25))

    tasks.look_up_card_setups.func()
    run_tasks()

    setup.refresh_from_db()
    told = sandbox.stripe("GET", f"/setup_intents/{setup.stripe_id}")
    assert (setup.status, told["status"]) == ("canceled", "canceled")
    assert browser.get(setup.get_absolute_url()).headers["Location"] == CARDS
    assert hear(sandbox, "setup_intent.canceled") == 204
    assert begin(browser) != setup


def test_a_card_typed_in_the_last_moment_is_kept_and_not_given_up(
    sandbox, browser, run_tasks
):
    setup = begin(browser)
    type_card(sandbox, setup)
    CardSetup.objects.update(created_at=clock.now() - timedelta(hours=25))

    actions.look_up_card_setup(setup_id=setup.pk, now=clock.now())

    assert KeptCard.objects.exists()


def test_of_two_tasks_in_one_moment_the_slower_one_keeps_nothing(
    sandbox, browser, monkeypatch
):
    setup = begin(browser)
    type_card(sandbox, setup)
    retrieve = stripe.retrieve_setup

    def slowly(*about, **how):
        told = retrieve(*about, **how)
        monkeypatch.undo()
        actions.look_up_card_setup(setup_id=setup.pk, now=clock.now())
        KeptCard.objects.all().delete()
        return told

    monkeypatch.setattr(stripe, "retrieve_setup", slowly)
    actions.look_up_card_setup(setup_id=setup.pk, now=clock.now())

    assert not KeptCard.objects.exists()


def test_while_stripe_is_away_nothing_is_promised_and_the_wish_is_kept(
    sandbox, browser
):
    begin(browser)
    CardSetup.objects.update(stripe_id=None, client_secret="")
    sandbox.faults.plan(PlannedCallFault(CallFault.BROKEN))

    answer = browser.post(reverse("payments:add_card"), follow=True)

    assert "No card can be added just now" in answer.content.decode()
    setup = CardSetup.objects.get()
    assert browser.get(setup.get_absolute_url()).headers["Location"] == CARDS
    # A task goes on where the page could not.
    actions.look_up_card_setup(setup_id=setup.pk, now=clock.now())
    setup.refresh_from_db()
    assert setup.stripe_id


def test_news_of_a_setup_that_is_not_ours_yet_is_tried_again(sandbox, browser):
    setup = begin(browser)
    type_card(sandbox, setup)
    CardSetup.objects.update(stripe_id=None)
    assert hear(sandbox) == 409

    CardSetup.objects.update(stripe_id=setup.stripe_id)

    assert hear(sandbox) == 204


def test_the_page_allows_stripes_form_and_nobody_elses_setup_is_there(
    sandbox, browser, as_user, settings
):
    settings.SANDBOX = True
    page = begin(browser).get_absolute_url()

    answer = browser.get(page)

    assert "https://js.stripe.com" in answer.headers["Content-Security-Policy"]
    assert "/sandbox/stripe/pay/seti_" in answer.content.decode()
    assert as_user(a_user()).get(page).status_code == 404
    settings.SANDBOX = False
    assert "/sandbox/stripe/pay/" not in browser.get(page).content.decode()


def test_who_adds_cards_without_end_is_stopped(sandbox, browser, settings):
    cache = {"BACKEND": "gigstream.core.cache.DatabaseCache"}
    settings.CACHES = settings.CACHES | {"default": cache}
    settings.RATELIMIT_ENABLE = True

    codes = {browser.post(reverse("payments:add_card")).status_code for _ in range(12)}

    assert codes == {302, 429}
    assert len(sandbox.stripe("GET", "/setup_intents")["data"]) == 1


def test_a_setup_whose_buyer_has_left_is_nobodys(sandbox, browser, buyer, run_tasks):
    setup = begin(browser)
    actions.forget_customer(user_id=buyer.pk)

    actions.look_up_card_setup(setup_id=setup.pk, now=clock.now())

    assert not CardSetup.objects.exists()
