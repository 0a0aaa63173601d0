"""Why a gig stands where it stands in the market, for its seller."""

from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from accounts.http import AuthedRequest
from gigs import looks
from gigs.models import Gig
from gigs.quality import Facts, Part, facts_of, parts
from gigstream.core import clock

TITLES: dict[str, tuple[str | Promise, str | Promise]] = {
    "reviews": (
        _("Reviews"),
        _(
            "Your average rating. Few reviews count carefully, as if eight more people "
            "had given 4.2 stars."
        ),
    ),
    "orders": (_("Orders"), _("Orders you completed with this gig; full at 200.")),
    "freshness": (
        _("Freshness"),
        _("New gigs get a start: whole on the first day, half after 60 days."),
    ),
    "completeness": (
        _("Completeness"),
        _("Three pictures, three tags, 600 letters of description, three packages."),
    ),
    "verified": (_("Verified"), _("Your identity has been verified.")),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A part of the sum, with what it means."""

    title: str | Promise
    text: str | Promise
    part: Part


@require_safe
def ranking(request: AuthedRequest, slug: str) -> HttpResponse:
    gigs = Gig.objects.of(request.user).on_offer().select_related("listing")
    gig = get_object_or_404(gigs, slug=slug)
    facts = facts_of([gig.listing.number])[gig.listing.number]
    judged = parts(facts, now=clock.now())
    bars = looks.bars(gig, now=clock.now())
    context = {
        "gig": gig,
        "bars": bars,
        "visitors": sum(bar.views for bar in bars),
        "facts": facts,
        "rows": [
            Row(title=TITLES[name][0], text=TITLES[name][1], part=part)
            for name, part in judged.items()
        ],
        "total": sum(part.points for part in judged.values()),
        "missing": _missing(facts),
    }
    return render(request, "gigs/ranking.html", context)


def _missing(facts: Facts) -> list[str | Promise]:
    """What the seller can do today."""
    wanted = [
        (facts.pictures < 3, _("Show at least three pictures.")),
        (facts.tags < 3, _("Add at least three tags.")),
        (facts.letters < 600, _("Write at least 600 letters of description.")),
        (facts.packages < 3, _("Offer all three packages.")),
    ]
    return [text for is_missing, text in wanted if is_missing]
