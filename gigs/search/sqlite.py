"""Searching with SQLite: an FTS5 table of stems without accents, kept by triggers."""

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from django.db.models.expressions import RawSQL

from gigs.listings import WORDS
from gigs.models import Listing
from gigs.search.words import Term, Words

Listings = QuerySet[Listing]
Sql = tuple[str, Sequence[Any]]
FIT_COLUMNS: tuple[str, ...] = ()

# As PostgreSQL weighs them: title, tags, seller, description.
WEIGHTS = "10.0, 4.0, 2.0, 1.0"


def matching(listings: Listings, words: Words) -> Listings:
    found = RawSQL(  # noqa: S611 - what was typed is a parameter
        f"SELECT rowid FROM {WORDS} WHERE {WORDS} MATCH %s",
        [_match(words)],
    )
    return listings.filter(number__in=found)


def best(matching: QuerySet[Listing, Any], limit: int) -> Sql:
    return matching[:limit].query.sql_with_params()


def fit(words: Words) -> Sql:
    # bm25 is below zero, and the further the better.
    rank = (
        f"(SELECT -bm25({WORDS}, {WEIGHTS}) FROM {WORDS} "
        f"WHERE {WORDS} MATCH %s AND rowid = gigs_listing.number)"
    )
    return rank, [_match(words)]


def _match(words: Words) -> str:
    """The terms in FTS5's own grammar; each is quoted, so none can be taken for grammar."""
    groups: list[list[str]] = []
    for term in words.terms:
        if term.is_excluded:
            continue
        if term.either and groups:
            groups[-1].append(_quoted(term))
        else:
            groups.append([_quoted(term)])
    wanted = " AND ".join(f"({' OR '.join(group)})" for group in groups)
    unwanted = [_quoted(term) for term in words.terms if term.is_excluded]
    return f"({wanted}) NOT ({' OR '.join(unwanted)})" if unwanted else wanted


def _quoted(term: Term) -> str:
    return f'"{term.text}"'
