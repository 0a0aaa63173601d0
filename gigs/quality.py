"""How good a gig is, as one number from 0 to 1000 that orders the market.

It is the sum of five parts, each with a limit of its own:

- *reviews*, 400: the average rating, drawn towards 4.2 as if eight more people had given
  that, so that one friend's five stars weigh little; three stars or less are nothing.
- *orders*, 250: completed orders on a logarithmic scale, full at 200.
- *freshness*, 150: whole on the day of publishing, half after 60 days, and so on.
- *completeness*, 150: three pictures, three tags, 600 letters of description and three
  packages, each a quarter.
- *verified*, 50: a seller whose identity is verified.

What a seller sees of it (`/sell/gigs/…/ranking/`) is computed here too. A job stores it.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Count, F, OuterRef, Subquery
from django.db.models.functions import Coalesce, Length

from gigs.models import Gig, GigImage, GigPackage, Listing

EXPECTED, WEIGHT = 4.2, 8
FULL_ORDERS = 200
HALF_LIFE = timedelta(days=60)
PICTURES, TAGS, LETTERS, PACKAGES = 3, 3, 600, 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What is known of a gig when it is judged."""

    rating: Decimal
    review_count: int
    completed_orders: int
    published_at: datetime
    pictures: int
    tags: int
    letters: int
    packages: int
    is_verified: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One part of the sum, and the most it can be."""

    points: int
    most: int


def parts(facts: Facts, *, now: datetime) -> dict[str, Part]:
    """The five parts by name; their points sum to the quality."""
    shares = {
        "reviews": (400, _reviews(facts)),
        "orders": (250, _capped(math.log1p(facts.completed_orders), _FULL)),
        "freshness": (150, 0.5 ** (max(now - facts.published_at, _NONE) / HALF_LIFE)),
        "completeness": (150, _completeness(facts)),
        "verified": (50, float(facts.is_verified)),
    }
    return {
        name: Part(points=round(most * share), most=most)
        for name, (most, share) in shares.items()
    }


def quality(facts: Facts, *, now: datetime) -> int:
    return sum(part.points for part in parts(facts, now=now).values())


def facts_of(listings: Iterable[int]) -> dict[int, Facts]:
    """The facts of the listings with these numbers, in one query."""
    rows = (
        Listing.objects.filter(number__in=listings)
        .annotate(
            pictures=_count(GigImage.objects.all()),
            packages=_count(GigPackage.objects.all()),
            tags=_count(Gig.tags.through.objects.all()),
            letters=Length(F("gig__description")),
        )
        .values("number", *Facts.__dataclass_fields__)
    )
    return {row.pop("number"): Facts(**row) for row in rows}


_FULL = math.log1p(FULL_ORDERS)
_NONE = timedelta()


def _reviews(facts: Facts) -> float:
    given = float(facts.rating) * facts.review_count
    mean = (EXPECTED * WEIGHT + given) / (WEIGHT + facts.review_count)
    return max(0.0, (mean - 3) / 2)


def _completeness(facts: Facts) -> float:
    return (
        _capped(facts.pictures, PICTURES)
        + _capped(facts.tags, TAGS)
        + _capped(facts.letters, LETTERS)
        + _capped(facts.packages, PACKAGES)
    ) / 4


def _capped(value: float, full: float) -> float:
    return min(1.0, value / full)


def _count(children: Any) -> Coalesce:
    of_the_gig = children.filter(gig=OuterRef("gig")).order_by().values("gig")
    return Coalesce(Subquery(of_the_gig.annotate(n=Count("pk")).values("n")), 0)
