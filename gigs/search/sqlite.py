"""Searching with SQLite: an FTS5 table of stems without accents, kept by triggers."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import QuerySet
from django.db.models.expressions import RawSQL

from gigs.listings import WORDS
from gigs.models import Listing
from gigs.search.words import Term, Words

Listings = QuerySet[Listing]
Sql = tuple[str, Sequence[Any]]

# As PostgreSQL weighs them: title, tags, seller, description.
WEIGHTS = "10.0, 4.0, 2.0, 1.0"


def best(
    listings: Listings, words: Words, columns: Iterable[str], *, limit: int
) -> Sql:
    found = RawSQL(  # noqa: S611 - what was typed is a parameter
        f"SELECT rowid FROM {WORDS} WHERE {WORDS} MATCH %s",
        [_match(words)],
    )
    rows = listings.filter(number__in=found).order_by("-quality", "-number")
    sql: Sql = rows.values(*columns)[:limit].query.sql_with_params()
    return sql


def fit(words: Words) -> Sql:
    # bm25 is below zero, and the further the better.
    rank = (
        f"(SELECT -bm25({WORDS}, {WEIGHTS}) FROM {WORDS} "
        f"WHERE {WORDS} MATCH %s AND rowid = gigs_listing.number)"
    )
    return rank, [_match(words)]


def _match(words: Words) -> str:
    """The terms in FTS5's own grammar; each is quoted, so none can be taken for grammar."""
    wanted = " AND ".join(map(_any_of, words.wanted))
    unwanted = words.unwanted
    return f"({wanted}) NOT {_any_of(unwanted)}" if unwanted else wanted


def _any_of(terms: Iterable[Term]) -> str:
    return "(" + " OR ".join(f'"{term.text}"' for term in terms) + ")"
