"""Gigs like another one. What was found is remembered for a while, as keys: prices and hearts stay fresh."""

from uuid import UUID

from django.core.cache import cache
from django.db.models import Count

from gigs.models import Gig

LOOKED_AT = 200
KEPT = 12
REMEMBERED = 15 * 60


def similar(gig: Gig, *, limit: int = 4) -> list[Gig]:
    """Others' gigs of its category, those with the most tags in common first."""
    name = f"gigs:similar:{gig.pk.hex}"
    known: list[str] | None = cache.get(name)
    if known is None:
        known = [key.hex for key in _found(gig)]
        cache.set(name, known, REMEMBERED)
    keys = [UUID(key) for key in known]
    gigs = Gig.objects.on_offer().for_cards().in_bulk(keys)
    return [gigs[key] for key in keys if key in gigs][:limit]


def _found(gig: Gig) -> list[UUID]:
    """Only the newest of the category are compared, so that a large one costs no more."""
    others = Gig.objects.on_offer().exclude(seller=gig.seller_id)
    newest = others.order_by("-published_at", "-id").values_list("pk", flat=True)
    near = list(newest.filter(category=gig.category_id)[:LOOKED_AT])
    if len(near) < KEPT:
        near += [key for key in newest[:LOOKED_AT] if key not in near]
    shared = Gig.tags.through.objects.filter(gig__in=near, tag__in=gig.tags.all())
    counted = shared.values("gig").annotate(number=Count("id")).order_by()
    tags = {row["gig"]: row["number"] for row in counted}
    return sorted(near, key=lambda key: -tags.get(key, 0))[:KEPT]
