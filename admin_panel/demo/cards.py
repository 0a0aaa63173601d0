"""Charges the cards of demo people, at the sandbox."""

from datetime import datetime

import requests
from django.conf import settings

import payments.actions
from payments.models import Payment

CARD = "pm_card_visa"


def charge(payment: Payment, now: datetime) -> None:
    """Charge a test card as the buyer would, on a day that is past.

    The sandbox is told to lose the webhook, which would come today: we ask instead.
    """
    payment = payments.actions.open_intent(payment_id=payment.pk)
    lose = {"fault": "lose", "kind": "payment_intent.succeeded"}
    requests.post(
        f"{settings.SANDBOX_URL}/stripe/faults/webhook", data=lose, timeout=10
    ).raise_for_status()
    requests.post(
        f"{settings.STRIPE_API_BASE}/v1/payment_intents/{payment.intent_id}/confirm",
        data={"payment_method": CARD},
        auth=(settings.STRIPE_SECRET_KEY, ""),
        timeout=10,
    ).raise_for_status()
    payments.actions.look_up(payment_id=payment.pk, now=now)
