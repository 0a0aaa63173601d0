"""Sellers' accounts at Stripe, and money to them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from gigstream.services.stripe.connection import REQUEST_TIMEOUT, Metadata, speaking


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


def open_account(
    *, method_id: UUID, email: str, country: str, timeout: float = REQUEST_TIMEOUT
) -> str:
    """Open an Express account for a seller, and return its id; again is the same one.

    It pays out only when we say so, so that each withdrawal is one payout.
    """
    with speaking(timeout) as client:
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
    with speaking(timeout) as client:
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
    with speaking(timeout) as client:
        account = client.v1.accounts.retrieve(account_id)
    return read_account(account.to_dict())


def transfer(
    *,
    payout_id: UUID,
    account_id: str,
    amount: int,
    currency: str,
    timeout: float = REQUEST_TIMEOUT,
) -> Transfer:
    """Move money from our account to a seller's; again is the same transfer."""
    with speaking(timeout) as client:
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
    return read_transfer(moved.to_dict())


def find_transfer(
    *, payout_id: UUID, timeout: float = REQUEST_TIMEOUT
) -> Transfer | None:
    """Look for a transfer of ours of which we do not know whether it came about."""
    with speaking(timeout) as client:
        page = client.v1.transfers.list({"transfer_group": f"payout:{payout_id}"})
    return next((read_transfer(each.to_dict()) for each in page.data), None)


def reverse_transfer(
    *, payout_id: UUID, transfer_id: str, timeout: float = REQUEST_TIMEOUT
) -> bool:
    """Fetch a transfer back, whole; True if the money is with us again, now or before."""
    with speaking(timeout) as client:
        told = read_transfer(client.v1.transfers.retrieve(transfer_id).to_dict())
        if not told.reversed:
            client.v1.transfers.reversals.create(
                transfer_id, {}, {"idempotency_key": f"reversal:{payout_id}"}
            )
            told = read_transfer(client.v1.transfers.retrieve(transfer_id).to_dict())
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
    with speaking(timeout) as client:
        payout = client.v1.payouts.create(
            {
                "amount": amount,
                "currency": currency.lower(),
                "metadata": {"payout": str(payout_id)},
            },
            {"idempotency_key": f"payout:{payout_id}", "stripe_account": account_id},
        )
    return read_payout(payout.to_dict())


def retrieve_payout(
    stripe_id: str, *, account_id: str, timeout: float = REQUEST_TIMEOUT
) -> Payout:
    with speaking(timeout) as client:
        payout = client.v1.payouts.retrieve(
            stripe_id, {}, {"stripe_account": account_id}
        )
    return read_payout(payout.to_dict())


def find_payout(
    *, payout_id: UUID, account_id: str, timeout: float = REQUEST_TIMEOUT
) -> Payout | None:
    """Look for a payout of ours of which we do not know whether it came about."""
    with speaking(timeout) as client:
        page = client.v1.payouts.list({"limit": 100}, {"stripe_account": account_id})
        payouts = [read_payout(each.to_dict()) for each in page.auto_paging_iter()]
    return next(
        (each for each in payouts if each.metadata.get("payout") == str(payout_id)),
        None,
    )


def read_account(raw: Mapping[str, Any]) -> Account:
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


def read_transfer(raw: Mapping[str, Any]) -> Transfer:
    return Transfer(
        id=raw["id"],
        amount=raw["amount"],
        reversed=bool(raw.get("reversed")),
        metadata=raw.get("metadata") or {},
    )


def read_payout(raw: Mapping[str, Any]) -> Payout:
    return Payout(
        id=raw["id"],
        status=raw.get("status") or "",
        amount=raw["amount"],
        metadata=raw.get("metadata") or {},
        failure=raw.get("failure_message") or raw.get("failure_code") or "",
    )
