"""What pages of the apps below show of gigs."""

from typing import Any

from django import template
from django.template import RequestContext
from django.utils.safestring import SafeString

from accounts.models import User
from gigs import marked as marked_text
from gigs.favorites import saved_by
from gigs.models import Gig
from gigs.paging import whole

register = template.Library()

SHOWN, MOST_PAGES = 24, 100


@register.inclusion_tag("components/_heart.html", takes_context=True)
def heart(context: RequestContext, gig: Gig) -> dict[str, Any]:
    """The button that saves a gig; one query for all hearts of a page.

    It stands beside what may be cached of a gig, for that is the same for everybody.
    """
    return {"gig": gig, "saved": gig.pk in saved_by(context["request"])}


@register.inclusion_tag("gigs/_seller_gigs.html", takes_context=True)
def seller_gigs(context: RequestContext, person: User) -> dict[str, Any]:
    """What somebody has on offer, the newest first, a page at a time; two queries."""
    request = context["request"]
    page = min(max(whole(request.GET.get("gigs", "")), 1), MOST_PAGES)
    start = (page - 1) * SHOWN
    offered = Gig.objects.of(person).on_offer().order_by("-published_at", "-id")
    gigs = list(offered.for_cards()[start : start + SHOWN + 1])
    return {
        "request": request,
        "person": person,
        "gigs": gigs[:SHOWN],
        "previous": page - 1,
        "next": page + 1 if len(gigs) > SHOWN else None,
    }


@register.filter
def marked(text: str) -> SafeString:
    """What a seller wrote, with its bold words, lists and headings."""
    # Every tag in it is the parser's own; what looked like HTML is escaped.
    return SafeString(marked_text.html(text or ""))


@register.filter
def unmarked(text: str) -> str:
    """The same as plain words in one line."""
    return marked_text.plain(text or "")
