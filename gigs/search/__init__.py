"""Finding listings by words: one interface, and an engine for each database.

A search is bounded, however many gigs there are: of all that match, the best
`CANDIDATES` by stored quality are ranked by how well their words fit, and pages end there.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple, Protocol
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet

from gigs.models import Listing
from gigs.search import postgresql, sqlite
from gigs.search.words import Words

CANDIDATES = 1001  # one more than pages show, to know that there are more
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

    # What it asks of that row.
    FIT_COLUMNS: tuple[str, ...]


def engine() -> Engine:
    return postgresql if connection.vendor == "postgresql" else sqlite


def matching(listings: Listings, words: Words) -> Listings:
    return engine().matching(listings, words) if words else listings


COLUMNS = ("number", "gig_id", "version")
BEST = "quality DESC, number DESC"


class Found(NamedTuple):
    """A listing, as far as the page needs to know it to find its card."""

    number: int
    gig_id: UUID
    version: int


def best_first(
    listings: Listings, words: Words, *, start: int = 0, stop: int = CANDIDATES
) -> tuple[list[Found], int]:
    """By quality; with words, by how well they fit times quality (`gigs/quality.py`)."""
    rows = listings.order_by("-quality", "-number")
    if not words:
        return _cut(rows.values(*COLUMNS, "quality"), BEST, [], start, stop)
    fit, used = engine().fit(words)
    rows = rows.values(*COLUMNS, "quality", *engine().FIT_COLUMNS)
    return _cut(rows, f"{fit} * (quality + {FLOOR}) DESC, {BEST}", used, start, stop)


def ordered(
    listings: Listings, order: Sequence[str], *, start: int, stop: int
) -> tuple[list[Found], int]:
    """By columns of the listing."""
    names = {name.removeprefix("-"): name for name in order}
    rows = listings.order_by(*order).values(*{*COLUMNS, *names})
    sql = ", ".join(
        f"{name} DESC" if said.startswith("-") else name for name, said in names.items()
    )
    return _cut(rows, sql, [], start, stop)


def _cut(
    candidates: QuerySet[Listing, Any],
    order: str,
    used: list[str],
    start: int,
    stop: int,
) -> tuple[list[Found], int]:
    """Find the candidates, count them and cut a part out: one query, as dear for each part.

    Beyond the last nothing is found, and nothing counted.
    """
    sql, parameters = candidates[:CANDIDATES].query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT number, gig_id, version, COUNT(*) OVER () FROM ({sql}) gigs_listing "
            f"ORDER BY {order} LIMIT %s OFFSET %s",
            (*parameters, *used, stop - start, start),
        )
        rows = cursor.fetchall()
    found = [Found(number, _key(gig), version) for number, gig, version, _n in rows]
    return found, rows[0][-1] if rows else 0


def _key(key: UUID | str) -> UUID:
    return key if isinstance(key, UUID) else UUID(key)
