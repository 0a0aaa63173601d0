"""Searching with PostgreSQL: a weighted tsvector without accents, in a GIN index."""

from django.contrib.postgres.lookups import TrigramSimilar
from django.contrib.postgres.search import SearchQuery, SearchRank
from django.db.models import CharField, ExpressionWrapper, F, FloatField, QuerySet

from gigs.listings import CONFIG
from gigs.models import Listing
from gigs.search.words import Words

Listings = QuerySet[Listing]

# All that we need of the app `django.contrib.postgres`; spelling uses it.
CharField.register_lookup(TrigramSimilar)


def matching(listings: Listings, words: Words) -> Listings:
    return listings.filter(document=_query(words))


def with_fit(listings: Listings, words: Words) -> Listings:
    rank = SearchRank(F("document"), _query(words))
    fit = ExpressionWrapper(rank * 1000, output_field=FloatField())
    return listings.annotate(fit=fit)


def _query(words: Words) -> SearchQuery:
    parts = []
    for term in words.terms:
        text = f'"{term.text}"' if term.is_phrase else term.text
        parts.append(
            f"{'or ' if term.either else ''}{'-' if term.is_excluded else ''}{text}"
        )
    return SearchQuery(" ".join(parts), config=CONFIG, search_type="websearch")
