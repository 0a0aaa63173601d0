"""How fast pages were for the people who opened them: the Core Web Vitals of real visits.

A page tells its figures once, when it is left. They go into buckets, of which a day has a
few thousand whatever the traffic: no row for a visit, and none for a person. Who makes
visits up can make buckets up, so one client tells of a thousand a day.
"""

import math
from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from django.db import connection
from django.db.models import Sum
from django.urls import Resolver404, resolve
from pydantic import BaseModel, ConfigDict, Field

from gigstream.core.ids import uuid7
from gigstream.core.models.vitals import WebVital

Metric = Literal["LCP", "INP", "CLS", "FCP", "TTFB"]
METRICS: tuple[Metric, ...] = ("LCP", "INP", "CLS", "FCP", "TTFB")
# Good up to the first, poor beyond the second (web.dev). Milliseconds; CLS in thousandths.
RATED: dict[Metric, tuple[int, int]] = {
    "LCP": (2500, 4000),
    "INP": (200, 500),
    "CLS": (100, 250),
    "FCP": (1800, 3000),
    "TTFB": (800, 1800),
}
# Each bucket is a tenth wider than the one before, which is as exact as anybody needs.
GROWTH = 1.1
LARGEST = 120_000
KEEP = timedelta(days=90)

TABLE = WebVital._meta.db_table
COUNT = f"""
    INSERT INTO {TABLE} (id, day, page, metric, bucket, count) VALUES {{rows}}
    ON CONFLICT (day, page, metric, bucket) DO UPDATE SET count = {TABLE}.count + 1
"""


class Visit(BaseModel):
    """What one page tells when it is left."""

    model_config = ConfigDict(extra="forbid")

    path: str = Field(max_length=500, pattern="^/")
    values: dict[Metric, float] = Field(min_length=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """The 75th percentile of one metric, in its own unit."""

    metric: Metric
    value: int
    samples: int

    @property
    def rating(self) -> str:
        good, poor = RATED[self.metric]
        if self.value <= good:
            return "good"
        return "poor" if self.value > poor else "middling"


@dataclass(frozen=True, slots=True, kw_only=True)
class PageFigures:
    page: str
    visits: int
    figures: list[Figure | None]


def record(visit: Visit, *, day: date) -> None:
    """Count a visit, if it was to a page of ours; one statement, whatever it tells."""
    page = _page_at(visit.path)
    if not page:
        return
    rows = [
        (metric, bucket_of(value))
        for metric, value in visit.values.items()
        if math.isfinite(value) and 0 <= value <= LARGEST
    ]
    if not rows:
        return
    names = "(%s, %s, %s, %s, %s, 1)"
    sql = COUNT.format(rows=", ".join([names] * len(rows)))
    keys = WebVital._meta.pk
    values = [
        part
        for metric, bucket in rows
        for part in (
            keys.get_db_prep_value(uuid7(), connection),
            day,
            page,
            metric,
            bucket,
        )
    ]
    with connection.cursor() as cursor:
        cursor.execute(sql, values)


def _page_at(path: str) -> str:
    try:
        return resolve(path).view_name
    except Resolver404:
        return ""


def bucket_of(value: float) -> int:
    return round(math.log(value + 1, GROWTH))


def value_of(bucket: int) -> int:
    return round(GROWTH**bucket - 1)


def by_page(*, since: date, share: float = 0.75) -> list[PageFigures]:
    """The percentile of every metric for each page, the most visited first. One query."""
    found: dict[str, dict[str, list[tuple[int, int]]]] = defaultdict(
        lambda: defaultdict(list)
    )
    rows = (
        WebVital.objects.filter(day__gte=since)
        .values_list("page", "metric", "bucket")
        .annotate(Sum("count"))
        .order_by("page", "metric", "bucket")
    )
    for page, metric, bucket, count in rows:
        found[page][metric].append((bucket, count))
    pages = [
        PageFigures(
            page=page,
            visits=max(sum(n for _, n in buckets) for buckets in metrics.values()),
            figures=[_figure(m, metrics.get(m, []), share) for m in METRICS],
        )
        for page, metrics in found.items()
    ]
    return sorted(pages, key=lambda each: (-each.visits, each.page))


def _figure(
    metric: Metric, buckets: list[tuple[int, int]], share: float
) -> Figure | None:
    samples = sum(count for _, count in buckets)
    wanted, seen = math.ceil(samples * share), 0
    for bucket, count in buckets:
        seen += count
        if seen >= wanted:
            return Figure(metric=metric, value=value_of(bucket), samples=samples)
    return None
