"""What pages of the apps below show of gigs."""

from typing import Any

from django import template
from django.template import RequestContext
from django.utils.safestring import SafeString

from accounts.models import User
from gigs import marked as marked_text
from gigs.favorites import saved_by
from gigs.models import Gig

register = template.Library()

SHOWN = 24


@register.inclusion_tag("components/_heart.html", takes_context=True)
def heart(context: RequestContext, gig: Gig) -> dict[str, Any]:
    """The button that saves a gig; one query for all hearts of a page.

    It stands beside what may be cached of a gig, for that is the same for everybody.
    """
    return {"gig": gig, "saved": gig.pk in saved_by(context["request"])}


@register.inclusion_tag("gigs/_seller_gigs.html", takes_context=True)
def seller_gigs(context: RequestContext, person: User) -> dict[str, Any]:
    """What somebody has on offer, the newest first; two queries."""
    offered = Gig.objects.of(person).on_offer().order_by("-published_at", "-id")
    gigs = offered.for_cards()[:SHOWN]
    return {"request": context["request"], "person": person, "gigs": gigs}


@register.filter
def marked(text: str) -> SafeString:
    """What a seller wrote, with its bold words, lists and headings."""
    # Every tag in it is the parser's own; what looked like HTML is escaped.
    return SafeString(marked_text.html(text or ""))


@register.filter
def unmarked(text: str) -> str:
    """The same as plain words in one line."""
    return marked_text.plain(text or "")
