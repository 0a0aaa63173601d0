"""Answers about money that are not rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, F, Q, QuerySet, Sum

from accounts.models import User
from gigstream.core.models import PlatformSetting
from payments.models import AccountKind, Earning, LedgerAccount, Payout
from payments.models.ledger import subject_code
from payments.status import PayoutStatus

MONTHS = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Wallet:
    """A seller's money in one currency, in minor units: a view of the ledger."""

    pending: int
    available: int
    owed: int
    earned: int
    withdrawn: int
    on_the_way: int
    currency: str

    @property
    def is_untouched(self) -> bool:
        return not (self.earned or self.pending or self.available or self.owed)


@dataclass(frozen=True, slots=True, kw_only=True)
class Month:
    """What one month brought."""

    first: date
    earned: int


def wallet(seller: User) -> Wallet:
    """What a seller has, by the ledger; four queries whatever they have sold."""
    currency = PlatformSetting.objects.in_force().currency
    kinds = [
        AccountKind.SELLER_PENDING,
        AccountKind.SELLER_AVAILABLE,
        AccountKind.SELLER_RECEIVABLE,
    ]
    codes = [subject_code(kind, seller.pk) for kind in kinds]
    accounts = LedgerAccount.objects.filter(code__in=codes, currency=currency)
    balances = {account.kind: account.balance or 0 for account in accounts}
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
    )


def clearing_next(
    seller: User, *, currency: str, limit: int = 6
) -> tuple[Sequence[Earning], int]:
    """The earnings that clear soonest, and how many more wait behind them."""
    waiting = Earning.objects.of(seller).filter(currency=currency).uncleared()
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
            f"m{number}": Sum(F("amount") - F("returned"), filter=_between(first, end))
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
