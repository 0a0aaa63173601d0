"""What everybody sees: home, and a gig."""

from http import HTTPStatus
from itertools import islice
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from accounts import acting
from gigs import looks, recent, window
from gigs.cards import cards
from gigs.favorites import saved_by
from gigs.jsonld import describe, describe_site
from gigs.models import Gig, GigAddress, Listing
from gigs.offers import offers_of
from gigs.similar import similar
from gigs.status import GigStatus
from gigstream.core import clock
from gigstream.core.http import wants_fragment
from gigstream.core.models.settings import Policy

ROW = 4
MORE = 4


@login_not_required
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The window, and for somebody who was here before, where they left off."""
    seen, saved = recent.seen_by(request), saved_by(request)
    shown, listed = _window([*seen, *islice(saved, ROW)])
    row_of_seen = [listed[key] for key in seen if key in listed][:ROW]
    above = {row.gig_id for row in row_of_seen}
    row_of_saved = [listed[key] for key in saved if key in listed.keys() - above][:ROW]
    above |= {row.gig_id for row in row_of_saved}
    featured = [
        listed[key]
        for key in map(UUID, shown["featured"])
        if key in listed.keys() - above
    ]
    if request.user.is_anonymous:
        # The showpieces have been seen: others come first.
        pieces = {UUID(piece["gig"]) for piece in shown["showpieces"]}
        featured.sort(key=lambda row: row.gig_id in pieces)
    context = {
        **shown,
        "seen": cards(row_of_seen, saved=saved, at_once=0),
        "kept": cards(row_of_saved, saved=saved, at_once=0),
        "featured": cards(featured[: 2 * ROW], saved=saved, at_once=0),
        "json_ld": describe_site(),
    }
    return render(request, "gigs/home.html", context)


def _window(also: list[UUID]) -> tuple[dict[str, Any], dict[UUID, Listing]]:
    """The window, and the listings of its gigs and of others as they are now."""
    shown = window.window()
    listed = _listed(shown, also)
    if any(_is_old(piece, listed) for piece in shown["showpieces"]):
        shown = window.look_again()
        listed = _listed(shown, also)
    return shown, listed


def _listed(shown: dict[str, Any], also: list[UUID]) -> dict[UUID, Listing]:
    keys = {*map(UUID, shown["featured"]), *also}
    rows = Listing.objects.filter(gig__in=keys).only("number", "version", "gig_id")
    return {row.gig_id: row for row in rows}


def _is_old(piece: dict[str, Any], listed: dict[UUID, Listing]) -> bool:
    row = listed.get(UUID(piece["gig"]))
    return row is None or row.version != piece["version"]


@login_not_required
@require_safe
def detail(request: HttpRequest, slug: str) -> HttpResponse:
    gigs = Gig.objects.visible_to(request.user).with_everything().with_policy()
    gig = gigs.select_related("seller", "category__parent").filter(slug=slug).first()
    if gig is None:
        return _not_on_offer(request, slug)
    if not acting.of(request):
        recent.remember(request, gig)
        looks.count(request, gig, now=clock.now())
    policy = Policy(**(gig.policy_values or {}))  # type: ignore[attr-defined]
    context = {
        "gig": gig,
        "pictures": list(gig.images.all()),
        "offers": offers_of(gig, policy=policy, now=clock.now()),
        "policy": policy,
        "is_own": gig.seller == request.user,
        "json_ld": _for_search_engines(request, gig),
    }
    return render(request, "gigs/detail.html", context)


def _for_search_engines(request: HttpRequest, gig: Gig) -> str:
    """They never log in, so nobody who has need load it."""
    is_read = gig.is_on_offer and request.user.is_anonymous
    return describe(gig, at=clock.now()) if is_read else ""


@login_not_required
@require_safe
def more(request: HttpRequest, slug: str) -> HttpResponse:
    """Gigs to look at next: a fragment that the gig's page asks for when somebody gets there."""
    gigs = Gig.objects.visible_to(request.user).select_related("category", "seller")
    gig = get_object_or_404(gigs, slug=slug)
    if not wants_fragment(request):
        return redirect(gig.category)
    others = Gig.objects.of(gig.seller).on_offer().exclude(pk=gig.pk)
    context = {
        "gig": gig,
        "of_seller": others.order_by("-published_at", "-id").for_cards()[:MORE],
        "alike": similar(gig, limit=MORE),
    }
    return render(request, "gigs/_more.html", context)


def _not_on_offer(request: HttpRequest, slug: str) -> HttpResponse:
    """Lead on from an old address, or tell of a gig that was on offer once.

    Of a draft nobody learns that it exists.
    """
    moved = GigAddress.objects.filter(slug=slug).select_related("gig").first()
    if moved and moved.gig.published_at:
        return redirect(moved.gig, permanent=True)
    gigs = Gig.objects.once_on_offer().select_related("category", "seller")
    gig = get_object_or_404(gigs, slug=slug)
    is_gone = gig.status == GigStatus.ARCHIVED
    context = {
        "gig": gig,
        "is_gone": is_gone,
        "back_on": gig.seller.away_until(at=clock.now()),
        "alike": similar(gig, limit=MORE),
    }
    status = HTTPStatus.GONE if is_gone else HTTPStatus.NOT_FOUND
    return render(request, "gigs/not_on_offer.html", context, status=status)
