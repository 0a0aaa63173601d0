"""Finding listings by words: one interface, and an engine for each database.

A search is bounded, however many gigs there are: of all that match, the best
`CANDIDATES` by stored quality are ranked by how well their words fit, and pages end there.
"""

from typing import Protocol

from django.db import connection
from django.db.models import ExpressionWrapper, F, FloatField, QuerySet

from gigs.models import Listing
from gigs.search import postgresql, sqlite
from gigs.search.words import Words

CANDIDATES = 2000
FLOOR = 500  # so that the best gig of all counts three times one of no quality

Listings = QuerySet[Listing]


class Engine(Protocol):
    """What a database must be able to do."""

    def matching(self, listings: Listings, words: Words) -> Listings:
        """Those of the listings that the words describe."""
        ...

    def with_fit(self, listings: Listings, words: Words) -> Listings:
        """Annotate `fit`: how well the words describe each, from 0 to about 1000."""
        ...


def engine() -> Engine:
    return postgresql if connection.vendor == "postgresql" else sqlite


def matching(listings: Listings, words: Words) -> Listings:
    return engine().matching(listings, words) if words else listings


def best_first(listings: Listings, words: Words) -> Listings:
    """By quality; with words, by how well they fit times quality (`gigs/quality.py`)."""
    by_quality = listings.order_by("-quality", "-number")
    if not words:
        return by_quality
    candidates = by_quality.values("number")[:CANDIDATES]
    ranked = engine().with_fit(Listing.objects.filter(number__in=candidates), words)
    score = ExpressionWrapper(
        F("fit") * (F("quality") + FLOOR), output_field=FloatField()
    )
    return ranked.annotate(score=score).order_by("-score", "-quality", "-number")
