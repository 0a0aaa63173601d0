"""What everybody sees: home, the marketplace, a category, a gig."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET


@login_not_required
@require_GET
def home(request: HttpRequest) -> HttpResponse:
    return render(request, "base.html")


@login_not_required
@require_GET
def market(request: HttpRequest) -> HttpResponse:
    return render(request, "base.html")


@login_not_required
@require_GET
def category(request: HttpRequest, slug: str) -> HttpResponse:
    return render(request, "base.html")


@login_not_required
@require_GET
def detail(request: HttpRequest, slug: str) -> HttpResponse:
    return render(request, "base.html")
