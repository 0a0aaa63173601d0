"""A marketplace in another currency, and one whose currency has no cents."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse

import payments.actions
from gigstream.core import clock, money
from gigstream.core.models import PlatformSetting, Policy
from orders import actions
from orders.models import Order
from payments.models import AccountKind as Kind
from payments.models import Payout, Refund
from tests.accounts.codes import prove
from tests.factories import (
    NOON,
    a_finance,
    a_gig,
    a_payout_method,
    a_seller,
    a_seller_with,
    a_stored_file,
    a_user,
    an_order,
)
from tests.payments.webhooks import post_event

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("amount", "currency", "text"),
    [
        (1126_50, "usd", "1126.50"),
        (-5, "usd", "-0.05"),
        (0, "usd", "0.00"),
        (-1500, "jpy", "-1500"),
        (10**18 + 1, "usd", "10000000000000000.01"),
    ],
)
def test_programs_read_amounts_in_which_nothing_is_rounded(amount, currency, text):
    assert money.exact(amount, currency) == text


def test_yen_are_whole_from_the_gig_to_the_refund(sandbox, as_user, run_tasks):
    gig = a_gig(currency="jpy", packages=("basic",))
    gig.packages.update(price=12_340)
    order = an_order(gig=gig)
    assert (order.currency, order.price, order.fee) == ("jpy", 12_340, 1_234)

    payment = payments.actions.open_intent(payment_id=order.payments.get().pk)
    sandbox.confirm(payment.intent_id)
    post_event(sandbox, sandbox.events("payment_intent.succeeded")[-1])
    run_tasks()

    assert payments.actions.balance(Kind.ESCROW, order.pk, "jpy") == 12_340
    page = as_user(order.buyer).get(order.get_absolute_url()).content.decode()
    assert "¥13,574" in page

    finance = as_user(a_finance())
    prove(finance)
    path = f"/admin/orders/order/{order.pk}/refund/"
    said = {"most": "12340", "reason": "So."}
    assert finance.post(path, {**said, "price": "99.50"}).status_code == 422
    assert finance.post(path, {**said, "price": "1,000"}).status_code == 302
    run_tasks()
    refund = Refund.objects.get()
    assert (refund.price, refund.fee, refund.status) == (1_000, 100, "succeeded")


def test_a_seller_types_prices_in_yen(as_user):
    gig = a_gig(currency="jpy", packages=(), status="draft", published_at=None)
    page = reverse("gigs:edit_step", args=[gig.slug, "packages"])
    browser = as_user(gig.seller)
    assert "Price in yen" in browser.get(page).content.decode()
    said = {
        "basic-name": "One",
        "basic-description": "One of them.",
        "basic-delivery_days": "3",
        "extras-TOTAL_FORMS": "0",
        "extras-INITIAL_FORMS": "0",
    }

    refused = browser.post(page, {**said, "basic-price": "12340.50"})
    browser.post(page, {**said, "basic-price": "12,340"})

    assert refused.status_code == 422
    assert gig.packages.get().price == 12_340


def test_a_gig_is_sold_in_its_own_currency_whatever_the_rules_say_later():
    gig = a_gig()
    rules = Policy(currency="eur").model_dump()
    PlatformSetting.objects.create(version=1, values=rules)

    order = an_order(gig=gig)

    assert Order.objects.get(pk=order.pk).currency == "usd"


def test_what_was_earned_in_an_earlier_currency_stays_in_a_wallet_of_its_own(as_user):
    seller = a_seller_with(100_00)
    rules = Policy(currency="eur").model_dump()
    PlatformSetting.objects.create(version=1, values=rules)
    shop = as_user(seller)
    prove(shop)

    assert "$100.00" in shop.get("/wallet/").content.decode()
    assert "100.00,USD" in b"".join(shop.get("/wallet/statement.csv")).decode()
    with clock.frozen(NOON + timedelta(days=8)):
        said = {"key": str(uuid4()), "amount": "100", "step": "confirm"}
        assert shop.post("/wallet/withdraw/", said).status_code == 302
    payout = Payout.objects.get()
    assert (payout.amount, payout.currency) == (100_00, "usd")


def test_who_earned_in_two_currencies_has_two_wallets(as_user):
    seller = a_seller_with(100_00)
    gig = a_gig(seller=seller, currency="eur", packages=("basic",))
    an_order(status="completed", gig=gig)
    rules = Policy(currency="eur").model_dump()
    PlatformSetting.objects.create(version=1, values=rules)
    shop = as_user(seller)
    prove(shop)

    usual = shop.get("/wallet/").content.decode()
    other = shop.get("/wallet/?currency=usd").content.decode()
    form = shop.get("/wallet/withdraw/?currency=usd").content.decode()

    assert "€100.00" in usual
    assert 'href="?currency=usd"' in usual
    assert "€" not in other
    assert "?currency=usd" in other
    assert "All $100.00" in form
    assert shop.get("/wallet/?currency=xyz").status_code == 200


def test_every_page_of_a_purchase_in_yen_speaks_of_yen_alone(
    sandbox, as_user, run_tasks
):
    rules = Policy(currency="jpy", payout_minimum=1).model_dump()
    PlatformSetting.objects.create(version=1, values=rules)
    seller = a_seller()
    gig = a_gig(seller=seller, currency="jpy", packages=("basic",))
    gig.packages.update(price=12_340)
    gig.starting_price = 12_340
    gig.save()
    buyer = a_user()
    shopper, shop = as_user(buyer), as_user(seller)
    pages = [shopper.get(gig.get_absolute_url())]

    checkout = reverse("orders:checkout", args=[gig.slug])
    form = shopper.get(checkout)
    pages.append(form)
    said = {"checkout_key": str(uuid4()), "quoted_total": "13574"}
    paying = shopper.post(f"{checkout}?package=basic", said).headers["Location"]
    pages.append(shopper.get(paying))
    order = Order.objects.get()
    payment = order.payments.get()
    asked = sandbox.confirm(payment.intent_id)
    assert (asked["amount"], asked["currency"]) == (13_574, "jpy")
    post_event(sandbox, sandbox.events("payment_intent.succeeded")[-1])
    deliver(order)
    actions.accept(order_id=order.pk, actor=buyer, now=clock.now())
    lot = order.earnings.get()
    payments.actions.clear(earning_id=lot.pk, now=lot.clears_at)
    a_payout_method(seller)
    payments.actions.request_payout(
        user_id=seller.pk, amount=None, key=uuid4(), now=clock.now()
    )
    run_tasks()
    prove(shop)
    pages += [shopper.get(f"/orders/{order.pk}/{part}") for part in ("", "tip/")]
    mine = ["wallet/", "wallet/withdraw/", "dashboard/", "orders/", "sell/gigs/"]
    pages += [shop.get(f"/{path}") for path in [*mine, f"orders/{order.pk}/"]]
    pages.append(shop.get("/wallet/statement.csv"))

    for page in pages:
        assert page.status_code == 200, page.request["PATH_INFO"]
        text = b"".join(page).decode()
        dollars = re.findall(r"[^>]{0,60}\$\s?[0-9][^<]{0,30}", text)
        assert not dollars, (page.request["PATH_INFO"], dollars)
        assert not re.search(r"12,?340\.00|123\.40|13,?574\.00|135\.74", text)
    assert "¥12,340" in b"".join(pages[0]).decode()


def deliver(order):
    actions.deliver(
        order_id=order.pk,
        actor=order.seller,
        message="Here.",
        files=[a_stored_file()],
        now=clock.now(),
    )
