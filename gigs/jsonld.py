"""What search engines read about a gig."""

from datetime import datetime
from typing import Any

from django.utils.safestring import SafeString

from gigs import marked
from gigs.models import Gig, GigPackage
from gigstream.core import jsonld, money


def describe(gig: Gig, *, at: datetime) -> SafeString:
    """Describe a gig as schema.org's Product; the caller has prefetched everything."""
    is_away = gig.seller.away_until(at=at) is not None
    facts: dict[str, Any] = {
        "@type": "Product",
        "name": gig.title,
        "description": marked.plain(gig.description),
        "category": gig.category.name,
        "url": jsonld.absolute(gig.get_absolute_url()),
        "image": [jsonld.absolute(picture.large) for picture in gig.images.all()],
        "brand": {"@type": "Person", "name": gig.seller.full_name},
        "offers": [
            _offer(gig, package, is_away=is_away) for package in gig.packages.all()
        ],
    }
    if gig.review_count and gig.rating is not None:
        facts["aggregateRating"] = {
            "@type": "AggregateRating",
            "ratingValue": str(gig.rating),
            "reviewCount": gig.review_count,
        }
    return jsonld.written({"@graph": [facts, _breadcrumbs(gig)]})


def _breadcrumbs(gig: Gig) -> dict[str, Any]:
    shelves = [shelf for shelf in (gig.category.parent, gig.category) if shelf]
    items = [
        {
            "@type": "ListItem",
            "position": place,
            "name": shelf.name,
            "item": jsonld.absolute(shelf.get_absolute_url()),
        }
        for place, shelf in enumerate(shelves, start=1)
    ]
    return {"@type": "BreadcrumbList", "itemListElement": items}


def _offer(gig: Gig, package: GigPackage, *, is_away: bool) -> dict[str, Any]:
    places = money.decimals(gig.currency)
    return {
        "@type": "Offer",
        "name": package.name,
        "price": f"{package.price / 10**places:.{places}f}",
        "priceCurrency": gig.currency.upper(),
        "url": jsonld.absolute(gig.get_absolute_url()),
        "availability": f"https://schema.org/{'OutOfStock' if is_away else 'InStock'}",
    }
