"""A seller's statement: each entry on one of their accounts, with the balance after it."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import models
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from gigstream.core import money
from gigstream.core.csv import Row
from gigstream.core.dates import dated
from gigstream.core.pdf import new_paper
from payments.models import AccountKind, LedgerEntry
from payments.models.ledger import subject_code

PAGE = 25
MOST_ON_PAPER = 2000


class Account(models.TextChoices):
    """What a seller knows their three accounts by."""

    AVAILABLE = "available", gettext_lazy("Available")
    PENDING = "pending", gettext_lazy("Pending")
    OWED = "owed", gettext_lazy("Owed")

    @property
    def kind(self) -> AccountKind:
        return KINDS[self]


KINDS = {
    Account.AVAILABLE: AccountKind.SELLER_AVAILABLE,
    Account.PENDING: AccountKind.SELLER_PENDING,
    Account.OWED: AccountKind.SELLER_RECEIVABLE,
}


class Group(models.TextChoices):
    """Kinds of postings that belong together for a seller."""

    EARNINGS = "earnings", gettext_lazy("Earnings")
    WITHDRAWALS = "withdrawals", gettext_lazy("Withdrawals")
    REFUNDS = "refunds", gettext_lazy("Refunds and chargebacks")


GROUPS = {
    Group.EARNINGS: ["E2", "E3", "E14"],
    Group.WITHDRAWALS: ["E4", "E6", "E6b"],
    Group.REFUNDS: ["E9", "E10", "E11", "E12", "E15", "E16"],
}
WORDS: dict[str, Promise] = {
    "E2": gettext_lazy("Order completed"),
    "E3": gettext_lazy("Earnings cleared"),
    "E4": gettext_lazy("Withdrawal"),
    "E6": gettext_lazy("Withdrawal not sent, money back"),
    "E6b": gettext_lazy("Withdrawal sent back by the bank"),
    "E7": gettext_lazy("Refund to the buyer"),
    "E8": gettext_lazy("Refund to the buyer"),
    "E9": gettext_lazy("Refund to the buyer"),
    "E10": gettext_lazy("Refund to the buyer"),
    "E11": gettext_lazy("Chargeback"),
    "E12": gettext_lazy("Chargeback won, money back"),
    "E14": gettext_lazy("Tip"),
    "E15": gettext_lazy("Adjustment by GigStream"),
    "E16": gettext_lazy("Chargeback, money back after all"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What somebody wants to see of their statement."""

    account: Account = Account.AVAILABLE
    group: Group | None = None
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One entry as its seller reads it; amounts in the account's natural sign."""

    at: datetime
    words: str
    about: str
    path: str
    amount: int
    balance: int | None
    currency: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Some lines, the newest first, and the key from which older ones follow."""

    lines: Sequence[Line]
    older: UUID | None
    is_first: bool


def page(
    seller: User,
    wish: Wish,
    *,
    currency: str,
    before: UUID | None = None,
    size: int = 0,
) -> Page:
    """Lines older than `before`, or the newest; one query however long the statement is."""
    entries, size = _entries(seller, wish, currency), size or PAGE
    if before:
        entries = entries.filter(pk__lt=before)
    found = list(entries[: size + 1])
    return Page(
        lines=[_line(entry, wish.account, currency) for entry in found[:size]],
        older=found[size - 1].pk if len(found) > size else None,
        is_first=before is None,
    )


def table(seller: User, wish: Wish, *, currency: str) -> Iterator[Row]:
    """The whole statement for a spreadsheet, the newest first, with its heading."""
    yield [
        _("Date (UTC)"),
        _("What"),
        _("About"),
        _("Amount"),
        _("Balance after"),
        _("Currency"),
    ]
    for entry in _entries(seller, wish, currency).iterator(chunk_size=1000):
        line = _line(entry, wish.account, currency)
        yield [
            f"{line.at:%Y-%m-%d %H:%M}",
            line.words,
            line.about,
            money.exact(line.amount, currency),
            "" if line.balance is None else money.exact(line.balance, currency),
            currency.upper(),
        ]


def paper(
    seller: User, wish: Wish, *, currency: str, site: str, now: datetime
) -> bytes:
    """The statement as a PDF, up to a length that somebody would still read."""
    zone = seller.zone
    found = list(_entries(seller, wish, currency)[: MOST_ON_PAPER + 1])
    lines = [_line(entry, wish.account, currency) for entry in found[:MOST_ON_PAPER]]
    sheet = new_paper(
        _("Statement: %(account)s") % {"account": wish.account.label},
        site=site,
        footer=_("Statement of %(name)s") % {"name": seller.full_name},
    )
    sheet.facts(_facts(seller, wish, lines, currency=currency, now=now))
    sheet.table(
        [_("Date"), _("What"), _("Amount"), _("Balance")],
        _on_paper(lines, zone),
        widths=[18, 52, 16, 16],
        amounts=2,
    )
    if not lines:
        sheet.text(_("Nothing happened in this time."), muted=True)
    if len(found) > MOST_ON_PAPER:
        sheet.text(
            _("These are the newest %(count)d lines. The CSV file has all of them.")
            % {"count": MOST_ON_PAPER},
            muted=True,
        )
    return sheet.content()


def _facts(
    seller: User, wish: Wish, lines: list[Line], *, currency: str, now: datetime
) -> Iterator[tuple[str, str]]:
    yield _("For"), f"{seller.full_name}, {seller.email}"
    since = date_format(wish.since, "DATE_FORMAT") if wish.since else _("the beginning")
    until = date_format(wish.until or now.astimezone(seller.zone), "DATE_FORMAT")
    yield _("Time"), _("From %(since)s to %(until)s") % {"since": since, "until": until}
    if wish.group:
        yield _("Only"), str(wish.group.label)
    if lines and lines[0].balance is not None:
        yield _("Balance at the end"), money.written(lines[0].balance, currency)
    yield _("Made on"), dated(now.astimezone(seller.zone), "j F Y, H:i T")


def _on_paper(lines: Iterable[Line], zone: ZoneInfo) -> Iterator[list[str]]:
    for line in lines:
        balance = line.balance
        yield [
            date_format(line.at.astimezone(zone), "SHORT_DATE_FORMAT"),
            f"{line.words}: {line.about}" if line.about else line.words,
            money.written(line.amount, line.currency),
            "" if balance is None else money.written(balance, line.currency),
        ]


def _entries(seller: User, wish: Wish, currency: str) -> QuerySet[LedgerEntry]:
    entries = LedgerEntry.objects.filter(
        account__code=subject_code(wish.account.kind, seller.pk),
        account__currency=currency,
    )
    if wish.group:
        entries = entries.filter(transaction__kind__in=GROUPS[wish.group])
    if wish.since:
        entries = entries.filter(transaction__at__gte=_midnight(wish.since, seller))
    if wish.until:
        end = _midnight(wish.until + timedelta(days=1), seller)
        entries = entries.filter(transaction__at__lt=end)
    return entries.select_related("transaction__order").order_by("-pk")


def _midnight(day: date, seller: User) -> datetime:
    return datetime.combine(day, time.min, tzinfo=seller.zone)


def _line(entry: LedgerEntry, account: Account, currency: str) -> Line:
    posting = entry.transaction
    about, path = _about(posting)
    return Line(
        at=posting.at,
        words=str(WORDS.get(posting.kind, _("Adjustment by GigStream"))),
        about=about,
        path=path,
        amount=entry.amount if account.kind.grows_by_debit else -entry.amount,
        balance=entry.balance_after,
        currency=currency,
    )


def _about(posting: Any) -> tuple[str, str]:
    """What a posting is about, and the page of that: an order, or a withdrawal."""
    if posting.order:
        return str(posting.order), posting.order.get_absolute_url()
    verb, _colon, key = posting.key.partition(":")
    if verb in {"wreq", "wfail", "wret"}:
        return "", reverse("payments:payout", args=[key])
    return "", ""
