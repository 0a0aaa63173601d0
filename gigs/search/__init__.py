"""Finding listings by words: one interface, and an engine for each database.

A search is bounded, however many gigs there are: of all that match, the best
`CANDIDATES` by stored quality are ranked by how well their words fit, and pages end there.
"""

from typing import Protocol

from django.db import connection
from django.db.models import QuerySet

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

    def fit(self, words: Words) -> tuple[str, list[str]]:
        """SQL, and its parameters, for how well the words describe a row of gigs_listing."""
        ...


def engine() -> Engine:
    return postgresql if connection.vendor == "postgresql" else sqlite


def matching(listings: Listings, words: Words) -> Listings:
    return engine().matching(listings, words) if words else listings


def best_first(
    listings: Listings, words: Words, *, start: int = 0, stop: int = CANDIDATES
) -> list[Listing]:
    """By quality; with words, by how well they fit times quality (`gigs/quality.py`)."""
    by_quality = listings.order_by("-quality", "-number")
    if not words:
        return list(by_quality.only("number", "gig_id", "version")[start:stop])
    sql, parameters = by_quality[:CANDIDATES].query.sql_with_params()
    fit, used = engine().fit(words)
    ranked = (
        f"SELECT number, gig_id, version FROM ({sql}) gigs_listing "
        f"ORDER BY {fit} * (quality + {FLOOR}) DESC, quality DESC, number DESC "
        "LIMIT %s OFFSET %s"
    )
    limits = (stop - start, start)
    return list(Listing.objects.raw(ranked, (*parameters, *used, *limits)))
