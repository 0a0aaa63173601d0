"""What the marketplace has earned, by day or by month, as the ledger has it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from django.db.models import Count, Sum
from django.db.models.functions import TruncDay, TruncMonth

from payments.models import AccountKind, LedgerEntry, Payment

DAYS, MONTHS = 30, 12
OURS = [AccountKind.SERVICE_FEE, AccountKind.COMMISSION]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A day or a month in UTC. Amounts are minor units."""

    begins: date
    payments: int
    volume: int
    revenue: int


def revenue(*, by_month: bool, currency: str, now: datetime) -> list[Row]:
    """The last 30 days or 12 months, this one last, empty ones too; two queries."""
    begins = list(_months(now) if by_month else _days(now))
    since = datetime(begins[0].year, begins[0].month, begins[0].day, tzinfo=UTC)
    cut = TruncMonth if by_month else TruncDay
    paid = Payment.objects.succeeded().filter(
        succeeded_at__gte=since, currency=currency
    )
    paid_in = {
        each.date(): (number, sum_)
        for each, number, sum_ in paid.annotate(begins=cut("succeeded_at", tzinfo=UTC))
        .values_list("begins")
        .annotate(Count("pk"), Sum("amount"))
    }
    earned = LedgerEntry.objects.filter(
        account__kind__in=OURS, account__currency=currency, transaction__at__gte=since
    )
    # What is ours is a credit, which the ledger writes with a minus.
    earned_in = {
        each.date(): -sum_
        for each, sum_ in earned.annotate(begins=cut("transaction__at", tzinfo=UTC))
        .values_list("begins")
        .annotate(Sum("amount"))
    }
    return [
        _row(day, *paid_in.get(day, (0, 0)), earned_in.get(day, 0)) for day in begins
    ]


def _row(begins: date, payments: int, volume: int, revenue: int) -> Row:
    return Row(begins=begins, payments=payments, volume=volume, revenue=revenue)


def _days(now: datetime) -> Iterator[date]:
    today = now.astimezone(UTC).date()
    for back in range(DAYS - 1, -1, -1):
        yield today - timedelta(days=back)


def _months(now: datetime) -> Iterator[date]:
    this = now.astimezone(UTC)
    number = this.year * 12 + this.month - 1
    for each in range(number - MONTHS + 1, number + 1):
        yield date(each // 12, each % 12 + 1, 1)
