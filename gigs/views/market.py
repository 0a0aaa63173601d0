"""The marketplace, its categories, and what the search field proposes."""

from collections.abc import Callable
from functools import cache, partial
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from gigs import window
from gigs.cards import cards
from gigs.facets import facets
from gigs.favorites import saved_by
from gigs.jsonld import describe_shelf
from gigs.market import MOST_CHOSEN, SORTS, Wish
from gigs.queries import Shelf, tree
from gigs.results import find
from gigs.search.popular import note
from gigs.search.suggestions import suggest
from gigs.search.words import LONGEST
from gigstream.core import client, clock, money
from gigstream.core.http import render_page_or_fragment, wants_fragment

PAGE, FRAGMENT = "gigs/market.html", "gigs/_market.html"


@login_not_required
@require_safe
def market(request: HttpRequest) -> HttpResponse:
    asked = [*request.GET.getlist("category"), *request.GET.getlist("kind")]
    shelves = cache(partial(tree, keep=asked[: 2 * MOST_CHOSEN]))
    return _results(request, Wish.read(request.GET, shelves), shelves)


@login_not_required
@require_safe
def categories(request: HttpRequest) -> HttpResponse:
    """All of them stand beside the results of the marketplace."""
    return redirect("gigs:market")


@login_not_required
@require_safe
def category(request: HttpRequest, slug: str) -> HttpResponse:
    """The marketplace with one category chosen, at an address of its own."""
    shelves = cache(partial(tree, keep=[slug]))
    if not any(slug in shelf.slugs for shelf in shelves()):
        raise Http404
    return _results(request, Wish.read(request.GET, shelves, category=slug), shelves)


def _results(
    request: HttpRequest, wish: Wish, shelves: Callable[[], list[Shelf]]
) -> HttpResponse:
    asked = request.GET
    results = find(wish, page=asked.get("page", ""), first=asked.get("from", ""))
    if results.is_a_new_search:
        who, now = client.network(request), clock.now()
        note(results.wish.q, results.wish.words, client=who, now=now)
    context = {
        "wish": results.wish,
        "q": wish.q,
        "results": results,
        "page": results.page,
        "cards": cards(results.page.rows, saved=saved_by(request)),
        # Only counted where the filters are not kept.
        "facets": SimpleLazyObject(
            lambda: facets(results.wish, shelves(), is_vain=not results.page.total)
        ),
        "filters_key": f"{results.wish.url()} {get_language()} {money.is_with_code()}",
        "sorts": SORTS,
        # Asked for only where nothing was found.
        "popular": window.searches,
        "json_ld": _json_ld(results.wish),
        "canonical": results.wish.url(page=results.page.number),
    }
    response = render_page_or_fragment(request, PAGE, FRAGMENT, context)
    if wants_fragment(request):
        response["HX-Push-Url"] = results.address
    return response


def _json_ld(wish: Wish) -> str:
    """What search engines read on the page of a category."""
    shelf = None if wish.is_filtered else wish.shelf
    return describe_shelf(shelf.category) if shelf else ""


@login_not_required
@require_safe
def suggestions(request: HttpRequest) -> HttpResponse:
    """What the search field proposes, as a list for it; else the search itself."""
    typed = request.GET.get("q", "")[:LONGEST]
    if not wants_fragment(request):
        return redirect(f"{reverse('gigs:market')}?{urlencode({'q': typed})}")
    response = render(request, "gigs/_suggestions.html", {"groups": suggest(typed)})
    response["Cache-Control"] = "private, max-age=60"
    return response
