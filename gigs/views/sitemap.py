"""The site map, in parts."""

from collections.abc import Iterable

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from gigs import sitemap
from gigs.sitemap import Place


@login_not_required
@require_safe
@cache_control(public=True, max_age=sitemap.KEPT)
def index(request: HttpRequest) -> HttpResponse:
    context = {"parts": sitemap.parts()}
    xml = "application/xml"
    return render(request, "gigs/sitemap_index.xml", context, content_type=xml)


@login_not_required
@require_safe
@cache_control(public=True, max_age=sitemap.KEPT)
def pages(request: HttpRequest) -> HttpResponse:
    return _written(request, sitemap.pages())


@login_not_required
@require_safe
@cache_control(public=True, max_age=sitemap.KEPT)
def part(request: HttpRequest, number: int) -> HttpResponse:
    if number > sitemap.LAST:
        raise Http404
    return _written(request, sitemap.part(number))


def _written(request: HttpRequest, places: Iterable[Place]) -> HttpResponse:
    context = {"places": places}
    xml = "application/xml"
    return render(request, "gigs/sitemap.xml", context, content_type=xml)
