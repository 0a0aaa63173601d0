"""What news is about, as data: kept when it is told, and put into words for whoever reads it.

Text and whole numbers are kept as they are. Everything that people read in different ways
is kept as {"its sort": …} and said in the reader's language, by their clock.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, TypeAlias

from django.utils import formats
from django.utils.timezone import localtime
from django.utils.translation import pgettext

from accounts.models import Report
from gigstream.core import money
from orders.models import CustomOffer, Dispute, Proposal, Statement
from orders.timeline import offer
from orders.wording import said_offer
from payments.status import PayoutStatus

Value: TypeAlias = str | int | dict[str, Any]

CHOICES = {
    "dispute": Dispute.Status,
    "dispute_reason": Dispute.Reason,
    "offer": CustomOffer.Status,
    "proposal": Proposal.Status,
    "reported": Report.Target,
}
PROPOSED = ("kind", "title", "price", "days", "revisions", "refund")
OFFERED = ("offer", "refund", "days")


def amount(minor: int, currency: str) -> Value:
    return {"amount": [minor, currency]}


def day(at: datetime | None) -> Value:
    return {"day": at.isoformat()} if at else ""


def moment(at: datetime | None) -> Value:
    return {"moment": at.isoformat()} if at else ""


def choice(of: str, value: str) -> Value:
    """The label of one of `CHOICES`."""
    return {"choice": [of, value]}


def payout(status: str) -> Value:
    """Where the money of a withdrawal is, as a sentence."""
    return {"payout": status}


def proposed(proposal: Proposal, currency: str) -> Value:
    """What a proposal comes to."""
    terms = {name: getattr(proposal, name) for name in PROPOSED}
    due = proposal.due_at.isoformat() if proposal.due_at else None
    return {"proposed": [terms | {"due_at": due}, currency]}


def offered(statement: Statement, currency: str) -> Value:
    """What somebody offers in a dispute."""
    return {"offered": [{name: getattr(statement, name) for name in OFFERED}, currency]}


def said(value: Value) -> str | int:
    """The words for a value."""
    if not isinstance(value, Mapping):
        return value
    ((sort, data),) = value.items()
    return SORTS[sort](data)


def _amount(data: list[Any]) -> str:
    minor, currency = data
    return money.shown(minor, currency)


def _day(data: str) -> str:
    return formats.date_format(_local(data), pgettext("day, as a date format", "j F Y"))


def _moment(data: str) -> str:
    return formats.date_format(
        _local(data), pgettext("moment, as a date format", "D j M, H:i")
    )


def _local(data: str) -> datetime:
    return localtime(datetime.fromisoformat(data))


def _choice(data: list[str]) -> str:
    of, value = data
    return str(CHOICES[of](value).label)


def _proposed(data: list[Any]) -> str:
    terms, currency = data
    due = terms["due_at"] and datetime.fromisoformat(terms["due_at"])
    return offer(Proposal(**{**terms, "due_at": due}), currency)


def _offered(data: list[Any]) -> str:
    terms, currency = data
    return said_offer(Statement(**terms), currency)


SORTS: dict[str, Callable[[Any], str]] = {
    "amount": _amount,
    "day": _day,
    "moment": _moment,
    "choice": _choice,
    "payout": lambda data: str(PayoutStatus(data).sentence),
    "proposed": _proposed,
    "offered": _offered,
}
