"""What the home page shows to everybody.

It is looked up once and kept for all processes, for a few minutes or until something of it
changes: `forget` is called where gigs come and go. Whether the gigs in it are still on
offer, and look as they did, is asked each time: that is one short query.
"""

from collections.abc import Iterable
from contextlib import suppress
from typing import Any
from uuid import UUID

from django.core.cache import cache
from django.db import transaction
from django.db.models import Sum

from gigs.models import Gig, Listing
from gigs.paging import COUNT_LIMIT, count_text
from gigs.queries import popular_tags, shelves
from gigs.search.popular import popular_searches
from gigstream.core.cache import store_errors
from gigstream.core.numbers import grouped

KEY = "window"
KEPT = 300  # seconds
FEATURED = 12  # a few more than are shown, for some may be seen above already
SEARCHES = 6
# Smaller numbers say less than none.
LEAST = 20
SHOWPIECES = 3


def window() -> dict[str, Any]:
    """Searches, crafts, figures, featured gigs and showpieces, as plain values."""
    return _worded(_kept())


def _worded(shown: dict[str, Any]) -> dict[str, Any]:
    """The numbers as whoever looks writes them; what is kept is for all languages."""
    shelves = [
        {**shelf, "count": count_text(shelf["count"])} for shelf in shown["shelves"]
    ]
    figures = {
        name: (grouped if name == "orders" else count_text)(number)
        for name, number in shown["figures"].items()
    }
    return {**shown, "shelves": shelves, "figures": figures}


def _kept() -> dict[str, Any]:
    try:
        kept: dict[str, Any] | None = cache.get(KEY)
        if kept is None:
            kept = _look()
            cache.set(KEY, kept, KEPT)
    except store_errors():
        return _look()
    return kept


def look_again() -> dict[str, Any]:
    """The same, looked up anew, because what was kept has turned out to be old."""
    with suppress(*store_errors()):
        cache.delete(KEY)
    return window()


def forget() -> None:
    """Have it looked up again, once what is being changed is true."""
    transaction.on_commit(lambda: cache.delete(KEY), robust=True)


def _look() -> dict[str, Any]:
    featured = list(_featured())
    return {
        "searches": searches(),
        "shelves": [
            {
                "name": shelf.category.name,
                "icon": shelf.category.icon,
                "url": shelf.category.get_absolute_url(),
                "count": shelf.count,
            }
            for shelf in shelves()
        ],
        "figures": _figures(),
        "featured": [key.hex for key in featured],
        "showpieces": _showpieces(featured),
    }


def searches() -> list[str]:
    """What people search for; where that is too little yet, the words that gigs carry."""
    found = dict.fromkeys(popular_searches(limit=SEARCHES))
    if len(found) < SEARCHES:
        found.update(dict.fromkeys(popular_tags(limit=SEARCHES)))
    return list(found)[:SEARCHES]


def _featured() -> Iterable[UUID]:
    """What the staff chose, the latest first; then the best, first one of each seller."""
    chosen = Listing.objects.filter(gig__featured_at__isnull=False)
    rows = chosen.order_by("-gig__featured_at").values_list("gig", "seller")
    picked = dict(rows[:FEATURED])
    ranked = Listing.objects.order_by("-quality", "-number")
    best = list(ranked.values_list("gig", "seller")[: 4 * FEATURED])
    for gig, seller in best:
        if seller not in picked.values():
            picked[gig] = seller
    picked.update(best)
    return list(picked)[:FEATURED]


def _showpieces(featured: list[UUID]) -> list[dict[str, Any]]:
    rows = Gig.objects.for_cards().select_related("seller", "category", "listing")
    gigs = rows.in_bulk(featured)
    with_cover = [gigs[key] for key in featured if key in gigs and gigs[key].cover]
    # First one of each craft, so that the page begins with variety.
    first = {gig.category_id: gig for gig in reversed(with_cover)}
    with_cover.sort(key=lambda gig: first[gig.category_id] is not gig)
    return [_showpiece(gig) for gig in with_cover[:SHOWPIECES]]


def _showpiece(gig: Gig) -> dict[str, Any]:
    cover = gig.cover
    return {
        "gig": gig.pk.hex,
        "version": gig.listing.version,
        "url": gig.get_absolute_url(),
        "title": gig.title,
        "seller": gig.seller.full_name,
        "small": cover.small if cover else "",
        "medium": cover.medium if cover else "",
    }


def _figures() -> dict[str, int]:
    """True numbers, counted up to a limit; those that are too small to tell stay away."""
    gigs = Listing.objects.order_by()[: COUNT_LIMIT + 1].count()
    offering = Listing.objects.order_by().values("seller").distinct()
    sellers = offering[: COUNT_LIMIT + 1].count()
    sold = Listing.objects.filter(completed_orders__gt=0)
    orders = sold.aggregate(sum=Sum("completed_orders"))["sum"] or 0
    counted = {"gigs": gigs, "sellers": sellers, "orders": orders}
    return {name: number for name, number in counted.items() if number >= LEAST}
