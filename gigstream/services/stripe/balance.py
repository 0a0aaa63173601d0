"""Our own account at Stripe."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from gigstream.services.stripe.connection import TASK_TIMEOUT, speaking


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


def balance_lines(*, timeout: float = TASK_TIMEOUT) -> Iterator[BalanceLine]:
    """Every line of our account at Stripe, the newest first."""
    with speaking(timeout) as client:
        page = client.v1.balance_transactions.list(
            {"limit": 100, "expand": ["data.source"]}
        )
        for line in page.auto_paging_iter():
            yield _balance_line(line.to_dict())


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
