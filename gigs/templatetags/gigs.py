"""What pages of the apps below show of gigs."""

from typing import Any

from django import template

from accounts.models import User
from gigs.models import Gig

register = template.Library()

SHOWN = 24


@register.inclusion_tag("gigs/_seller_gigs.html")
def seller_gigs(person: User) -> dict[str, Any]:
    """What somebody has on offer, the newest first; two queries."""
    offered = Gig.objects.of(person).on_offer().order_by("-published_at", "-id")
    return {"person": person, "gigs": offered.for_cards()[:SHOWN]}
