"""The figures of each day: added up from what they are made of, kept in rows, compared again.

A day begins at midnight in `BUSINESS_TIME_ZONE`. Money is what the ledger says: a refund
belongs to the day on which it was made, whenever its order was paid. What is written late
(a day that was added up already) is found because the last days are added up anew.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.db.models import Count, F, QuerySet, Sum
from django.db.models.functions import TruncDate

from accounts.models import User
from admin_panel.models import DailyFigure
from gigs.models import GigDay
from orders.models import Order
from orders.status import OrderStatus
from payments.models import AccountKind, LedgerEntry, LedgerTransaction

GROSS, REFUNDS, FEES, COSTS = "gross", "refunds", "fees", "costs"
MONEY = (GROSS, REFUNDS, FEES, COSTS)
JOINED, SELLERS, VERIFIED = "joined", "sellers", "verified"
VIEWS, CHECKOUTS, PAID = "views", "checkouts", "paid"
CATEGORY = "category:"
STATE, ACTIVE = "now:state:", "now:active"
SNAPSHOT = "now:"
"""How things stood when the day was last added up; nothing tells it afterwards."""
FADING = (CATEGORY, SELLERS, VERIFIED, VIEWS)
"""What its source tells of today alone: gigs change their category, sellers leave, looks
are forgotten. Once a day was added up, what was kept of it is what is known."""

DAY = timedelta(days=1)
ANEW = 3
"""How many days, with today, are added up again each time."""

PAID_IN = {"E1", "E14"}
SENT_BACK = {"E7", "E8", "E9", "E10"}
INCOME = {AccountKind.SERVICE_FEE, AccountKind.COMMISSION}
EXPENSE = {
    AccountKind.STRIPE_FEES,
    AccountKind.DISPUTE_FEES,
    AccountKind.GOODWILL,
    AccountKind.BAD_DEBT,
}
COUNTED = {AccountKind.STRIPE, AccountKind.REFUND_CLEARING, *INCOME, *EXPENSE}

Key = tuple[date, str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """A figure that is not what its source adds up to."""

    key: Key
    kept: int
    source: int

    def __str__(self) -> str:
        day, metric, currency = self.key
        name = f"{day} {metric} {currency}".strip()
        return f"{name}: kept {self.kept}, source {self.source}"


def zone() -> ZoneInfo:
    return ZoneInfo(settings.BUSINESS_TIME_ZONE)


def today(now: datetime) -> date:
    return now.astimezone(zone()).date()


def first_day(now: datetime) -> date:
    """The day on which the marketplace began: its first person or its first posting."""
    joined = User.objects.order_by("joined_at").values_list("joined_at", flat=True)
    posted = LedgerTransaction.objects.order_by("at").values_list("at", flat=True)
    moments = [each for each in (joined.first(), posted.first()) if each]
    return today(min([*moments, now]))


def source(first: date, last: date) -> Counter[Key]:
    """What the days from `first` to `last` add up to, from where it is written."""
    found: Counter[Key] = Counter()
    for key, amount in _all(first, last):
        found[key] += amount
    return Counter({key: amount for key, amount in found.items() if amount})


def keep(first: date, last: date, *, is_anew: bool = False) -> int:
    """Make the rows of these days what they add up to; twice is once.

    What fades is left as it was kept, but where a day is added up `is_anew`.
    """
    with transaction.atomic():
        kept = {_key(row): row for row in _rows(first, last).select_for_update()}
        wanted = source(first, last)
        if not is_anew:
            known = {day for day, _metric, _currency in kept}
            for key in [*wanted]:
                if _fades(key) and key[0] in known:
                    del wanted[key]
            wanted |= {key: row.amount for key, row in kept.items() if _fades(key)}
        gone = [row.pk for key, row in kept.items() if key not in wanted]
        changed = [
            DailyFigure(day=key[0], metric=key[1], currency=key[2], amount=amount)
            for key, amount in wanted.items()
            if key not in kept or kept[key].amount != amount
        ]
        DailyFigure.objects.filter(pk__in=gone).delete()
        DailyFigure.objects.bulk_create(
            changed,
            update_conflicts=True,
            unique_fields=["day", "metric", "currency"],
            update_fields=["amount"],
            batch_size=500,
        )
    return len(gone) + len(changed)


def keep_up(now: datetime) -> int:
    """The last days anew; all of them, month by month, where there are none yet."""
    last = today(now)
    newest = DailyFigure.objects.order_by("-day").values_list("day", flat=True).first()
    # What was kept in a clock's future is not skipped over when time comes back to it.
    known = min(newest, last) if newest else first_day(now)
    changed = repair(known - (ANEW - 1) * DAY, last, is_anew=True)
    _note_how_it_stands(now)
    return changed


def _note_how_it_stands(now: datetime) -> None:
    """Orders by state, and who was here in the last 30 days, in today's rows."""
    states = Order.objects.order_by().values_list("status").annotate(Count("pk"))
    found = {f"{STATE}{status}": count for status, count in states}
    seen = User.objects.filter(last_seen_at__gte=now - 30 * DAY)
    found[ACTIVE] = seen.order_by().count()
    day = today(now)
    with transaction.atomic():
        DailyFigure.objects.filter(day=day, metric__startswith=SNAPSHOT).delete()
        DailyFigure.objects.bulk_create(
            [
                DailyFigure(day=day, metric=metric, amount=amount)
                for metric, amount in found.items()
            ]
        )


def repair(first: date, last: date, *, is_anew: bool = False) -> int:
    months = _months(first, last)
    return sum(keep(start, end, is_anew=is_anew) for start, end in months)


def differences(first: date, last: date) -> Iterator[Difference]:
    """Where rows and a source that keeps the past part; nothing is changed."""
    for start, end in _months(first, last):
        kept = {_key(row): row.amount for row in _rows(start, end)}
        wanted = source(start, end)
        for key in sorted(kept.keys() | wanted.keys()):
            if kept.get(key, 0) != wanted[key] and not _fades(key):
                yield Difference(key=key, kept=kept.get(key, 0), source=wanted[key])


def _months(first: date, last: date) -> Iterator[tuple[date, date]]:
    while first <= last:
        end = min(first + 30 * DAY, last)
        yield first, end
        first = end + DAY


def _rows(first: date, last: date) -> QuerySet[DailyFigure]:
    days = DailyFigure.objects.filter(day__range=(first, last))
    return days.exclude(metric__startswith=SNAPSHOT)


def _fades(key: Key) -> bool:
    return key[1].startswith(FADING)


def _key(row: DailyFigure) -> Key:
    return row.day, row.metric, row.currency


def _all(first: date, last: date) -> Iterator[tuple[Key, int]]:
    yield from _money(first, last)
    yield from _categories(first, last)
    people = User.objects.all()
    yield from _counted(people, "joined_at", JOINED, first, last)
    yield from _counted(people, "selling_since", SELLERS, first, last)
    yield from _counted(people, "seller_verified_at", VERIFIED, first, last)
    # Every state, so that the index over states and moments serves.
    orders = Order.objects.filter(status__in=OrderStatus.values)
    yield from _counted(orders, "placed_at", CHECKOUTS, first, last)
    # Of those that were placed on a day, whenever that was: a step of a way is a part of it.
    paid = orders.filter(paid_at__isnull=False)
    yield from _counted(paid, "placed_at", PAID, first, last)
    looks = GigDay.objects.filter(day__range=(first, last)).order_by()
    for row in looks.values("day").annotate(sum=Sum("views")):
        yield (row["day"], VIEWS, ""), row["sum"]


def _within(field: str, first: date, last: date) -> dict[str, datetime]:
    start = datetime.combine(first, time(), zone())
    end = datetime.combine(last + DAY, time(), zone())
    return {f"{field}__gte": start, f"{field}__lt": end}


def _counted(
    rows: QuerySet[Any], field: str, metric: str, first: date, last: date
) -> Iterator[tuple[Key, int]]:
    days = rows.filter(**_within(field, first, last)).order_by()
    by_day = days.values(day=TruncDate(field, tzinfo=zone()))
    for row in by_day.annotate(count=Count("pk")):
        yield (row["day"], metric, ""), row["count"]


def _money(first: date, last: date) -> Iterator[tuple[Key, int]]:
    legs = LedgerEntry.objects.filter(
        **_within("transaction__at", first, last), account__kind__in=COUNTED
    )
    by_day = legs.order_by().values(
        posting=F("transaction__kind"),
        money=F("transaction__currency"),
        on=F("account__kind"),
        day=TruncDate("transaction__at", tzinfo=zone()),
    )
    for row in by_day.annotate(sum=Sum("amount"), count=Count("pk")):
        posting, account, sum_ = row["posting"], row["on"], row["sum"]
        if account == AccountKind.STRIPE and posting in PAID_IN:
            yield (row["day"], GROSS, row["money"]), sum_
        elif account == AccountKind.REFUND_CLEARING and posting in SENT_BACK:
            yield (row["day"], REFUNDS, row["money"]), -sum_
        elif account in INCOME:
            yield (row["day"], FEES, row["money"]), -sum_
        elif account in EXPENSE:
            yield (row["day"], COSTS, row["money"]), sum_


def _categories(first: date, last: date) -> Iterator[tuple[Key, int]]:
    """What was paid for the work, by the kind of it."""
    paid = LedgerTransaction.objects.filter(
        **_within("at", first, last), kind="E1", order__isnull=False
    )
    by_day = paid.order_by().values(
        "currency",
        category=F("order__gig__category"),
        day=TruncDate("at", tzinfo=zone()),
    )
    for row in by_day.annotate(sum=Sum("order__price")):
        yield (row["day"], f"{CATEGORY}{row['category']}", row["currency"]), row["sum"]
