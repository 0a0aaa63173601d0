"""What Stripe tells by webhook."""

import json
import math
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

import stripe
from django.conf import settings

from gigstream.services.stripe.connect import (
    Account,
    Payout,
    Transfer,
    read_account,
    read_payout,
    read_transfer,
)
from gigstream.services.stripe.disputes import Dispute, read_dispute
from gigstream.services.stripe.intents import Intent, read_intent
from gigstream.services.stripe.refunds import Refund, read_refund
from gigstream.services.stripe.setups import Setup, read_setup

SIGNATURE_TOLERANCE = 300
LONGEST_EVENT_ID = 100


class UntrustedEvent(Exception):
    """The event does not carry Stripe's signature, or is no event at all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One piece of news from Stripe whose signature has been checked."""

    id: str
    kind: str
    livemode: bool
    created_at: datetime
    body: dict[str, Any] = field(repr=False)


def read_event(*, payload: bytes, signature: str) -> Event:
    """Parse a webhook body, or raise `UntrustedEvent`.

    While the secret is being rotated, the old one and the new one are good.
    """
    if not any(
        _is_signed(payload, signature, s) for s in settings.STRIPE_WEBHOOK_SECRETS
    ):
        raise UntrustedEvent("The signature does not fit.")
    try:
        return _event(_storable(json.loads(payload)))
    except (
        ValueError,
        TypeError,
        KeyError,
        OverflowError,
        OSError,
        RecursionError,
    ) as error:
        raise UntrustedEvent("This is not an event.") from error


def intent_of(event: Event) -> Intent:
    """The intent that a `payment_intent.*` event is about, as it was at that moment."""
    return read_intent(event.body["data"]["object"])


def refund_of(event: Event) -> Refund:
    """The refund that a `refund.*` event is about, as it was at that moment."""
    return read_refund(event.body["data"]["object"])


def setup_of(event: Event) -> Setup:
    """The setup that a `setup_intent.*` event is about, as it was at that moment."""
    return read_setup(event.body["data"]["object"])


def charged_intent_of(event: Event) -> str:
    """The intent whose charge a `charge.*` event is about."""
    intent_id: str = event.body["data"]["object"].get("payment_intent") or ""
    return intent_id


def dispute_of(event: Event) -> Dispute:
    """The dispute that a `charge.dispute.*` event is about, as it was at that moment.

    Only the events about funds move funds; the others may be early or late with it.
    """
    told = read_dispute(event.body["data"]["object"])
    reinstated = event.kind == "charge.dispute.funds_reinstated"
    withdrawn = reinstated or event.kind == "charge.dispute.funds_withdrawn"
    return replace(told, withdrawn=withdrawn, reinstated=reinstated)


def account_of(event: Event) -> Account:
    """The account that an `account.updated` event is about."""
    return read_account(event.body["data"]["object"])


def transfer_of(event: Event) -> Transfer:
    """The transfer that a `transfer.*` event is about."""
    return read_transfer(event.body["data"]["object"])


def payout_of(event: Event) -> Payout:
    """The payout that a `payout.*` event is about, as it was at that moment."""
    return read_payout(event.body["data"]["object"])


def _is_signed(payload: bytes, signature: str, secret: str) -> bool:
    try:
        stripe.WebhookSignature.verify_header(
            payload, signature, secret, SIGNATURE_TOLERANCE
        )
    except (stripe.SignatureVerificationError, ValueError, TypeError):
        # Bytes that are no UTF-8, and headers that are no ASCII, raise by themselves.
        return False
    return True


def _storable(value: Any) -> Any:
    """The same JSON without what databases refuse: NUL, and halves of characters.

    Somebody may have typed those into a form of Stripe's, so they are left out and
    the event is kept. Numbers that are none are no JSON at all.
    """
    if isinstance(value, str):
        return value.replace("\x00", "").encode(errors="replace").decode()
    if isinstance(value, dict):
        return {_storable(name): _storable(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_storable(each) for each in value]
    if isinstance(value, float) and not math.isfinite(value):
        raise ValueError("Not a number.")
    return value


def _event(body: dict[str, Any]) -> Event:
    if not isinstance(body["data"]["object"], dict):
        raise TypeError("An event is about an object.")
    if not isinstance(body["id"], str) or len(body["id"]) > LONGEST_EVENT_ID:
        raise TypeError("An event has a short name.")
    return Event(
        id=body["id"],
        kind=str(body["type"]),
        livemode=bool(body["livemode"]),
        created_at=datetime.fromtimestamp(body["created"], UTC),
        body=body,
    )
