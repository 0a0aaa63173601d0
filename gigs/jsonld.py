"""What search engines read about a gig."""

from typing import Any

from django.utils.safestring import SafeString

from gigs.models import Gig
from gigstream.core import jsonld, money


def describe(gig: Gig) -> SafeString:
    """Describe a gig as schema.org's Product; the caller has prefetched everything."""
    facts = {
        "@type": "Product",
        "name": gig.title,
        "description": gig.description,
        "category": gig.category.name,
        "url": jsonld.absolute(gig.get_absolute_url()),
        "image": [jsonld.absolute(picture.large) for picture in gig.images.all()],
        "brand": {"@type": "Person", "name": gig.seller.full_name},
        "offers": [_offer(gig, package) for package in gig.packages.all()],
    }
    if gig.review_count and gig.rating is not None:
        facts["aggregateRating"] = {
            "@type": "AggregateRating",
            "ratingValue": str(gig.rating),
            "reviewCount": gig.review_count,
        }
    return jsonld.written(facts)


def _offer(gig: Gig, package: Any) -> dict[str, Any]:
    places = money.decimals(gig.currency)
    return {
        "@type": "Offer",
        "name": package.name,
        "price": f"{package.price / 10**places:.{places}f}",
        "priceCurrency": gig.currency.upper(),
        "availability": "https://schema.org/InStock",
    }
