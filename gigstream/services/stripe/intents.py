"""PaymentIntents: the sums that buyers are asked for."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from gigstream.services.stripe.connection import (
    REQUEST_TIMEOUT,
    StripeRefused,
    speaking,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Intent:
    """A PaymentIntent, reduced to what we act on. Amounts are minor units.

    The card's details, and Stripe's fee with the name of its balance transaction, are
    known only when the intent was looked up, not when it came with an event. What is
    absent is an empty string, or zero.
    """

    id: str
    client_secret: str
    status: str
    amount: int
    amount_received: int
    currency: str
    livemode: bool
    metadata: Mapping[str, str]
    charge_id: str
    fee_id: str
    fee: int
    card_brand: str
    card_last4: str
    failure_code: str
    failure_message: str
    card_id: str = ""
    card_fingerprint: str = ""
    card_expires: tuple[int, int] = (0, 0)
    """Year and month."""
    kept_for: str = ""
    """The customer for whom the card is kept; empty if it is not."""


def open_intent(
    *,
    order_id: UUID,
    payment_id: UUID,
    amount: int,
    currency: str,
    attempt: int,
    description: str,
    timeout: float = REQUEST_TIMEOUT,
) -> Intent:
    """Open the intent on which the buyer pays.

    Calling again with the same payment and attempt returns the same intent.
    """
    with speaking(timeout) as client:
        intent = client.v1.payment_intents.create(
            {
                "amount": amount,
                "currency": currency.lower(),
                "description": description,
                "automatic_payment_methods": {"enabled": True},
                "metadata": {"order": str(order_id), "payment": str(payment_id)},
            },
            {"idempotency_key": f"pi:{payment_id}:{attempt}"},
        )
    return read_intent(intent.to_dict())


def retrieve_intent(intent_id: str, *, timeout: float = REQUEST_TIMEOUT) -> Intent:
    """Look an intent up, with the card that paid it."""
    with speaking(timeout) as client:
        intent = client.v1.payment_intents.retrieve(
            intent_id, {"expand": ["latest_charge.balance_transaction"]}
        )
    return read_intent(intent.to_dict())


def cancel_intent(intent_id: str, *, timeout: float = REQUEST_TIMEOUT) -> Intent:
    """Cancel an intent, so that nobody can pay it any more.

    One that was paid or cancelled before is returned as it is: look at its status.
    """
    try:
        with speaking(timeout) as client:
            intent = client.v1.payment_intents.cancel(intent_id)
    except StripeRefused as refusal:
        if refusal.code != "payment_intent_unexpected_state":
            raise
        return retrieve_intent(intent_id, timeout=timeout)
    return read_intent(intent.to_dict())


def read_intent(raw: Mapping[str, Any]) -> Intent:
    failure = raw.get("last_payment_error") or {}
    charge = raw.get("latest_charge") or ""
    charge_id, card, fee = (
        (charge, {}, {})
        if isinstance(charge, str)
        else (charge["id"], _card(charge), _fee(charge))
    )
    return Intent(
        id=raw["id"],
        client_secret=raw.get("client_secret") or "",
        status=raw["status"],
        amount=raw["amount"],
        amount_received=raw.get("amount_received") or 0,
        currency=raw["currency"].lower(),
        livemode=raw["livemode"],
        metadata=raw.get("metadata") or {},
        charge_id=charge_id,
        fee_id=fee.get("id") or "",
        fee=fee.get("fee") or 0,
        card_brand=card.get("brand") or "",
        card_last4=card.get("last4") or "",
        failure_code=failure.get("decline_code") or failure.get("code") or "",
        failure_message=failure.get("message") or "",
        card_id=named(raw.get("payment_method")),
        card_fingerprint=card.get("fingerprint") or "",
        card_expires=(card.get("exp_year") or 0, card.get("exp_month") or 0),
        kept_for=named(raw.get("customer")) if raw.get("setup_future_usage") else "",
    )


def named(value: Any) -> str:
    """The id of an object that was named, or told whole."""
    return value if isinstance(value, str) else (value or {}).get("id") or ""


def _card(charge: Mapping[str, Any]) -> Mapping[str, Any]:
    details = charge.get("payment_method_details") or {}
    return details.get("card") or {}


def _fee(charge: Mapping[str, Any]) -> Mapping[str, Any]:
    """The balance transaction of a charge; Stripe makes it a moment after the capture."""
    entry = charge.get("balance_transaction") or {}
    return entry if isinstance(entry, Mapping) else {}
