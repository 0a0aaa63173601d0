"""Buyers as Stripe knows them, and the cards that they keep there."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from gigstream.services.stripe.connection import REQUEST_TIMEOUT, speaking
from gigstream.services.stripe.intents import Intent, read_intent


def open_customer(
    *, customer_id: UUID, email: str, name: str, timeout: float = REQUEST_TIMEOUT
) -> str:
    """Open an account for a buyer, and return its id; again is the same one."""
    with speaking(timeout) as client:
        customer = client.v1.customers.create(
            {"email": email, "name": name, "metadata": {"customer": str(customer_id)}},
            {"idempotency_key": f"customer:{customer_id}"},
        )
    return customer.id


def close_customer(stripe_id: str, *, timeout: float = REQUEST_TIMEOUT) -> None:
    """Have Stripe forget a buyer and their cards; what was paid stays."""
    with speaking(timeout) as client:
        client.v1.customers.delete(stripe_id)


def keep_card(
    *, intent_id: str, customer: str, timeout: float = REQUEST_TIMEOUT
) -> None:
    """Let the card that pays an intent be kept for its buyer, who will be there each time."""
    with speaking(timeout) as client:
        client.v1.payment_intents.update(
            intent_id, {"customer": customer, "setup_future_usage": "on_session"}
        )


def pay_with_card(
    *,
    intent_id: str,
    customer: str,
    card: str,
    return_url: str,
    timeout: float = REQUEST_TIMEOUT,
) -> tuple[Intent, str]:
    """Pay an intent with a card that its buyer keeps.

    With it comes where the buyer's bank asks whether it is them, or nothing. Raises
    `StripeRefused` where the bank declines.
    """
    with speaking(timeout) as client:
        client.v1.payment_intents.update(intent_id, {"customer": customer})
        intent = client.v1.payment_intents.confirm(
            intent_id,
            {"payment_method": card, "return_url": return_url, "off_session": False},
        )
    raw = intent.to_dict()
    return read_intent(raw), _challenge_of(raw)


def forget_card(card: str, *, timeout: float = REQUEST_TIMEOUT) -> None:
    """Take a card from its buyer at Stripe, for good."""
    with speaking(timeout) as client:
        client.v1.payment_methods.detach(card)


def _challenge_of(raw: Mapping[str, Any]) -> str:
    action = raw.get("next_action") or {}
    return (action.get("redirect_to_url") or {}).get("url") or ""
