"""Finding listings by words: one interface, and an engine for each database.

A search is bounded, however many gigs there are: of all that match, the best
`CANDIDATES` by stored quality are ranked by how well their words fit, and pages end there.
"""

from collections.abc import Iterable, Sequence
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


Sql = tuple[str, Sequence[Any]]  # with its parameters


class Engine(Protocol):
    """What a database must be able to do."""

    def best(
        self, listings: Listings, words: Words, columns: Iterable[str], *, limit: int
    ) -> Sql:
        """The best by quality that the words describe, without looking at all of them."""
        ...

    def fit(self, words: Words) -> Sql:
        """How well the words describe a row of gigs_listing, one of `best`."""
        ...


def engine() -> Engine:
    return postgresql if connection.vendor == "postgresql" else sqlite


class Found(NamedTuple):
    """A listing, as far as the page needs to know it to find its card."""

    number: int
    gig_id: UUID
    version: int


def candidates(listings: Listings, words: Words, columns: Iterable[str]) -> Sql:
    """The best by quality that the words describe; no more than are shown."""
    if words:
        return engine().best(listings, words, columns, limit=CANDIDATES)
    rows = listings.order_by("-quality", "-number").values(*columns)
    sql: Sql = rows[:CANDIDATES].query.sql_with_params()
    return sql


def cut(
    listings: Listings,
    words: Words,
    *,
    order: Sequence[str] = (),
    start: int = 0,
    stop: int = CANDIDATES,
) -> tuple[list[Found], int]:
    """A part of what was found, and how many were: one query, as dear for each part.

    In the given order; else the best first, which with words is how well they fit times
    quality (`gigs/quality.py`). Words find candidates, and those are put in order.
    Beyond the last nothing is found, and nothing counted.
    """
    fit, used = engine().fit(words) if words and not order else ("", ())
    columns = {*Found._fields, "quality", *(name.lstrip("-") for name in order)}
    if words or not order:
        sql, parameters = candidates(listings, words, columns)
    else:
        rows = listings.order_by(*order).values(*columns)
        sql, parameters = rows[:CANDIDATES].query.sql_with_params()
    by = [f"{fit} * (quality + {FLOOR}) DESC"] if fit else []
    by += map(_spelled, order or ("-quality", "-number"))
    with connection.cursor() as cursor:
        # Materialized, or PostgreSQL plans for the few of the page, though all are counted.
        cursor.execute(
            f"WITH found AS MATERIALIZED ({sql}) "
            "SELECT number, gig_id, version, COUNT(*) OVER () FROM found gigs_listing "
            f"ORDER BY {', '.join(by)} LIMIT %s OFFSET %s",
            (*parameters, *used, stop - start, start),
        )
        rows = cursor.fetchall()
    found = [Found(number, _key(gig), version) for number, gig, version, _n in rows]
    return found, rows[0][-1] if rows else 0


def _spelled(column: str) -> str:
    return f"{column[1:]} DESC" if column.startswith("-") else column


def _key(key: UUID | str) -> UUID:
    return key if isinstance(key, UUID) else UUID(key)
