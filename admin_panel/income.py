"""What came in, what of it is ours, what went back: by day or by month, beside the time before."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import F, Sum
from django.db.models.functions import TruncMonth

from admin_panel import figures
from admin_panel.figures import COSTS, FEES, GROSS, MONEY, REFUNDS
from admin_panel.models import DailyFigure

DAYS, MONTHS = "30d", "12m"
PERIODS = (DAYS, MONTHS)
DAYS_SHOWN, MONTHS_SHOWN = 30, 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Sums:
    """Minor units: what buyers paid, our fees, what went back, and what stays with us."""

    gross: int = 0
    fees: int = 0
    refunds: int = 0
    net: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """One day, or the month that begins on it."""

    day: date
    sums: Sums


@dataclass(frozen=True, slots=True, kw_only=True)
class Revenue:
    """The points of a period, their sum, and that of as many days or months before.

    `others` are the currencies besides in which something was earned or went back.
    """

    period: str
    currency: str
    points: list[Point]
    total: Sums
    before: Sums
    others: list[str]


def revenue(*, period: str, currency: str, now: datetime) -> Revenue:
    """The series of one currency, one query however much was sold."""
    starts = list(_starts(period, figures.today(now)))
    rows = DailyFigure.objects.filter(
        metric__in=MONEY, day__range=(starts[0], figures.today(now))
    )
    start = TruncMonth("day") if period == MONTHS else F("day")
    grouped = rows.order_by().values("metric", "currency", start=start)
    found: dict[date, Counter[str]] = defaultdict(Counter)
    others = set()
    for row in grouped.annotate(sum=Sum("amount")):
        if row["currency"] == currency:
            found[row["start"]][row["metric"]] += row["sum"]
        else:
            others.add(row["currency"])
    half = len(starts) // 2
    points = [Point(day=start, sums=_sums(found[start])) for start in starts[half:]]
    return Revenue(
        period=period,
        currency=currency,
        points=points,
        total=_sums(_added(found[start] for start in starts[half:])),
        before=_sums(_added(found[start] for start in starts[:half])),
        others=sorted(others),
    )


def _starts(period: str, today: date) -> Iterator[date]:
    """Where each day or month begins, those of the period before first."""
    if period == DAYS:
        for back in range(2 * DAYS_SHOWN - 1, -1, -1):
            yield today - timedelta(days=back)
        return
    months = today.year * 12 + today.month - 1
    for month in range(months - 2 * MONTHS_SHOWN + 1, months + 1):
        yield date(month // 12, month % 12 + 1, 1)


def _added(counters: Iterator[Counter[str]]) -> Counter[str]:
    total: Counter[str] = Counter()
    for each in counters:
        total.update(each)
    return total


def _sums(found: Counter[str]) -> Sums:
    return Sums(
        gross=found[GROSS],
        fees=found[FEES],
        refunds=found[REFUNDS],
        net=found[FEES] - found[COSTS],
    )


# --- The drawing -------------------------------------------------------------------

WIDE, HIGH, BELOW, GAP = 900, 200, 60, 0.3


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One point of the drawing: what came in stands up, with our fees in it; refunds hang down."""

    point: Point
    x: float
    middle: float
    width: float
    gross: int
    fees: int
    refunds: int
    has_label: bool

    @property
    def gross_top(self) -> int:
        return HIGH - self.gross

    @property
    def fees_top(self) -> int:
        return HIGH - self.fees


def bars(series: Revenue) -> list[Bar]:
    step = WIDE / len(series.points)
    most = max([each.sums.gross for each in series.points] + [1])
    deep = max([each.sums.refunds for each in series.points] + [1])
    scale = max(most / (HIGH - 10), deep / (BELOW - 5))
    every = 5 if series.period == DAYS else 1
    return [
        Bar(
            point=point,
            x=round(step * (place + GAP / 2), 1),
            middle=round(step * (place + 0.5), 1),
            width=round(step * (1 - GAP), 1),
            gross=_height(point.sums.gross, scale),
            fees=_height(point.sums.fees, scale),
            refunds=_height(point.sums.refunds, scale),
            has_label=(len(series.points) - 1 - place) % every == 0,
        )
        for place, point in enumerate(series.points)
    ]


def _height(amount: int, scale: float) -> int:
    return max(round(amount / scale), 1) if amount > 0 else 0
