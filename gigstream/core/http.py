"""What views share: the typed request, and one way to answer both htmx and a plain browser."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.utils.http import url_has_allowed_host_and_scheme
from django_htmx.http import HttpResponseClientRefresh
from django_htmx.middleware import HtmxDetails

YEAR = 365 * 24 * 3600


class HtmxRequest(HttpRequest):
    htmx: HtmxDetails


def wants_fragment(request: HttpRequest) -> bool:
    """True for an htmx swap; false for a page load, and for Back, which needs the whole page."""
    htmx: HtmxDetails = request.htmx  # type: ignore[attr-defined]
    return bool(
        htmx and htmx.request_type == "partial" and not htmx.history_restore_request
    )


def wait_on(*, is_waiting: bool = False) -> HttpResponse:
    """What a page hears that asks every two seconds: nothing yet, or to load anew."""
    return HttpResponse(status=204) if is_waiting else HttpResponseClientRefresh()


def came_from(request: HttpRequest, *, otherwise: str) -> str:
    """The page of this site on which a button was pressed, by htmx or in a form with `next`."""
    htmx: HtmxDetails = request.htmx  # type: ignore[attr-defined]
    try:
        page = htmx.current_url_abs_path if htmx else request.POST.get("next")
    except ValueError:  # an address that is none
        return otherwise
    # A bare word is no address: `redirect` would take it for the name of a page.
    is_path = page and page.startswith("/")
    is_ours = is_path and url_has_allowed_host_and_scheme(page, allowed_hosts=None)
    return page if page and is_ours else otherwise


def sent(request: HttpRequest) -> QueryDict | None:
    """What a form was sent with, even if that is nothing; None while it is only shown."""
    return request.POST if request.method == "POST" else None


def render_page_or_fragment(
    request: HttpRequest,
    page: str,
    fragment: str,
    context: dict[str, Any],
    *,
    status: int = 200,
) -> HttpResponse:
    """Render `fragment` for an htmx swap, and the whole `page` for anyone else."""
    template = fragment if wants_fragment(request) else page
    response = render(request, template, context, status=status)
    patch_vary_headers(response, ["HX-Request", "HX-Request-Type"])
    return response


def as_uuid(text: str) -> UUID | None:
    """The key that an address or a form names; anything else is none."""
    try:
        return UUID(text)
    except ValueError:
        return None


def as_moment(text: str) -> datetime | None:
    """The moment, with its zone, that an address or a form names; anything else is none."""
    try:
        moment = datetime.fromisoformat(text)
        # In some zone it may be a day that no calendar of ours has.
        return moment.astimezone(UTC) if moment.tzinfo else None
    except (ValueError, OverflowError):
        return None


def remember(
    request: HttpRequest,
    response: HttpResponse,
    name: str,
    value: str,
    *,
    httponly: bool,
) -> None:
    """Let the browser keep something for a year, which `remembered` reads; empty forgets it.

    Where the site is served over HTTPS no other host, and nobody on the way, can set it.
    """
    response.set_cookie(
        _cookie(request, name),
        value,
        max_age=YEAR if value else 0,
        secure=request.is_secure(),
        httponly=httponly,
        samesite="Lax",
    )


def remembered(request: HttpRequest, name: str) -> str:
    return request.COOKIES.get(_cookie(request, name), "")


def _cookie(request: HttpRequest, name: str) -> str:
    return f"__Host-{name}" if request.is_secure() else name
