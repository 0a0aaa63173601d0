"""Stripe, as far as GigStream needs it. The only module that imports its SDK."""

import json
import math
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import stripe
from django.conf import settings

REQUEST_TIMEOUT = 3
"""Seconds that a call may take while a person waits for a page."""

TASK_TIMEOUT = 10
"""Seconds that one try may take in a background task, which has two more."""

SIGNATURE_TOLERANCE = 300
LONGEST_EVENT_ID = 100


class StripeFailure(Exception):
    """Stripe did not do what we asked."""


class StripeUnavailable(StripeFailure):
    """Stripe could not be reached, or not now; whether it acted is not known."""


class StripeRefused(StripeFailure):
    """Stripe understood and declined; the same call will be declined again."""

    def __init__(self, message: str, *, code: str = "") -> None:
        super().__init__(message)
        self.code = code


class UntrustedEvent(Exception):
    """The event does not carry Stripe's signature, or is no event at all."""


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Refund:
    """Money on its way back to a buyer. The amount is in minor units."""

    id: str
    status: str
    amount: int
    currency: str
    intent_id: str
    metadata: Mapping[str, str]
    failure_reason: str


Metadata = Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """A seller's account at Stripe: how far it is, and the bank behind it."""

    id: str
    details_submitted: bool
    payouts_enabled: bool
    missing: tuple[str, ...]
    bank_name: str
    last4: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Transfer:
    """Money of ours on its way to a seller's account at Stripe, or back."""

    id: str
    amount: int
    reversed: bool
    metadata: Metadata


@dataclass(frozen=True, slots=True, kw_only=True)
class Payout:
    """Money on its way from a seller's account at Stripe to their bank."""

    id: str
    status: str
    amount: int
    metadata: Metadata
    failure: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BalanceLine:
    """One line of our own account at Stripe.

    `source` names what it is about: a charge, a refund, a dispute; of a transfer that came
    back, the transfer. `intent_id` is the payment behind it, where there is one.
    """

    id: str
    kind: str
    amount: int
    fee: int
    currency: str
    source: str
    intent_id: str
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Dispute:
    """A payment that its buyer contests at their bank. Amounts are minor units.

    `withdrawn` and `reinstated` tell whether its balance transactions say so; the fee is
    what Stripe asks for the trouble.
    """

    id: str
    status: str
    amount: int
    currency: str
    reason: str
    intent_id: str
    opened_at: datetime
    answer_by: datetime | None
    withdrawn: bool
    reinstated: bool
    stripe_fee: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One piece of news from Stripe whose signature has been checked."""

    id: str
    kind: str
    livemode: bool
    created_at: datetime
    body: dict[str, Any] = field(repr=False)


def is_livemode() -> bool:
    """Tell whether our key moves real money."""
    key: str = settings.STRIPE_SECRET_KEY
    return key.startswith(("sk_live_", "rk_live_"))


# --- Payments -----------------------------------------------------------------


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
    with _speaking(timeout) as client:
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
    return _intent(intent.to_dict())


def retrieve_intent(intent_id: str, *, timeout: float = REQUEST_TIMEOUT) -> Intent:
    """Look an intent up, with the card that paid it."""
    with _speaking(timeout) as client:
        intent = client.v1.payment_intents.retrieve(
            intent_id, {"expand": ["latest_charge.balance_transaction"]}
        )
    return _intent(intent.to_dict())


def cancel_intent(intent_id: str, *, timeout: float = REQUEST_TIMEOUT) -> Intent:
    """Cancel an intent, so that nobody can pay it any more.

    One that was paid or cancelled before is returned as it is: look at its status.
    """
    try:
        with _speaking(timeout) as client:
            intent = client.v1.payment_intents.cancel(intent_id)
    except StripeRefused as refusal:
        if refusal.code != "payment_intent_unexpected_state":
            raise
        return retrieve_intent(intent_id, timeout=timeout)
    return _intent(intent.to_dict())


# --- Refunds ------------------------------------------------------------------


def refund_intent(
    *, refund_id: UUID, intent_id: str, amount: int, timeout: float = REQUEST_TIMEOUT
) -> Refund:
    """Send a part or all of a payment back.

    Calling again with the same refund returns the same refund.
    """
    with _speaking(timeout) as client:
        refund = client.v1.refunds.create(
            {
                "payment_intent": intent_id,
                "amount": amount,
                "metadata": {"refund": str(refund_id)},
            },
            {"idempotency_key": f"refund:{refund_id}"},
        )
    return _refund(refund.to_dict())


def retrieve_refund(stripe_id: str, *, timeout: float = REQUEST_TIMEOUT) -> Refund:
    """Look a refund up by Stripe's id."""
    with _speaking(timeout) as client:
        refund = client.v1.refunds.retrieve(stripe_id)
    return _refund(refund.to_dict())


def find_refund(
    *, refund_id: UUID, intent_id: str, timeout: float = REQUEST_TIMEOUT
) -> Refund | None:
    """Look for a refund of ours of which we do not know whether it came about."""
    with _speaking(timeout) as client:
        page = client.v1.refunds.list({"payment_intent": intent_id, "limit": 100})
        refunds = [_refund(refund.to_dict()) for refund in page.auto_paging_iter()]
    return next(
        (r for r in refunds if r.metadata.get("refund") == str(refund_id)), None
    )


# --- Disputes -----------------------------------------------------------------


def retrieve_dispute(dispute_id: str, *, timeout: float = REQUEST_TIMEOUT) -> Dispute:
    """Look a dispute up by Stripe's id."""
    with _speaking(timeout) as client:
        dispute = client.v1.disputes.retrieve(
            dispute_id, {"expand": ["balance_transactions"]}
        )
    return _dispute(dispute.to_dict())


def answer_dispute(
    dispute_id: str, *, evidence: Mapping[str, str], timeout: float = REQUEST_TIMEOUT
) -> Dispute:
    """Send our side of the story to the bank; it can be sent once."""
    with _speaking(timeout) as client:
        dispute = client.v1.disputes.update(
            dispute_id,
            {"evidence": dict(evidence), "submit": True},  # type: ignore[arg-type]
            {"idempotency_key": f"evidence:{dispute_id}"},
        )
    return _dispute(dispute.to_dict())


# --- Sellers' accounts, and money to them --------------------------------------


def open_account(
    *, method_id: UUID, email: str, country: str, timeout: float = REQUEST_TIMEOUT
) -> str:
    """Open an Express account for a seller, and return its id; again is the same one.

    It pays out only when we say so, so that each withdrawal is one payout.
    """
    with _speaking(timeout) as client:
        account = client.v1.accounts.create(
            {
                "type": "express",
                "email": email,
                **({"country": country} if country else {}),
                "capabilities": {"transfers": {"requested": True}},
                "settings": {"payouts": {"schedule": {"interval": "manual"}}},
                "metadata": {"method": str(method_id)},
            },
            {"idempotency_key": f"account:{method_id}"},
        )
    return account.id


def onboarding_url(
    *, account_id: str, return_url: str, timeout: float = REQUEST_TIMEOUT
) -> str:
    """The page of Stripe's on which a seller says who they are; good for one visit."""
    with _speaking(timeout) as client:
        link = client.v1.account_links.create(
            {
                "account": account_id,
                "refresh_url": return_url,
                "return_url": return_url,
                "type": "account_onboarding",
            }
        )
    return link.url


def retrieve_account(account_id: str, *, timeout: float = REQUEST_TIMEOUT) -> Account:
    with _speaking(timeout) as client:
        account = client.v1.accounts.retrieve(account_id)
    return _account(account.to_dict())


def transfer(
    *,
    payout_id: UUID,
    account_id: str,
    amount: int,
    currency: str,
    timeout: float = REQUEST_TIMEOUT,
) -> Transfer:
    """Move money from our account to a seller's; again is the same transfer."""
    with _speaking(timeout) as client:
        moved = client.v1.transfers.create(
            {
                "amount": amount,
                "currency": currency.lower(),
                "destination": account_id,
                "transfer_group": f"payout:{payout_id}",
                "metadata": {"payout": str(payout_id)},
            },
            {"idempotency_key": f"transfer:{payout_id}"},
        )
    return _transfer(moved.to_dict())


def find_transfer(
    *, payout_id: UUID, timeout: float = REQUEST_TIMEOUT
) -> Transfer | None:
    """Look for a transfer of ours of which we do not know whether it came about."""
    with _speaking(timeout) as client:
        page = client.v1.transfers.list({"transfer_group": f"payout:{payout_id}"})
    return next((_transfer(each.to_dict()) for each in page.data), None)


def reverse_transfer(
    *, payout_id: UUID, transfer_id: str, timeout: float = REQUEST_TIMEOUT
) -> bool:
    """Fetch a transfer back, whole; True if the money is with us again, now or before."""
    with _speaking(timeout) as client:
        told = _transfer(client.v1.transfers.retrieve(transfer_id).to_dict())
        if not told.reversed:
            client.v1.transfers.reversals.create(
                transfer_id, {}, {"idempotency_key": f"reversal:{payout_id}"}
            )
            told = _transfer(client.v1.transfers.retrieve(transfer_id).to_dict())
    return told.reversed


def pay_out(
    *,
    payout_id: UUID,
    account_id: str,
    amount: int,
    currency: str,
    timeout: float = REQUEST_TIMEOUT,
) -> Payout:
    """Send money from a seller's account at Stripe to their bank; again is the same payout."""
    with _speaking(timeout) as client:
        payout = client.v1.payouts.create(
            {
                "amount": amount,
                "currency": currency.lower(),
                "metadata": {"payout": str(payout_id)},
            },
            {"idempotency_key": f"payout:{payout_id}", "stripe_account": account_id},
        )
    return _payout(payout.to_dict())


def retrieve_payout(
    stripe_id: str, *, account_id: str, timeout: float = REQUEST_TIMEOUT
) -> Payout:
    with _speaking(timeout) as client:
        payout = client.v1.payouts.retrieve(
            stripe_id, {}, {"stripe_account": account_id}
        )
    return _payout(payout.to_dict())


def find_payout(
    *, payout_id: UUID, account_id: str, timeout: float = REQUEST_TIMEOUT
) -> Payout | None:
    """Look for a payout of ours of which we do not know whether it came about."""
    with _speaking(timeout) as client:
        page = client.v1.payouts.list({"limit": 100}, {"stripe_account": account_id})
        payouts = [_payout(each.to_dict()) for each in page.auto_paging_iter()]
    return next(
        (each for each in payouts if each.metadata.get("payout") == str(payout_id)),
        None,
    )


# --- Our own account ------------------------------------------------------------


def balance_lines(*, timeout: float = TASK_TIMEOUT) -> Iterator[BalanceLine]:
    """Every line of our account at Stripe, the newest first."""
    with _speaking(timeout) as client:
        page = client.v1.balance_transactions.list(
            {"limit": 100, "expand": ["data.source"]}
        )
        for line in page.auto_paging_iter():
            yield _balance_line(line.to_dict())


# --- Events -------------------------------------------------------------------


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
    return _intent(event.body["data"]["object"])


def refund_of(event: Event) -> Refund:
    """The refund that a `refund.*` event is about, as it was at that moment."""
    return _refund(event.body["data"]["object"])


def charged_intent_of(event: Event) -> str:
    """The intent whose charge a `charge.*` event is about."""
    intent_id: str = event.body["data"]["object"].get("payment_intent") or ""
    return intent_id


def dispute_of(event: Event) -> Dispute:
    """The dispute that a `charge.dispute.*` event is about, as it was at that moment.

    Only the events about funds move funds; the others may be early or late with it.
    """
    told = _dispute(event.body["data"]["object"])
    reinstated = event.kind == "charge.dispute.funds_reinstated"
    withdrawn = reinstated or event.kind == "charge.dispute.funds_withdrawn"
    return replace(told, withdrawn=withdrawn, reinstated=reinstated)


def account_of(event: Event) -> Account:
    """The account that an `account.updated` event is about."""
    return _account(event.body["data"]["object"])


def transfer_of(event: Event) -> Transfer:
    """The transfer that a `transfer.*` event is about."""
    return _transfer(event.body["data"]["object"])


def payout_of(event: Event) -> Payout:
    """The payout that a `payout.*` event is about, as it was at that moment."""
    return _payout(event.body["data"]["object"])


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


# --- From Stripe's shapes to ours ---------------------------------------------


def _intent(raw: Mapping[str, Any]) -> Intent:
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
    )


def _card(charge: Mapping[str, Any]) -> Mapping[str, Any]:
    details = charge.get("payment_method_details") or {}
    return details.get("card") or {}


def _fee(charge: Mapping[str, Any]) -> Mapping[str, Any]:
    """The balance transaction of a charge; Stripe makes it a moment after the capture."""
    entry = charge.get("balance_transaction") or {}
    return entry if isinstance(entry, Mapping) else {}


def _refund(raw: Mapping[str, Any]) -> Refund:
    return Refund(
        id=raw["id"],
        status=raw.get("status") or "",
        amount=raw["amount"],
        currency=raw["currency"].lower(),
        intent_id=raw.get("payment_intent") or "",
        metadata=raw.get("metadata") or {},
        failure_reason=raw.get("failure_reason") or "",
    )


def _dispute(raw: Mapping[str, Any]) -> Dispute:
    moves = [each for each in raw.get("balance_transactions") or [] if each]
    due = (raw.get("evidence_details") or {}).get("due_by")
    return Dispute(
        id=raw["id"],
        status=raw["status"],
        amount=raw["amount"],
        currency=raw["currency"].lower(),
        reason=raw.get("reason") or "",
        intent_id=raw.get("payment_intent") or "",
        opened_at=datetime.fromtimestamp(raw["created"], UTC),
        answer_by=datetime.fromtimestamp(due, UTC) if due else None,
        withdrawn=any(move["amount"] < 0 for move in moves),
        reinstated=any(move["amount"] > 0 for move in moves),
        stripe_fee=sum(move["fee"] for move in moves if move["amount"] < 0),
    )


def _account(raw: Mapping[str, Any]) -> Account:
    requirements = raw.get("requirements") or {}
    banks = (raw.get("external_accounts") or {}).get("data") or [{}]
    return Account(
        id=raw["id"],
        details_submitted=bool(raw.get("details_submitted")),
        payouts_enabled=bool(raw.get("payouts_enabled")),
        missing=tuple(requirements.get("currently_due") or ()),
        bank_name=banks[0].get("bank_name") or "",
        last4=banks[0].get("last4") or "",
    )


def _transfer(raw: Mapping[str, Any]) -> Transfer:
    return Transfer(
        id=raw["id"],
        amount=raw["amount"],
        reversed=bool(raw.get("reversed")),
        metadata=raw.get("metadata") or {},
    )


def _payout(raw: Mapping[str, Any]) -> Payout:
    return Payout(
        id=raw["id"],
        status=raw.get("status") or "",
        amount=raw["amount"],
        metadata=raw.get("metadata") or {},
        failure=raw.get("failure_message") or raw.get("failure_code") or "",
    )


def _balance_line(raw: Mapping[str, Any]) -> BalanceLine:
    source = raw.get("source") or {}
    about = {"id": source} if isinstance(source, str) else source
    return BalanceLine(
        id=raw["id"],
        kind=raw.get("type") or "",
        amount=raw["amount"],
        fee=raw.get("fee") or 0,
        currency=raw["currency"].lower(),
        source=about.get("transfer") or about.get("id") or "",
        intent_id=about.get("payment_intent") or "",
        created_at=datetime.fromtimestamp(raw["created"], UTC),
    )


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


# --- The connection -----------------------------------------------------------


@contextmanager
def _speaking(timeout: float) -> Iterator[stripe.StripeClient]:
    """Yield a client for one conversation, and translate its errors."""
    # Connecting and waiting share the time; requests would grant it to each.
    http = stripe.RequestsClient(timeout=(timeout / 3, timeout * 2 / 3))
    try:
        yield stripe.StripeClient(
            settings.STRIPE_SECRET_KEY,
            base_addresses={"api": settings.STRIPE_API_BASE},
            http_client=http,
            max_network_retries=2 if timeout >= TASK_TIMEOUT else 0,
        )
    except (
        stripe.InvalidRequestError,
        stripe.CardError,
        stripe.IdempotencyError,
    ) as error:
        message = error.user_message or "Stripe declined."
        raise StripeRefused(message, code=error.code or "") from error
    except stripe.StripeError as error:
        raise StripeUnavailable(error.user_message or type(error).__name__) from error
    finally:
        http.close()  # type: ignore[no-untyped-call]
