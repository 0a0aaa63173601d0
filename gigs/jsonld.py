"""What search engines read about a gig."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.templatetags.static import static
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from gigs import marked
from gigs.models import Category, Gig, GigPackage
from gigstream.core import jsonld, money
from gigstream.core.site import site_name

DESCRIBED = 500  # letters: no list of results shows more


def describe(gig: Gig, *, at: datetime) -> SafeString:
    """Describe a gig as schema.org's Product; the caller has prefetched everything."""
    is_away = gig.seller.away_until(at=at) is not None
    facts: dict[str, Any] = {
        "@type": "Product",
        "name": gig.title,
        "description": Truncator(marked.plain(gig.description)).chars(DESCRIBED),
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
    return jsonld.written({"@graph": [facts, _breadcrumbs(gig.category)]})


def describe_shelf(category: Category) -> SafeString:
    """Say where a category stands; the caller has its parent at hand."""
    return jsonld.written(_breadcrumbs(category))


def describe_site() -> SafeString:
    """Describe the site as an Organization and a WebSite that can be searched."""
    home, name = jsonld.absolute("/"), site_name()
    search = f"{jsonld.absolute(reverse('gigs:market'))}?q={{search_term_string}}"
    organization: dict[str, Any] = {
        "@type": "Organization",
        "@id": f"{home}#organization",
        "name": name,
        "url": home,
        "logo": jsonld.absolute(static("icons/icon-512.png")),
    }
    if elsewhere := [link["url"] for link in settings.SOCIAL_LINKS]:
        organization["sameAs"] = elsewhere
    website = {
        "@type": "WebSite",
        "name": name,
        "url": home,
        "publisher": {"@id": organization["@id"]},
        "potentialAction": {
            "@type": "SearchAction",
            "target": {"@type": "EntryPoint", "urlTemplate": search},
            "query-input": "required name=search_term_string",
        },
    }
    return jsonld.written({"@graph": [organization, website]})


def _breadcrumbs(category: Category) -> dict[str, Any]:
    steps = [(_("All services"), reverse("gigs:market"))]
    steps += [
        (shelf.name, shelf.get_absolute_url())
        for shelf in (category.parent, category)
        if shelf
    ]
    items = [
        {
            "@type": "ListItem",
            "position": place,
            "name": name,
            "item": jsonld.absolute(path),
        }
        for place, (name, path) in enumerate(steps, start=1)
    ]
    return {"@type": "BreadcrumbList", "itemListElement": items}


def _offer(gig: Gig, package: GigPackage, *, is_away: bool) -> dict[str, Any]:
    return {
        "@type": "Offer",
        "name": package.name,
        "price": money.exact(package.price, gig.currency),
        "priceCurrency": gig.currency.upper(),
        "url": jsonld.absolute(gig.get_absolute_url()),
        "availability": f"https://schema.org/{'OutOfStock' if is_away else 'InStock'}",
    }
