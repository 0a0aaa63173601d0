"""What search engines read about a gig."""

import json
from typing import Any
from urllib.parse import urljoin

from django.conf import settings
from django.utils.safestring import SafeString, mark_safe

from gigs.models import Gig
from gigstream.core import money

# As Django's json_script: nothing inside can close the script element.
ESCAPES = {ord(">"): "\\u003E", ord("<"): "\\u003C", ord("&"): "\\u0026"}


def describe(gig: Gig) -> SafeString:
    """Describe a gig as schema.org's Product; the caller has prefetched everything."""
    facts = {
        "@context": "https://schema.org",
        "@type": "Product",
        "name": gig.title,
        "description": gig.description,
        "category": gig.category.name,
        "url": _absolute(gig.get_absolute_url()),
        "image": [_absolute(picture.large) for picture in gig.images.all()],
        "brand": {"@type": "Person", "name": gig.seller.full_name},
        "offers": [_offer(gig, package) for package in gig.packages.all()],
    }
    if gig.review_count and gig.rating is not None:
        facts["aggregateRating"] = {
            "@type": "AggregateRating",
            "ratingValue": str(gig.rating),
            "reviewCount": gig.review_count,
        }
    text = json.dumps(facts, ensure_ascii=False)
    return mark_safe(text.translate(ESCAPES))  # noqa: S308 - escaped in the line above


def _offer(gig: Gig, package: Any) -> dict[str, Any]:
    places = money.decimals(gig.currency)
    return {
        "@type": "Offer",
        "name": package.name,
        "price": f"{package.price / 10**places:.{places}f}",
        "priceCurrency": gig.currency.upper(),
        "availability": "https://schema.org/InStock",
    }


def _absolute(path: str) -> str:
    return urljoin(settings.SITE_URL, path)
