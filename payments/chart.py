"""Earnings by month as bars, drawn here, so that the page needs no script for them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from gigstream.core import money
from payments.queries import Month

WIDTH, HEIGHT = 1100, 230
BASE, TOP = 196, 30
BAR = 52


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One month; coordinates in the units of the drawing."""

    first: date
    x: int
    y: int
    height: int
    middle: int
    amount: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    bars: Sequence[Bar]
    currency: str
    total: int

    width = WIDTH
    height = HEIGHT
    base = BASE
    bar = BAR


def chart(months: Sequence[Month], currency: str) -> Chart:
    """Scale the months so that the best one fills the height; one that brought little still shows."""
    best = max((month.earned for month in months), default=0)
    step = WIDTH / max(len(months), 1)
    bars = []
    for number, month in enumerate(months):
        height = round((BASE - TOP) * month.earned / best) if best else 0
        height = max(height, 2 if month.earned else 0)
        middle = round(step * (number + 0.5))
        bars.append(
            Bar(
                first=month.first,
                x=middle - BAR // 2,
                y=BASE - height,
                height=height,
                middle=middle,
                amount=month.earned,
                text=_rounded(month.earned, currency) if month.earned else "",
            )
        )
    return Chart(
        bars=bars, currency=currency, total=sum(month.earned for month in months)
    )


def _rounded(amount: int, currency: str) -> str:
    """Whole units are enough above a bar; the table below has the exact sum."""
    scale = 10 ** money.decimals(currency)
    return money.written(round(amount / scale) * scale, currency, short=True)
