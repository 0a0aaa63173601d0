"""The ledger as a whole: what it can hold and record, and what that comes to."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Count, Sum
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from payments.models import AccountKind, LedgerAccount, LedgerEntry, LedgerTransaction

POSTINGS: dict[str, Promise] = {
    "E1": _("A payment was captured"),
    "E1b": _("Stripe's fee for it is known"),
    "E1c": _("Money came that fits no order"),
    "E1d": _("It goes back"),
    "E2": _("An order was completed"),
    "E3": _("Earnings cleared"),
    "E4": _("A withdrawal was asked for"),
    "E5": _("A withdrawal was paid"),
    "E6": _("A withdrawal failed or was cancelled"),
    "E6b": _("A withdrawal came back"),
    "E7": _("Refund before completion, of all"),
    "E8": _("Refund before completion, of a part"),
    "E9": _("Refund of earnings that have not cleared"),
    "E10": _("Refund of earnings that have cleared"),
    "E10b": _("A refund succeeded or failed"),
    "E10c": _("A buyer was paid another way"),
    "E11": _("A bank took contested money"),
    "E12": _("A bank gave contested money back"),
    "E13": _("A bank keeps contested money"),
    "E14": _("A tip was captured"),
    "E15": _("A correction that two agreed on"),
    "E16": _("Money that a bank gave back late went to whom two agreed on"),
    "E17": _("Two explained a line of Stripe's"),
}
"""Every kind of posting; docs/money.md has their legs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """What all accounts of one kind hold in one currency, in their natural sign."""

    kind: str
    currency: str
    total: int
    count: int


def holdings() -> Iterator[Holding]:
    """Adds up the whole ledger, so it is nothing for a page: each reconciliation keeps it."""
    kept = LedgerAccount.objects.filter(balance__isnull=False)
    for row in kept.values("kind", "currency").annotate(
        total=Sum("balance"), count=Count("pk")
    ):
        yield Holding(**row)
    legs = LedgerEntry.objects.filter(account__balance__isnull=True)
    for kind, currency, total in legs.values_list(
        "account__kind", "account__currency"
    ).annotate(Sum("amount")):
        sign = 1 if AccountKind(kind).grows_by_debit else -1
        yield Holding(kind=kind, currency=currency, total=sign * total, count=1)


def postings() -> dict[str, int]:
    """How often each kind was posted; it counts the whole ledger, too."""
    kinds = LedgerTransaction.objects.order_by().values_list("kind")
    return dict(kinds.annotate(Count("pk")))
