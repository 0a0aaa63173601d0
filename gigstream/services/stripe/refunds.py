"""Money on its way back to buyers."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from gigstream.services.stripe.connection import REQUEST_TIMEOUT, speaking


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


def refund_intent(
    *, refund_id: UUID, intent_id: str, amount: int, timeout: float = REQUEST_TIMEOUT
) -> Refund:
    """Send a part or all of a payment back.

    Calling again with the same refund returns the same refund.
    """
    with speaking(timeout) as client:
        refund = client.v1.refunds.create(
            {
                "payment_intent": intent_id,
                "amount": amount,
                "metadata": {"refund": str(refund_id)},
            },
            {"idempotency_key": f"refund:{refund_id}"},
        )
    return read_refund(refund.to_dict())


def retrieve_refund(stripe_id: str, *, timeout: float = REQUEST_TIMEOUT) -> Refund:
    """Look a refund up by Stripe's id."""
    with speaking(timeout) as client:
        refund = client.v1.refunds.retrieve(stripe_id)
    return read_refund(refund.to_dict())


def find_refund(
    *, refund_id: UUID, intent_id: str, timeout: float = REQUEST_TIMEOUT
) -> Refund | None:
    """Look for a refund of ours of which we do not know whether it came about."""
    with speaking(timeout) as client:
        page = client.v1.refunds.list({"payment_intent": intent_id, "limit": 100})
        refunds = [read_refund(refund.to_dict()) for refund in page.auto_paging_iter()]
    return next(
        (r for r in refunds if r.metadata.get("refund") == str(refund_id)), None
    )


def read_refund(raw: Mapping[str, Any]) -> Refund:
    return Refund(
        id=raw["id"],
        status=raw.get("status") or "",
        amount=raw["amount"],
        currency=raw["currency"].lower(),
        intent_id=raw.get("payment_intent") or "",
        metadata=raw.get("metadata") or {},
        failure_reason=raw.get("failure_reason") or "",
    )
