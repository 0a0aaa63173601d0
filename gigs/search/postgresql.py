"""Searching with PostgreSQL: a weighted tsvector without accents, in a GIN index."""

from collections.abc import Sequence
from typing import Any

from django.contrib.postgres.lookups import TrigramSimilar
from django.contrib.postgres.search import SearchQuery
from django.db.models import CharField, QuerySet

from gigs.listings import CONFIG
from gigs.models import Listing
from gigs.search.words import Words

Listings = QuerySet[Listing]
Sql = tuple[str, Sequence[Any]]
TIER = 20  # points of quality; `listing_by_words_and_tier` says the same
FIT_COLUMNS: tuple[str, ...] = ("document",)

# All that we need of the app `django.contrib.postgres`; spelling uses it.
CharField.register_lookup(TrigramSimilar)


def matching(listings: Listings, words: Words) -> Listings:
    return listings.filter(document=_query(words))


def best(matching: QuerySet[Listing, Any], limit: int) -> Sql:
    """Tier by tier of quality, until there are enough; the index knows words and tiers.

    PostgreSQL alone would either fetch all that match, which is a fifth of the shop for a
    common word, or walk down by quality and read the words of each gig, which is all of
    the shop for a rare one.
    """
    in_tier = matching.extra(  # noqa: S610 - nothing of it was typed
        where=[f"gigs_listing.quality / {TIER} = tier.n"]
    )
    sql, parameters = in_tier[:limit].query.sql_with_params()
    return (
        f"SELECT found.* FROM generate_series({1000 // TIER}, 0, -1) tier (n) "
        f"CROSS JOIN LATERAL ({sql}) found LIMIT {limit}",
        parameters,
    )


def fit(words: Words) -> Sql:
    query = f"websearch_to_tsquery('{CONFIG}', %s)"
    return f"ts_rank(gigs_listing.document, {query})", [_typed(words)]


def _query(words: Words) -> SearchQuery:
    return SearchQuery(_typed(words), config=CONFIG, search_type="websearch")


def _typed(words: Words) -> str:
    """The terms in PostgreSQL's own grammar, which is the one that people type."""
    parts = []
    for term in words.terms:
        text = f'"{term.text}"' if term.is_phrase else term.text
        parts.append(
            f"{'or ' if term.either else ''}{'-' if term.is_excluded else ''}{text}"
        )
    return " ".join(parts)
