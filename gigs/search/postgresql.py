"""Searching with PostgreSQL: a weighted tsvector without accents, in a GIN index."""

from django.contrib.postgres.lookups import TrigramSimilar
from django.contrib.postgres.search import SearchQuery
from django.db.models import CharField, QuerySet

from gigs.listings import CONFIG
from gigs.models import Listing
from gigs.search.words import Words

Listings = QuerySet[Listing]
FIT_COLUMNS: tuple[str, ...] = ("document",)

# All that we need of the app `django.contrib.postgres`; spelling uses it.
CharField.register_lookup(TrigramSimilar)


def matching(listings: Listings, words: Words) -> Listings:
    return listings.filter(document=_query(words))


def fit(words: Words) -> tuple[str, list[str]]:
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
