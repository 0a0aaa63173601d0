"""Posting Stripe's events as Stripe does, and orders whose payment the sandbox knows."""

from django.test import Client

import payments.actions
from tests.factories import an_order

PATH = "/api/webhooks/stripe"


def post_event(sandbox, event, **headers):
    body, signature = sandbox.signed(event)
    headers = {"HTTP_STRIPE_SIGNATURE": signature, **headers}
    return Client().post(PATH, body, content_type="application/json", **headers)


def an_order_to_pay(**fields):
    """An order with a payment whose intent is open at the sandbox."""
    order = an_order(**fields)
    payment = payments.actions.open_intent(payment_id=order.payments.get().pk)
    return order, payment


def a_paid_order(sandbox, card="pm_card_visa"):
    """An order whose card was charged at the sandbox, and the event that will say so."""
    order, payment = an_order_to_pay()
    sandbox.confirm(payment.intent_id, card)
    return order, payment, sandbox.events("payment_intent.succeeded")[-1]
