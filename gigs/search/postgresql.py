"""Searching with PostgreSQL: a weighted tsvector without accents, in a GIN index."""

from collections.abc import Iterable, Sequence
from itertools import chain
from typing import Any

from django.contrib.postgres.lookups import TrigramSimilar
from django.db.models import CharField, F, QuerySet

from gigs.listings import CONFIG
from gigs.models import Listing
from gigs.search.words import Words

Listings = QuerySet[Listing]
Sql = tuple[str, Sequence[Any]]
# Where tiers of quality begin, close together at the top, where few gigs are. The index
# `listing_by_words_and_tier` is made of the same expression.
TIERS = [200, 360, 520, 600, 680, 760, 800, 840, 880, 920, 940, 960, 980]
TIER = f"width_bucket(gigs_listing.quality, ARRAY{TIERS}::smallint[])"
# So many times what is wanted is read for a phrase, for the index knows words and no order.
READ_FOR_PHRASES = 5

# All that we need of the app `django.contrib.postgres`; spelling uses it.
CharField.register_lookup(TrigramSimilar)


def best(
    listings: Listings, words: Words, columns: Iterable[str], *, limit: int
) -> Sql:
    """Tier by tier of quality, until there are enough; the index knows words and tiers.

    PostgreSQL alone would either fetch all that match, which is a fifth of the shop for a
    common word, or walk down by quality and read the words of each gig, which is all of
    the shop for a rare one.
    """
    if not words.has_phrase:
        return _by_tier(listings, words, columns, limit)
    sql, parameters = _by_tier(listings, words, columns, limit * READ_FOR_PHRASES)
    query, typed = _query(words)
    return (
        f"SELECT * FROM ({sql}) found WHERE document @@ ({query}) LIMIT {limit}",
        (*parameters, *typed),
    )


def _by_tier(
    listings: Listings, words: Words, columns: Iterable[str], limit: int
) -> Sql:
    """The best that have the words, whatever their order."""
    query, typed = _query(words, is_ordered=False)
    in_tier = listings.extra(  # noqa: S610 - what was typed is a parameter
        where=[f"gigs_listing.document @@ ({query})", f"{TIER} = tier.n"],
        params=typed,
    )
    # By no index: to walk down the one by quality is to read a tier's words gig by gig.
    by_quality = in_tier.order_by((F("quality") + 0).desc(), "-number")
    rows = by_quality.values(*{*columns, "document"})
    sql, parameters = rows[:limit].query.sql_with_params()
    return (
        f"SELECT found.* FROM generate_series({len(TIERS)}, 0, -1) tier (n) "
        f"CROSS JOIN LATERAL ({sql}) found LIMIT {limit}",
        parameters,
    )


def fit(words: Words) -> Sql:
    query, typed = _query(words)
    return f"ts_rank(gigs_listing.document, {query})", typed


def _query(words: Words, *, is_ordered: bool = True) -> Sql:
    """The terms as a tsquery; out of order, an excluded phrase says nothing yet."""
    parse = "phraseto_tsquery" if is_ordered else "plainto_tsquery"
    term = f"{parse}('{CONFIG}', %s)"
    unwanted = [each for each in words.unwanted if is_ordered or not each.is_phrase]
    parts = [f"({' || '.join([term] * len(group))})" for group in words.wanted]
    parts += [f"!!{term}"] * len(unwanted)
    terms = [*chain.from_iterable(words.wanted), *unwanted]
    return " && ".join(parts), [each.text for each in terms]
