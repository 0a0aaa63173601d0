"""SetupIntents: cards that buyers want kept without paying anything."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from gigstream.services.stripe.connection import (
    REQUEST_TIMEOUT,
    Metadata,
    StripeRefused,
    speaking,
)
from gigstream.services.stripe.intents import named


@dataclass(frozen=True, slots=True, kw_only=True)
class Setup:
    """A SetupIntent. Its card's details are known only when it was looked up.

    What is absent is an empty string, or zero.
    """

    id: str
    client_secret: str
    status: str
    metadata: Metadata
    failure_message: str
    kept_for: str
    """The customer for whom the card is kept."""
    card_id: str
    card_brand: str
    card_last4: str
    card_fingerprint: str
    card_expires: tuple[int, int]
    """Year and month."""


def open_setup(
    *, setup_id: UUID, customer: str, timeout: float = REQUEST_TIMEOUT
) -> Setup:
    """Open the intent on which a buyer types the card; again is the same intent."""
    with speaking(timeout) as client:
        setup = client.v1.setup_intents.create(
            {
                "customer": customer,
                "usage": "on_session",
                "automatic_payment_methods": {"enabled": True},
                "metadata": {"setup": str(setup_id)},
            },
            {"idempotency_key": f"setup:{setup_id}"},
        )
    return read_setup(setup.to_dict())


def retrieve_setup(stripe_id: str, *, timeout: float = REQUEST_TIMEOUT) -> Setup:
    """Look it up, with the card that it keeps."""
    with speaking(timeout) as client:
        setup = client.v1.setup_intents.retrieve(
            stripe_id, {"expand": ["payment_method"]}
        )
    return read_setup(setup.to_dict())


def cancel_setup(stripe_id: str, *, timeout: float = REQUEST_TIMEOUT) -> Setup:
    """Cancel it; one that ended before is returned as it is: look at its status."""
    try:
        with speaking(timeout) as client:
            client.v1.setup_intents.cancel(stripe_id)
    except StripeRefused as refusal:
        if refusal.code != "setup_intent_unexpected_state":
            raise
    return retrieve_setup(stripe_id, timeout=timeout)


def read_setup(raw: Mapping[str, Any]) -> Setup:
    failure = raw.get("last_setup_error") or {}
    method = raw.get("payment_method") or ""
    card = {} if isinstance(method, str) else method.get("card") or {}
    return Setup(
        id=raw["id"],
        client_secret=raw.get("client_secret") or "",
        status=raw["status"],
        metadata=raw.get("metadata") or {},
        failure_message=failure.get("message") or "",
        kept_for=named(raw.get("customer")),
        card_id=named(method),
        card_brand=card.get("brand") or "",
        card_last4=card.get("last4") or "",
        card_fingerprint=card.get("fingerprint") or "",
        card_expires=(card.get("exp_year") or 0, card.get("exp_month") or 0),
    )
