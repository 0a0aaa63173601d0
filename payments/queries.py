"""Answers about money that are not rows."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Count, F, Q, QuerySet, Sum

from accounts.models import User
from gigstream.core.models import PlatformSetting
from payments.models import (
    AccountKind,
    Earning,
    LedgerAccount,
    LedgerTransaction,
    Paper,
    Payment,
    Payout,
    Refund,
    Series,
)
from payments.models.ledger import KEPT, subject_code
from payments.status import PayoutStatus, RefundStatus

MONTHS = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Wallet:
    """A seller's money in one currency, in minor units: a view of the ledger.

    `others` are the currencies in which there is another wallet of theirs.
    """

    pending: int
    available: int
    owed: int
    earned: int
    withdrawn: int
    on_the_way: int
    currency: str
    others: list[str]
    is_untouched: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Month:
    """What one month brought."""

    first: date
    earned: int


def wallet(seller: User, *, asked: str = "") -> Wallet:
    """What a seller has, by the ledger; four queries at most, whatever they have sold."""
    found: dict[str, dict[str, int]] = defaultdict(dict)
    for account in _accounts(seller):
        found[account.currency][account.kind] = account.balance or 0
    currency = _choose(asked, found)
    balances = found.get(currency, {})
    earned = Earning.objects.of(seller).filter(currency=currency)
    payouts = Payout.objects.visible_to(seller).filter(currency=currency)
    sent = payouts.aggregate(
        withdrawn=Sum("amount", filter=Q(status=PayoutStatus.PAID)),
        on_the_way=Sum("amount", filter=Q(status__in=PayoutStatus.on_the_way())),
    )
    return Wallet(
        pending=balances.get(AccountKind.SELLER_PENDING, 0),
        available=balances.get(AccountKind.SELLER_AVAILABLE, 0),
        owed=balances.get(AccountKind.SELLER_RECEIVABLE, 0),
        earned=earned.total(),
        withdrawn=sent["withdrawn"] or 0,
        on_the_way=sent["on_the_way"] or 0,
        currency=currency,
        others=[each for each in found if each != currency],
        is_untouched=not balances,
    )


def wallet_currency(seller: User, *, asked: str = "") -> str:
    """The currency of the wallet that is meant."""
    return _choose(asked, {account.currency for account in _accounts(seller)})


def _accounts(seller: User) -> QuerySet[LedgerAccount]:
    kinds = [
        AccountKind.SELLER_PENDING,
        AccountKind.SELLER_AVAILABLE,
        AccountKind.SELLER_RECEIVABLE,
    ]
    codes = [subject_code(kind, seller.pk) for kind in kinds]
    return LedgerAccount.objects.filter(code__in=codes).order_by("currency")


def _choose(asked: str, found: Collection[str]) -> str:
    """What is asked for, if a seller has it; if not, the marketplace's, or what they have."""
    if asked in found:
        return asked
    if len(found) == 1:
        return min(found)
    usual = PlatformSetting.objects.in_force().currency
    return usual if usual in found or not found else min(found)


def clearing_next(
    seller: User, *, currency: str, limit: int = 6
) -> tuple[Sequence[Earning], int]:
    """The earnings that clear soonest, and how many more wait behind them."""
    mine = Earning.objects.of(seller).filter(currency=currency)
    waiting = mine.uncleared().filter(returned__lt=F("amount"))
    soonest = waiting.select_related("order").order_by("clears_at", "pk")[: limit + 1]
    lots = list(soonest)
    more = waiting.aggregate(n=Count("pk"))["n"] - limit if len(lots) > limit else 0
    return lots[:limit], more


def months(seller: User, *, currency: str, now: datetime) -> list[Month]:
    """What each of the last twelve months brought, this one last; one query."""
    firsts = _last_months(now.astimezone(seller.zone))
    ends = [*firsts[1:], None]
    mine = Earning.objects.of(seller).filter(
        currency=currency, earned_at__gte=firsts[0]
    )
    sums = mine.aggregate(
        **{
            f"m{number}": Sum(KEPT, filter=_between(first, end))
            for number, (first, end) in enumerate(zip(firsts, ends, strict=True))
        }
    )
    return [
        Month(first=first.date(), earned=sums[f"m{number}"] or 0)
        for number, first in enumerate(firsts)
    ]


def latest_payouts(seller: User, limit: int = 5) -> QuerySet[Payout]:
    mine = Payout.objects.visible_to(seller).select_related("method")
    return mine.order_by("-requested_at", "-pk")[:limit]


PAYOUTS_PER_PAGE = 20


def payouts_page(
    seller: User, *, before: UUID | None
) -> tuple[list[Payout], UUID | None]:
    """Withdrawals older than one of them, or the newest; and where still older ones follow."""
    mine = Payout.objects.visible_to(seller).select_related("method").order_by("-pk")
    if before:
        mine = mine.filter(pk__lt=before)
    found = list(mine[: PAYOUTS_PER_PAGE + 1])
    shown = found[:PAYOUTS_PER_PAGE]
    return shown, shown[-1].pk if len(found) > len(shown) else None


def missing_papers(
    *, since: datetime, until: datetime
) -> Iterator[tuple[Series, UUID]]:
    """What happened in a span of time and has no paper yet."""
    span = (since, until)
    paid = Payment.objects.succeeded().filter(succeeded_at__range=span)
    returned = Refund.objects.filter(
        status=RefundStatus.SUCCEEDED, payment__isnull=False, settled_at__range=span
    )
    sold = LedgerTransaction.objects.filter(
        kind="E2", at__range=span, order__isnull=False
    )
    subjects = {
        Series.RECEIPT: paid.values_list("pk", flat=True),
        Series.CREDIT_NOTE: returned.values_list("pk", flat=True),
        Series.INVOICE: sold.values_list("order_id", flat=True),
    }
    for series, found in subjects.items():
        written = Paper.objects.filter(series=series, subject__in=found)
        done = set(written.values_list("subject", flat=True))
        yield from ((series, subject) for subject in found if subject not in done)


def _last_months(local: datetime) -> list[datetime]:
    """The first moments of the last twelve months, on the clock of who looks."""
    number = local.year * 12 + local.month - 1
    return [
        local.replace(
            year=each // 12,
            month=each % 12 + 1,
            day=1,
            hour=0,
            minute=0,
            second=0,
            microsecond=0,
        )
        for each in range(number - MONTHS + 1, number + 1)
    ]


def _between(first: datetime, end: datetime | None) -> Q:
    since = Q(earned_at__gte=first)
    return since & Q(earned_at__lt=end) if end else since
