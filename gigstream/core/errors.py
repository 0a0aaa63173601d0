"""Refusals that every app raises, and the pages that tell a person about them."""

import math
from typing import Any
from urllib.parse import unquote

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.csrf import requires_csrf_token


class Refusal(Exception):
    """Something was asked for that will not be done; the message is fit for the user."""

    status = 422


class NotAllowed(Refusal):
    """The rules say no: wrong person, wrong moment, wrong amount."""


class Stale(Refusal):
    """Somebody else was faster, or the page was out of date; look again and decide anew."""

    status = 409


class TooMany(Refusal):
    """Tried too often in too short a time; `retry_after` is the seconds to wait."""

    status = 429

    def __init__(self, message: str, *, retry_after: int) -> None:
        super().__init__(message)
        self.retry_after = retry_after


def bad_request(request: HttpRequest, exception: Any = None) -> HttpResponse:
    if isinstance(exception, RequestDataTooBig):
        return render(request, "413.html", status=413)
    return render(request, "400.html", status=400)


def busy() -> HttpResponse:
    """Say that the site is short of breath, without asking the database for anything."""
    response = render(None, "503.html", status=503)
    response.headers["Retry-After"] = "5"
    return response


def maintenance(text: str) -> HttpResponse:
    """Say that the operator works on the site."""
    return render(None, "maintenance.html", {"text": text}, status=503)


def too_many(retry_after: int) -> HttpResponse:
    """Ask somebody to slow down, at a price that does not make it worse."""
    minutes = math.ceil(retry_after / 60) if retry_after > 90 else 0
    context = {"seconds": retry_after, "minutes": minutes}
    response = render(None, "429.html", context, status=429)
    response.headers["Retry-After"] = str(retry_after)
    return response


def forbidden(request: HttpRequest, exception: Any = None) -> HttpResponse:
    return render(request, "403.html", status=403)


@requires_csrf_token
def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return render(request, "403_csrf.html", {"back": _came_from(request)}, status=403)


def wrong_method(request: HttpRequest) -> HttpResponse:
    """Lead back to the page of the form, unless that page leads here again, as a login does."""
    back = _came_from(request)
    context = {"back": "" if request.path in unquote(back) else back}
    return render(request, "405.html", context, status=405)


def _came_from(request: HttpRequest) -> str:
    """The page of this site that somebody came from, if the browser says so."""
    page = request.headers.get("Referer", "")
    is_ours = url_has_allowed_host_and_scheme(page, {request.get_host()})
    return page if is_ours else ""


def not_found(request: HttpRequest, exception: Any = None) -> HttpResponse:
    return render(request, "404.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer without the database, the session or a context processor: any may be the culprit."""
    return render(None, "500.html", status=500)
