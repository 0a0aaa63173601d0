"""What search engines are told to visit: gigs on offer, their sellers, categories, pages of words.

A part holds the gigs of one stretch of listing numbers with the people who offer them, so
each is found by one short query and never grows beyond its stretch.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.core.cache import cache
from django.db.models import F, IntegerField
from django.db.models.functions import Cast
from django.urls import reverse

from gigs.models import Category, Listing
from gigstream.core.cache import store_errors

STRETCH = 5000
LAST = 10**9  # beyond it, numbers would not fit into the database
KEPT = 3600  # seconds
PAGES = [
    "gigs:home",
    "gigs:market",
    "core:about",
    "core:help",
    "core:terms",
    "core:privacy",
    "messaging:contact",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """An address of this site, and the day it changed last where that is known."""

    path: str
    changed_on: date | None = None


def parts() -> list[int]:
    """The stretches with gigs in them; kept for an hour, for it reads an index to its end."""
    try:
        known: list[int] | None = cache.get("sitemap")
        if known is None:
            known = _parts()
            cache.set("sitemap", known, KEPT)
    except store_errors():
        return _parts()
    return known


def _parts() -> list[int]:
    stretch = Cast(F("number") / STRETCH, IntegerField())
    rows = Listing.objects.order_by().values_list(stretch).distinct()
    return sorted(number for (number,) in rows)


def pages() -> Iterator[Place]:
    for name in PAGES:
        yield Place(path=reverse(name))
    for category in Category.objects.shown().order_by("position", "name"):
        yield Place(path=category.get_absolute_url())


def part(number: int) -> Iterator[Place]:
    """The gigs of one stretch, and each of their sellers once; one query."""
    first = number * STRETCH
    rows = Listing.objects.filter(number__gte=first, number__lt=first + STRETCH)
    named = rows.order_by("number").values_list(
        "gig__slug", "gig__updated_at", "seller__username"
    )
    sellers: dict[str | None, None] = {}
    for slug, changed_at, username in named.iterator():
        yield Place(path=reverse("gigs:detail", args=[slug]), changed_on=changed_at)
        sellers[username] = None
    for username in filter(None, sellers):
        yield Place(path=reverse("accounts:profile", args=[username]))
