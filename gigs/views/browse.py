"""What everybody sees: home, the marketplace, a category, a gig."""

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from gigs import recent
from gigs.jsonld import describe
from gigs.market import SORTS, Wish
from gigs.models import Gig
from gigs.offers import offers_of
from gigs.paging import paginate
from gigs.queries import Shelf, popular_tags, shelves
from gigstream.core import clock
from gigstream.core.http import render_page_or_fragment, wants_fragment
from gigstream.core.models.settings import Policy

NEWEST_ON_HOME = 8
MORE = 4
PAGE, FRAGMENT = "gigs/market.html", "gigs/_market.html"


@login_not_required
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    on_offer = Gig.objects.visible_to(request.user).on_offer()
    gigs = on_offer.order_by("-published_at", "-id").for_cards()[:NEWEST_ON_HOME]
    context = {
        "gigs": gigs,
        "showpieces": [gig for gig in gigs if gig.cover][:3],
        "tags": popular_tags(),
        "shelves": shelves(),
    }
    return render(request, "gigs/home.html", context)


@login_not_required
@require_safe
def market(request: HttpRequest) -> HttpResponse:
    all_shelves = shelves()
    return _results(request, Wish.read(request.GET, all_shelves), all_shelves)


@login_not_required
@require_safe
def category(request: HttpRequest, slug: str) -> HttpResponse:
    """The marketplace with one category chosen, at an address of its own."""
    all_shelves = shelves()
    wish = Wish.read(request.GET, all_shelves, category=slug)
    if wish.shelf is None:
        raise Http404
    return _results(request, wish, all_shelves)


def _results(
    request: HttpRequest, wish: Wish, all_shelves: list[Shelf]
) -> HttpResponse:
    gigs = wish.apply(Gig.objects.visible_to(request.user).on_offer())
    page = paginate(gigs.for_cards(), wanted=request.GET.get("page", ""))
    address = wish.url(page=page.number)
    context = {
        "wish": wish,
        "q": wish.q,
        "page": page,
        "shelves": all_shelves,
        "sorts": SORTS,
        "canonical": address,
        "previous": wish.url(page=page.previous_page_number),
        "next": wish.url(page=page.next_page_number),
    }
    response = render_page_or_fragment(request, PAGE, FRAGMENT, context)
    if wants_fragment(request):
        response["HX-Push-Url"] = address
    return response


@login_not_required
@require_safe
def detail(request: HttpRequest, slug: str) -> HttpResponse:
    gigs = Gig.objects.visible_to(request.user).with_everything().with_policy()
    gig = gigs.filter(slug=slug).first()
    if gig is None:
        return _not_on_offer(request, slug)
    recent.remember(request, gig)
    policy = Policy(**(gig.policy_values or {}))  # type: ignore[attr-defined]
    context = {
        "gig": gig,
        "pictures": list(gig.images.all()),
        "offers": offers_of(gig, policy=policy, now=clock.now()),
        "is_own": gig.seller == request.user,
        "json_ld": describe(gig),
    }
    return render(request, "gigs/detail.html", context)


@login_not_required
@require_safe
def more(request: HttpRequest, slug: str) -> HttpResponse:
    """Gigs to look at next: a fragment that the gig's page asks for when somebody gets there."""
    gigs = Gig.objects.visible_to(request.user).select_related("category")
    gig = get_object_or_404(gigs, slug=slug)
    if not wants_fragment(request):
        return redirect(gig.category)
    context = {"gig": gig, "gigs": Gig.objects.on_offer().like(gig).for_cards()[:MORE]}
    return render(request, "gigs/_more.html", context)


def _not_on_offer(request: HttpRequest, slug: str) -> HttpResponse:
    """Tell of a gig that was on offer once; of a draft nobody learns that it exists."""
    gig = get_object_or_404(
        Gig.objects.once_on_offer().select_related("category"), slug=slug
    )
    return render(request, "gigs/not_on_offer.html", {"gig": gig}, status=404)
