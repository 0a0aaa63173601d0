"""A marketplace in another currency, and one whose currency has no cents."""

import pytest

import payments.actions
from gigstream.core.models import PlatformSetting, Policy
from orders.models import Order
from payments.models import AccountKind as Kind
from payments.models import Refund
from tests.accounts.codes import prove
from tests.factories import a_finance, a_gig, an_order
from tests.payments.webhooks import post_event

pytestmark = pytest.mark.django_db


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


def test_a_gig_is_sold_in_its_own_currency_whatever_the_rules_say_later():
    gig = a_gig()
    rules = Policy(currency="eur").model_dump()
    PlatformSetting.objects.create(version=1, values=rules)

    order = an_order(gig=gig)

    assert Order.objects.get(pk=order.pk).currency == "usd"
