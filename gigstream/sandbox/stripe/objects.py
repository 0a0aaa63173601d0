"""The shapes of Stripe's objects. A name with `_` in front stays inside the sandbox."""

import hashlib
import secrets
from dataclasses import replace
from typing import Any

from gigstream.core import clock
from gigstream.core.money import written
from gigstream.sandbox.stripe.cards import (
    CARDS,
    DECLINES,
    Card,
    decline_code,
    full_year,
)
from gigstream.sandbox.stripe.errors import public

Object = dict[str, Any]

API_VERSION = "2025-03-31.basil"


def timestamp() -> int:
    return int(clock.now().timestamp())


def new(kind: str, prefix: str, **details: Any) -> Object:
    """What every object has in common."""
    return {
        "id": f"{prefix}_{secrets.token_hex(12)}",
        "object": kind,
        "created": timestamp(),
        "livemode": False,
        "metadata": {},
        **details,
    }


def payment_intent(*, amount: int, currency: str, **details: Any) -> Object:
    intent = new(
        "payment_intent",
        "pi",
        amount=amount,
        amount_received=0,
        amount_capturable=0,
        automatic_payment_methods={"enabled": True, "allow_redirects": "always"},
        canceled_at=None,
        cancellation_reason=None,
        capture_method="automatic_async",
        confirmation_method="automatic",
        currency=currency,
        customer=None,
        last_payment_error=None,
        latest_charge=None,
        next_action=None,
        payment_method=None,
        payment_method_types=["card"],
        setup_future_usage=None,
        status="requires_payment_method",
    )
    return {
        **intent,
        "client_secret": f"{intent['id']}_secret_{secrets.token_hex(12)}",
        **details,
    }


def setup_intent(**details: Any) -> Object:
    """A card that is to be kept without a payment."""
    setup = new(
        "setup_intent",
        "seti",
        automatic_payment_methods={"enabled": True, "allow_redirects": "always"},
        cancellation_reason=None,
        last_setup_error=None,
        next_action=None,
        payment_method=None,
        payment_method_types=["card"],
        status="requires_payment_method",
    )
    return {
        **setup,
        "client_secret": f"{setup['id']}_secret_{secrets.token_hex(12)}",
        **details,
    }


def challenge(intent: Object, public_url: str, return_url: str) -> Object:
    """The `next_action` that leads to the page of the buyer's bank."""
    page = f"{public_url}/stripe/3ds/{intent['id']}"
    url = f"{page}?client_secret={intent['client_secret']}"
    return {
        "type": "redirect_to_url",
        "redirect_to_url": {"url": url, "return_url": return_url or None},
    }


def customer(**details: Any) -> Object:
    return new("customer", "cus", currency=None, delinquent=False, **details)


def payment_method(card: Card, fields: dict[str, str]) -> Object:
    return new(
        "payment_method",
        "pm",
        type="card",
        customer=None,
        billing_details={"address": None, "email": None, "name": None, "phone": None},
        card={
            "brand": card.brand,
            "last4": card.number[-4:],
            "exp_month": int(fields.get("exp_month", 12)),
            "exp_year": full_year(int(fields.get("exp_year", clock.now().year + 3))),
            "funding": "credit",
            "country": "US",
            "fingerprint": hashlib.sha256(card.number.encode()).hexdigest()[:16],
        },
        _number=card.number,
    )


def card_of(method: Object) -> Card:
    return CARDS[method["_number"]]


def charge(intent: Object, method: Object) -> Object:
    """One try to take the money of an intent, not decided yet."""
    return new(
        "charge",
        "ch",
        amount=intent["amount"],
        amount_captured=0,
        amount_refunded=0,
        balance_transaction=None,
        billing_details=method["billing_details"],
        captured=False,
        currency=intent["currency"],
        description=intent.get("description"),
        disputed=False,
        failure_code=None,
        failure_message=None,
        metadata=intent["metadata"],
        paid=False,
        payment_intent=intent["id"],
        payment_method=method["id"],
        payment_method_details={"type": "card", "card": method["card"]},
        refunded=False,
        status="pending",
    )


def refusal(method: Object) -> Object:
    """How a bank declines a card."""
    card = card_of(method)
    if not card.decline:  # A good card, whose bank is told to decline.
        card = replace(card, decline="generic_decline")
    return {
        "type": "card_error",
        "code": decline_code(card),
        "decline_code": card.decline,
        "message": DECLINES[card.decline],
        "payment_method": public(method),
    }


def decline(charge: Object, method: Object) -> Object:
    """The `last_payment_error` of a charge that the bank declined."""
    return {**refusal(method), "charge": charge["id"]}


def needs_buyer(method: Object) -> Object:
    """The `last_payment_error` of a card whose buyer must be there, and is not."""
    return {
        "type": "card_error",
        "code": "authentication_required",
        "decline_code": "authentication_required",
        "message": "Your card was declined. This transaction requires authentication.",
        "payment_method": public(method),
    }


def failed_challenge(method: Object, kind: str) -> Object:
    """The error on an intent of this kind whose buyer did not pass 3-D Secure."""
    return {
        "type": "card_error",
        "code": f"{kind}_authentication_failure",
        "message": "We are unable to authenticate your payment method. "
        "Please choose a different payment method and try again.",
        "payment_method": public(method),
    }


def refund(charge: Object, *, amount: int, **details: Any) -> Object:
    return new(
        "refund",
        "re",
        amount=amount,
        balance_transaction=None,
        charge=charge["id"],
        currency=charge["currency"],
        failure_reason=None,
        payment_intent=charge["payment_intent"],
        status="succeeded",
        **details,
    )


def dispute(charge: Object, *, amount: int, due_by: int) -> Object:
    return new(
        "dispute",
        "du",
        amount=amount,
        balance_transactions=[],
        charge=charge["id"],
        currency=charge["currency"],
        evidence={},
        evidence_details={
            "due_by": due_by,
            "has_evidence": False,
            "past_due": False,
            "submission_count": 0,
        },
        is_charge_refundable=True,
        payment_intent=charge["payment_intent"],
        reason="product_not_received",
        status="needs_response",
    )


def account(
    *, email: str | None, country: str, due: list[str], **details: Any
) -> Object:
    return new(
        "account",
        "acct",
        type="express",
        email=email,
        country=country,
        default_currency="usd",
        charges_enabled=False,
        payouts_enabled=False,
        details_submitted=False,
        requirements={"currently_due": due, "disabled_reason": "requirements.past_due"},
        external_accounts={"object": "list", "data": []},
        **details,
    )


def bank_account(account: str, number: str) -> Object:
    return new(
        "bank_account",
        "ba",
        account=account,
        bank_name="STRIPE TEST BANK",
        country="US",
        currency="usd",
        last4=number[-4:],
        status="new",
    )


def transfer(*, amount: int, currency: str, **details: Any) -> Object:
    return new(
        "transfer",
        "tr",
        amount=amount,
        amount_reversed=0,
        balance_transaction=None,
        currency=currency,
        description=None,
        reversed=False,
        **details,
    )


def reversal(transfer: Object, *, amount: int) -> Object:
    return new(
        "transfer_reversal",
        "trr",
        amount=amount,
        balance_transaction=None,
        currency=transfer["currency"],
        transfer=transfer["id"],
    )


def payout(account: Object, *, amount: int, currency: str, **details: Any) -> Object:
    return new(
        "payout",
        "po",
        amount=amount,
        arrival_date=timestamp(),
        currency=currency,
        destination=account["external_accounts"]["data"][0]["id"],
        failure_code=None,
        failure_message=None,
        method="standard",
        status="in_transit",
        type="bank_account",
        _account=account["id"],
        **details,
    )


def balance_transaction(
    kind: str, source: Object, *, amount: int, fee: int = 0
) -> Object:
    return new(
        "balance_transaction",
        "txn",
        amount=amount,
        available_on=timestamp(),
        currency=source["currency"],
        exchange_rate=None,
        fee=fee,
        fee_details=[_fee(fee, source["currency"])] if fee else [],
        net=amount - fee,
        reporting_category=kind,
        source=source["id"],
        status="available",
        type=kind,
    )


def processing_fee(amount: int) -> int:
    """2.9 % and 30 cents, rounded half up."""
    return (amount * 29 + 500) // 1000 + 30


def money(amount: int, currency: str) -> str:
    return written(amount, currency)


def event(kind: str, about: Object) -> Object:
    owner = about["id"] if about["object"] == "account" else about.get("_account")
    return new(
        "event",
        "evt",
        **({"account": owner} if owner else {}),
        api_version=API_VERSION,
        data={"object": public(about)},
        pending_webhooks=1,
        request={"id": None, "idempotency_key": None},
        type=kind,
    )


def _fee(amount: int, currency: str) -> Object:
    return {
        "amount": amount,
        "currency": currency,
        "description": "Stripe processing fees",
        "type": "stripe_fee",
    }
