"""The deal as it is frozen on an order: what is bought, what it costs, by which rules."""

import hashlib
import json
from dataclasses import dataclass
from typing import Any

from gigs.models import GigRequirement
from gigs.pricing import Deal
from gigstream.core.models import Policy
from orders.actions.files import StoredFile


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """What a package and its extras cost today. Amounts in minor units."""

    price: int
    fee: int
    commission: int
    currency: str

    @property
    def total(self) -> int:
        return self.price + self.fee


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the buyer says to one of the seller's questions."""

    question: GigRequirement
    text: str = ""
    file: StoredFile | None = None


def quote(chosen: Deal, policy: Policy) -> Quote:
    return Quote(
        price=chosen.price,
        fee=policy.service_fee(chosen.price),
        commission=policy.commission(chosen.price),
        currency=chosen.package.gig.currency,
    )


def terms_of(
    chosen: Deal, cost: Quote, policy: Policy, answers: list[Answer]
) -> dict[str, Any]:
    """The deal in words and numbers that never change again."""
    package = chosen.package
    return {
        "gig": package.gig.title,
        "package": {
            "tier": package.tier,
            "name": package.name,
            "description": package.description,
            "features": package.features,
            "delivery_days": package.delivery_days,
            "revisions": package.revisions,
        },
        "extras": [
            {
                "name": extra.name,
                "price": extra.price,
                "days": extra.days,
                "revisions": extra.revisions,
            }
            for extra in chosen.extras
        ],
        "answers": agreed(answers),
        "money": {
            "price": cost.price,
            "fee": cost.fee,
            "total": cost.total,
            "commission": cost.commission,
            "currency": cost.currency,
        },
        "policy": policy.model_dump(),
    }


def agreed(answers: list[Answer]) -> list[dict[str, str]]:
    """What the buyer said, as it is frozen; a file is named by its fingerprint."""
    return [
        {
            "question": answer.question.question,
            "answer": answer.file.sha256 if answer.file else answer.text,
        }
        for answer in answers
    ]


def fingerprint(terms: dict[str, Any]) -> str:
    """SHA-256 over the terms as canonical JSON: keys sorted, no spaces, UTF-8."""
    text = json.dumps(terms, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()
