"""Gigs like another one. What was found is remembered for a while, as keys: prices and hearts stay fresh."""

from uuid import UUID

from django.core.cache import caches
from django.db.models import Count

from gigs.models import Gig, Listing

LOOKED_AT = 200
KEPT = 12
REMEMBERED = 15 * 60


def similar(gig: Gig, *, limit: int = 4) -> list[Gig]:
    """Others' gigs of its category, those with the most tags in common first."""
    name = f"gigs:similar:{gig.pk.hex}"
    memory = caches["memory"]
    known: list[UUID] | None = memory.get(name)
    if known is None:
        known = _found(gig)
        memory.set(name, known, REMEMBERED)
    gigs = Gig.objects.on_offer().for_cards().in_bulk(known)
    return [gigs[key] for key in known if key in gigs][:limit]


def _found(gig: Gig) -> list[UUID]:
    """Only the best of the category are compared, so that a large one costs no more."""
    others = Listing.objects.exclude(seller=gig.seller_id)
    best = others.order_by("-quality", "-number").values_list("gig", flat=True)
    near = list(best.filter(category=gig.category_id)[:LOOKED_AT])
    if len(near) < KEPT:
        near += [key for key in best[: 2 * KEPT] if key not in near]
    shared = Gig.tags.through.objects.filter(gig__in=near, tag__in=gig.tags.all())
    counted = shared.values("gig").annotate(number=Count("id")).order_by()
    tags = {row["gig"]: row["number"] for row in counted}
    return sorted(near, key=lambda key: -tags.get(key, 0))[:KEPT]
