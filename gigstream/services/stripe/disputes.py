"""Payments that buyers contest at their bank."""

import io
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from gigstream.services.stripe.connection import REQUEST_TIMEOUT, speaking


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


def retrieve_dispute(dispute_id: str, *, timeout: float = REQUEST_TIMEOUT) -> Dispute:
    """Look a dispute up by Stripe's id."""
    with speaking(timeout) as client:
        dispute = client.v1.disputes.retrieve(
            dispute_id, {"expand": ["balance_transactions"]}
        )
    return read_dispute(dispute.to_dict())


def upload_evidence(
    content: bytes, *, name: str, timeout: float = REQUEST_TIMEOUT
) -> str:
    """Give Stripe a PDF for an answer to a dispute, and return the file's id.

    Whoever uploads it again has another file; what no answer names is of no effect.
    """
    file = io.BytesIO(content)
    file.name = name
    with speaking(timeout) as client:
        uploaded = client.v1.files.create({"purpose": "dispute_evidence", "file": file})
    return uploaded.id


def answer_dispute(
    dispute_id: str, *, evidence: Mapping[str, str], timeout: float = REQUEST_TIMEOUT
) -> Dispute:
    """Send our side of the story to the bank; it can be sent once."""
    with speaking(timeout) as client:
        dispute = client.v1.disputes.update(
            dispute_id,
            {"evidence": dict(evidence), "submit": True},  # type: ignore[arg-type]
            {"idempotency_key": f"evidence:{dispute_id}"},
        )
    return read_dispute(dispute.to_dict())


def read_dispute(raw: Mapping[str, Any]) -> Dispute:
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
