"""Cards that buyers keep: only if they say so, and theirs alone."""

from datetime import date

import pytest
from django.urls import reverse

import payments.actions
from gigstream.core import clock
from gigstream.sandbox.stripe.faults import CallFault, PlannedCallFault
from gigstream.services import stripe
from orders import actions
from orders.status import OrderStatus
from payments.models import Customer, KeptCard
from tests.accounts.codes import prove
from tests.factories import NOON, a_kept_card, a_user, an_order
from tests.payments.webhooks import an_order_to_pay, post_event

pytestmark = pytest.mark.django_db


def note(sandbox, payment):
    """Let what the buyer did at Stripe arrive, and be followed up."""
    post_event(sandbox, sandbox.events("payment_intent.succeeded")[-1])
    payments.actions.note_charge(intent_id=payment.intent_id, now=clock.now())


def kept_by(sandbox, buyer, card="pm_card_visa"):
    """An order paid with a card that is kept on the way."""
    order, payment = an_order_to_pay(buyer=buyer)
    payments.actions.keep_card(payment_id=payment.pk, actor=buyer)
    sandbox.confirm(payment.intent_id, card)
    if sandbox.stripe("GET", f"/payment_intents/{payment.intent_id}")["status"] == (
        "requires_action"
    ):
        sandbox.authenticate(payment.intent_id)
    note(sandbox, payment)
    return KeptCard.objects.order_by("pk").last()


def pay(browser, payment, card):
    prove(browser)
    return browser.post(
        reverse("orders:pay_with_card", args=[payment.order_id, payment.pk]),
        {"card": str(card.pk)},
    )


def test_a_card_is_kept_once_it_has_paid_and_only_if_the_buyer_says_so(sandbox):
    buyer = a_user()
    _, payment = an_order_to_pay(buyer=buyer)
    sandbox.confirm(payment.intent_id)
    note(sandbox, payment)
    assert not KeptCard.objects.exists()

    card = kept_by(sandbox, buyer)

    assert (str(card), card.expires[:2], card.customer.user) == (
        "Visa •••• 4242",
        "12",
        buyer,
    )
    again = kept_by(sandbox, buyer)
    assert KeptCard.objects.get() == again
    assert Customer.objects.count() == 1
    assert len(sandbox.stripe("GET", "/customers")["data"]) == 1


def test_the_next_order_is_paid_with_one_click_and_begins_at_once(sandbox, as_user):
    buyer = a_user()
    card = kept_by(sandbox, buyer)
    order, payment = an_order_to_pay(buyer=buyer)
    page = as_user(buyer).get(reverse("orders:pay", args=[order.pk]))
    assert "Visa •••• 4242" in page.content.decode()

    answer = pay(as_user(buyer), payment, card)

    order.refresh_from_db()
    assert answer.headers["Location"] == f"{order.get_absolute_url()}?returned=1"
    assert order.status == OrderStatus.IN_PROGRESS


def test_a_kept_card_pays_only_after_a_login_of_just_now(sandbox, as_user):
    buyer = a_user()
    card = kept_by(sandbox, buyer)
    order, payment = an_order_to_pay(buyer=buyer)
    page = reverse("orders:pay", args=[order.pk])

    asked = as_user(buyer).post(
        reverse("orders:pay_with_card", args=[order.pk, payment.pk]),
        {"card": str(card.pk)},
    )

    order.refresh_from_db()
    assert asked.url == f"/accounts/reauthenticate/?next={page}"
    assert order.status == OrderStatus.PENDING


def test_a_bank_that_asks_gets_its_answer_on_its_own_page(sandbox, as_user):
    buyer = a_user()
    card = kept_by(sandbox, buyer, "pm_card_authenticationRequired")
    order, payment = an_order_to_pay(buyer=buyer)

    answer = pay(as_user(buyer), payment, card)

    assert f"/sandbox/stripe/3ds/{payment.intent_id}" in answer.headers["Location"]
    order.refresh_from_db()
    assert order.status == OrderStatus.PENDING


def test_nobody_pays_with_the_card_of_another(sandbox, as_user):
    theirs = kept_by(sandbox, a_user())
    buyer = a_user()
    mine = a_kept_card(buyer, stripe_id="pm_unknown")
    order, payment = an_order_to_pay(buyer=buyer)

    refused = pay(as_user(buyer), payment, theirs)
    assert refused.headers["Location"] == reverse("orders:pay", args=[order.pk])
    # Not by their name for it at Stripe, either: it is forgotten as unknown.
    KeptCard.objects.filter(pk=mine.pk).update(stripe_id="pm_other")
    pay(as_user(buyer), payment, mine)
    with pytest.raises(stripe.StripeRefused):
        stripe.pay_with_card(
            intent_id=payment.intent_id,
            customer=Customer.objects.get(user=theirs.customer.user).stripe_id,
            card="pm_nobody",
            return_url="http://testserver/",
        )

    order.refresh_from_db()
    assert order.status == OrderStatus.PENDING
    assert list(KeptCard.objects.all()) == [theirs]


@pytest.mark.parametrize("typed", ["", "x", "00000000-0000-0000-0000-000000000000"])
def test_what_is_no_card_is_refused_with_a_sentence(as_user, typed, sandbox):
    order, payment = an_order_to_pay()
    browser = as_user(order.buyer)
    prove(browser)

    answer = browser.post(
        reverse("orders:pay_with_card", args=[payment.order_id, payment.pk]),
        {"card": typed},
    )

    assert answer.headers["Location"] == reverse("orders:pay", args=[order.pk])


def test_without_an_answer_the_order_is_shown_and_looked_up_later(sandbox, as_user):
    buyer = a_user()
    card = kept_by(sandbox, buyer)
    order, payment = an_order_to_pay(buyer=buyer)
    sandbox.faults.plan(PlannedCallFault(CallFault.BROKEN))

    answer = pay(as_user(buyer), payment, card)

    assert answer.headers["Location"].endswith("?returned=1")


def test_keeping_needs_a_payment_that_is_still_to_be_made(sandbox, as_user):
    order, payment = an_order_to_pay()
    keep = reverse("orders:keep_card", args=[order.pk, payment.pk])
    browser = as_user(order.buyer)

    assert browser.post(keep).status_code == 204
    sandbox.faults.plan(PlannedCallFault(CallFault.BUSY))
    assert browser.post(keep).status_code == 503
    sandbox.confirm(payment.intent_id)
    note(sandbox, payment)
    assert browser.post(keep).status_code == 409


def test_a_card_that_is_removed_pays_no_more_here_or_at_stripe(
    sandbox, as_user, run_tasks
):
    buyer = a_user()
    card = kept_by(sandbox, buyer)
    page = reverse("payments:settings_cards")
    assert "Visa •••• 4242" in as_user(buyer).get(page).content.decode()

    as_user(buyer).post(reverse("payments:remove_card", args=[card.pk]))
    run_tasks()

    assert "Visa" not in as_user(buyer).get(page).content.decode()
    [method] = sandbox.stripe("GET", "/payment_methods")["data"]
    assert method["customer"] is None


def test_who_leaves_takes_their_cards_along(sandbox, run_tasks):
    buyer = a_user()
    kept_by(sandbox, buyer)

    payments.actions.forget_customer(user_id=buyer.pk)
    run_tasks()

    assert not KeptCard.objects.exists()
    assert sandbox.stripe("GET", "/customers")["data"] == []


def test_an_expired_card_is_not_offered():
    buyer = a_user()
    a_kept_card(buyer, exp_year=2026, exp_month=2)
    fits = a_kept_card(buyer, exp_year=2026, exp_month=3)

    assert list(KeptCard.objects.usable(on=date(2026, 3, 31))) == [fits]


def test_an_extra_is_paid_with_a_kept_card(sandbox, as_user):
    buyer = a_user()
    card = kept_by(sandbox, buyer)
    order = an_order(status=OrderStatus.IN_PROGRESS, buyer=buyer)
    extra = actions.request_extra_payment(
        order, extra_id=order.pk, price=30_00, now=NOON
    )
    page = reverse("orders:pay_part", args=[order.pk, extra.pk])

    assert "Visa •••• 4242" in as_user(buyer).get(page).content.decode()
    answer = pay(as_user(buyer), extra, card)

    extra.refresh_from_db()
    assert (answer.headers["Location"], extra.status) == (
        f"{page}?returned=1",
        "succeeded",
    )
