"""A seller's own gigs: the list, the editor, and the buttons on both."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_POST

from accounts.http import AuthedRequest


@require_GET
def mine(request: AuthedRequest) -> HttpResponse:
    return render(request, "base.html")


def create(request: AuthedRequest) -> HttpResponse:
    return render(request, "base.html")


def edit(request: AuthedRequest, slug: str) -> HttpResponse:
    return render(request, "base.html")


@require_POST
def publish(request: AuthedRequest, slug: str) -> HttpResponse:
    return render(request, "base.html")


@require_POST
def pause(request: AuthedRequest, slug: str) -> HttpResponse:
    return render(request, "base.html")


@require_POST
def resume(request: AuthedRequest, slug: str) -> HttpResponse:
    return render(request, "base.html")


@require_POST
def archive(request: AuthedRequest, slug: str) -> HttpResponse:
    return render(request, "base.html")


@require_POST
def add_picture(request: AuthedRequest, slug: str) -> HttpResponse:
    return render(request, "base.html")


@require_POST
def remove_picture(request: AuthedRequest, slug: str, pk: UUID) -> HttpResponse:
    return render(request, "base.html")


@require_POST
def move_picture(request: AuthedRequest, slug: str, pk: UUID) -> HttpResponse:
    return render(request, "base.html")
