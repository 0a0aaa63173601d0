"""What pages show of reviews: the panel on a gig or a profile, stars, the size of an order."""

from typing import Any

from django import template
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from gigs.models import Gig
from gigstream.core import money
from gigstream.core.templatetags.ui import STAR
from orders.models import STARS, Order

register = template.Library()

BANDS = [50_00, 100_00, 250_00, 500_00, 1_000_00, 2_500_00, 5_000_00]


@register.inclusion_tag("orders/_reviews_panel.html")
def gig_reviews(gig: Gig) -> dict[str, Any]:
    """What buyers say of a gig, fetched when somebody gets there; asks nobody."""
    return {
        "address": reverse("orders:gig_reviews", args=[gig.slug]),
        "rating": gig.rating,
        "count": gig.review_count,
        "nobody": _("Nobody has reviewed this gig yet."),
    }


@register.inclusion_tag("orders/_reviews_panel.html", takes_context=True)
def person_reviews(context: template.Context, person: User) -> dict[str, Any]:
    """What others say of a person. Of a buyer, sellers read it: they decide with whom to work."""
    address = reverse("orders:person_reviews", args=[person.username])
    viewer = context.get("user")
    may_know = viewer == person or getattr(viewer, "is_seller", False)
    text = _("Nobody has reviewed %(name)s yet.")
    return {
        "address": address,
        "rating": person.rating,
        "count": person.review_count,
        "is_seller": person.is_seller,
        "nobody": text % {"name": person.get_short_name()},
        "as_buyer": f"{address}?as=buyer" if may_know else "",
        "person": person,
    }


@register.simple_tag
def stars(number: int) -> SafeString:
    """Five stars, as many of them lit as were given."""
    label = ngettext("%(number)d star", "%(number)d stars", number)
    drawn = format_html_join(
        "",
        '<span class="{}">{}</span>',
        (("lit" if place <= number else "", STAR) for place in STARS),
    )
    return format_html(
        '<span class="stars" role="img" aria-label="{}">{}</span>',
        label % {"number": number},
        drawn,
    )


@register.filter
def price_band(order: Order) -> str:
    """About how large an order was; its exact price is nobody else's business."""
    least = max((edge for edge in BANDS if edge <= order.price), default=0)
    most = min((edge for edge in BANDS if edge > order.price), default=0)

    def said(amount: int) -> str:
        return money.written(amount, order.currency, short=True)

    if not most:
        return _("Over %(amount)s") % {"amount": said(least)}
    if not least:
        return _("Up to %(amount)s") % {"amount": said(most)}
    return f"{said(least)} – {said(most)}"  # noqa: RUF001 - a range of amounts
