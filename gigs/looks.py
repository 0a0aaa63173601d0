"""Counting who looks at a gig, for its seller: everybody once a day, and no machine.

The cache remembers a visitor for a day by a digest that cannot be turned back; a look that
is not the first costs one statement. What cannot be counted is not counted, and the page
does not mind.
"""

import logging
import math
import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.core.cache import cache
from django.db.models import F, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from gigs.models import Gig, GigDay
from gigstream.core import client
from gigstream.core.cache import store_errors

log = logging.getLogger(__name__)

DAY = 24 * 3600
WIDE, HIGH = 10, 40
SHOWN = timedelta(days=30)
MACHINES = re.compile(
    r"bot|crawl|spider|slurp|preview|fetch|monitor|lighthouse|curl|python", re.I
)


def count(request: HttpRequest, gig: Gig, *, now: datetime) -> None:
    """Count a look at a gig's page, unless it is its seller's or no person's."""
    browser = request.headers.get("User-Agent", "")
    is_early = "prefetch" in request.headers.get("Sec-Purpose", "")
    if gig.seller_id == request.user.pk or request.method != "GET" or is_early:
        return
    if not browser or MACHINES.search(browser):
        return
    today = now.date()
    who = str(request.user.pk or f"{client.network(request)} {browser}")
    visitor = salted_hmac("gigs.looks", f"{gig.pk} {today} {who}").hexdigest()
    try:
        if cache.add(f"look:{visitor}", 1, DAY):
            _add_one(gig.pk, today)
    except store_errors():
        log.exception("A look at the gig %s was not counted", gig.pk)


def _add_one(gig: UUID, day: date) -> None:
    rows = GigDay.objects.filter(gig=gig, day=day)
    if not rows.update(views=F("views") + 1):
        GigDay.objects.bulk_create([GigDay(gig_id=gig, day=day)], ignore_conflicts=True)
        rows.update(views=F("views") + 1)


def with_looks(gigs: QuerySet[Gig], *, now: datetime) -> QuerySet[Gig]:
    """Each with `looks`: how many people saw it in the last 30 days."""
    lately = GigDay.objects.filter(gig=OuterRef("pk"), day__gt=(now - SHOWN).date())
    summed = lately.order_by().values("gig").annotate(sum=Sum("views")).values("sum")
    return gigs.annotate(looks=Coalesce(Subquery(summed), 0))


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One day of a drawing that is 10 wide for each of them, and 40 high."""

    day: date
    views: int
    x: int
    height: int

    @property
    def y(self) -> int:
        return HIGH - self.height


def bars(gig: Gig, *, now: datetime) -> list[Bar]:
    """The last 30 days, the oldest first."""
    days = [(now - SHOWN).date() + timedelta(days=n + 1) for n in range(SHOWN.days)]
    known = dict(gig.days.filter(day__gte=days[0]).values_list("day", "views"))
    most = max([*known.values(), 1])
    return [
        Bar(
            day=day,
            views=(views := known.get(day, 0)),
            x=place * WIDE,
            height=math.ceil(HIGH * views / most),
        )
        for place, day in enumerate(days)
    ]


def forget(*, now: datetime) -> None:
    """Drop the days that nobody is shown any more."""
    GigDay.objects.filter(day__lt=(now - 3 * SHOWN).date()).delete()
