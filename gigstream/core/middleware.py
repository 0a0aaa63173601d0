"""What holds for every request: closed by default, private by default, never a 500 for bad bytes."""

import logging
import math
from collections.abc import Callable
from http import HTTPStatus
from urllib.parse import urlsplit

from csp.middleware import CSPMiddleware
from django.conf import settings
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import (
    BadRequest,
    MiddlewareNotUsed,
    RequestDataTooBig,
)
from django.db import OperationalError
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseNotAllowed,
)
from django.shortcuts import render
from django.utils.cache import patch_cache_control, patch_vary_headers
from django.utils.translation import gettext as _
from django_htmx.http import HttpResponseClientRedirect
from django_htmx.middleware import HtmxDetails

from gigstream.core import client, errors, limits, origin, site
from gigstream.core.api.middleware import PREFIX
from gigstream.core.api.problems import Problem

log = logging.getLogger(__name__)

GetResponse = Callable[[HttpRequest], HttpResponseBase]

NO_CONTENT = "default-src 'none'; frame-ancestors 'none'"
PERMISSIONS = "camera=(), microphone=(), geolocation=(), usb=(), payment=()"


class SecurityHeadersMiddleware:
    """Add the headers that Django has no setting for; a view's own value wins.

    An answer with a cookie is for one browser, whatever the page in it says.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        response.headers.setdefault("Reporting-Endpoints", 'csp="/csp-report/"')
        if response.cookies:
            patch_cache_control(response, private=True)
        return response


class ContentPolicyMiddleware(CSPMiddleware):
    """Let pages load and run what the settings say, and data nothing at all."""

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        if not response.headers.get("Content-Type", "").endswith("json"):
            return super().process_response(request, response)
        response.headers.setdefault("Content-Security-Policy", NO_CONTENT)
        return response


class OriginMiddleware:
    """Let the audit log know where a request came from."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        with origin.coming_from(client.address(request)):
            return self.get_response(request)


class CountriesMiddleware:
    """Answer 451 to visitors from countries that are not served, where a setting names any.

    The country is what our own proxy says; without a trusted proxy anybody could say it.
    """

    def __init__(self, get_response: GetResponse) -> None:
        if not (settings.GEO_BLOCKED and settings.TRUSTED_PROXY_COUNT):
            raise MiddlewareNotUsed
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        country = request.headers.get(settings.GEO_COUNTRY_HEADER, "")
        if country.upper() in settings.GEO_BLOCKED:
            return render(None, "451.html", status=451)
        return self.get_response(request)


class LimitsMiddleware:
    """Answer 429 to whoever asks more often than they may, for pages or for one action."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if wait := limits.wait_for_token(request):
            return errors.too_many(math.ceil(wait))
        response = self.get_response(request)
        if response.status_code == HTTPStatus.TOO_MANY_REQUESTS:
            # Allauth refuses some things by itself, and does not say for how long.
            response.headers.setdefault("Retry-After", "60")
        return response

    def process_exception(
        self, request: HttpRequest, exception: Exception
    ) -> HttpResponse | None:
        if not isinstance(exception, errors.TooMany):
            return None
        return errors.too_many(exception.retry_after)


class WrongMethodMiddleware:
    """Give a 405 a page, for Django's own is blank.

    People get there: a form is sent after the session has ended, the login
    leads back to where the form went, and that address takes no GET. Methods that
    no link or form sends get the blank one, at no cost.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        is_refused = isinstance(response, HttpResponseNotAllowed)
        if not is_refused or request.method not in {"GET", "HEAD", "POST"}:
            return response
        page = errors.wrong_method(request)
        page.headers["Allow"] = response.headers["Allow"]
        return page


class BusyMiddleware:
    """Answer 503 where the database is away, or a row is held by somebody else for too long."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(
        self, request: HttpRequest, exception: Exception
    ) -> HttpResponse | None:
        if not isinstance(exception, OperationalError):
            return None
        log.warning("The database did not answer: %s", exception)
        return errors.busy()


class BadInputMiddleware:
    """Refuse what no page can mean: NUL bytes, and more than all files of a form together.

    PostgreSQL would raise on a NUL deep inside a query; here it is a plain 400. A body
    that is too large is refused before its files fill the disk.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: object, args: object, kwargs: object
    ) -> None:
        if _body_size(request) > _largest_body():
            raise RequestDataTooBig("More than any form of ours can hold")
        if "\x00" in request.path or _has_nul(request.GET):
            raise BadRequest("NUL in the address")
        form_types = {"application/x-www-form-urlencoded", "multipart/form-data"}
        if (
            request.method == "POST"
            and request.content_type in form_types
            and _has_nul(request.POST)
        ):
            raise BadRequest("NUL in the form")


def _body_size(request: HttpRequest) -> int:
    length = request.META.get("CONTENT_LENGTH") or "0"
    # Sixteen digits are too many already, and Python reads only so many.
    return int(length[:16]) if length.isascii() and length.isdigit() else 0


def _largest_body() -> int:
    files: int = settings.DATA_UPLOAD_MAX_NUMBER_FILES
    return (
        files * settings.FILE_UPLOAD_MAX_FILE_BYTES
        + settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    )


def _has_nul(data: object) -> bool:
    lists = data.lists()  # type: ignore[attr-defined]
    return any("\x00" in value for key, values in lists for value in [key, *values])


class MaintenanceMiddleware:
    """Show everybody but staff a notice while the operator works on the site.

    What has to get in meanwhile does: what Stripe and mail programs send, health checks,
    and the login, by which staff come.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: object, args: object, kwargs: object
    ) -> HttpResponseBase | None:
        shown = site.current()
        if not shown.maintenance or request.user.is_staff or _stays_open(request):
            return None
        response = _closed(request, shown.maintenance_text)
        response.headers["Retry-After"] = "600"
        return response


def _closed(request: HttpRequest, text: str) -> HttpResponse:
    if not request.path.startswith(PREFIX):
        return errors.maintenance(text)
    words = text or _("The site is closed for maintenance.")
    return Problem(503, words, code="maintenance").answer()


STAY_OPEN = {
    "account_login",
    "account_logout",
    "account_reauthenticate",
    "accounts:mail_webhook",
    "core:csp_report",
    "core:favicon",
    "core:healthz",
    "core:manifest",
    "core:metrics",
    "core:offline",
    "core:readyz",
    "core:robots",
    "core:service_worker",
    "messaging:leave",
    "messaging:stop_mails",
    "mfa_authenticate",
    "mfa_login_webauthn",
    "payments:webhook",
}


def _stays_open(request: HttpRequest) -> bool:
    found = request.resolver_match
    return found is not None and (
        found.view_name in STAY_OPEN or found.namespace == "admin"
    )


class ClosedByDefaultMiddleware(LoginRequiredMiddleware):
    """Ask for a login everywhere, except in views marked `@login_not_required`.

    Htmx follows a redirect by itself and would swap the whole login page into
    a fragment, so an htmx request is told to leave the page, and to come back
    to that page (not to the fragment's own URL) after the login. So does a form
    that was sent after the session had ended: its page keeps what was typed.
    """

    def process_view(
        self,
        request: HttpRequest,
        view_func: Callable[..., HttpResponseBase],
        view_args: tuple[object, ...],
        view_kwargs: dict[str, object],
    ) -> HttpResponseBase | None:
        refusal = super().process_view(request, view_func, view_args, view_kwargs)
        if refusal and (htmx := HtmxDetails(request)):
            return HttpResponseClientRedirect(redirect_to_login(_page_of(htmx)).url)
        if refusal and request.method == "POST" and (page := _form_page(request)):
            return redirect_to_login(page)
        return refusal


def _page_of(htmx: HtmxDetails) -> str:
    """The page on this site that sent an htmx request; home, if it names no such page."""
    try:
        return htmx.current_url_abs_path or "/"
    except ValueError:
        return "/"


def _form_page(request: HttpRequest) -> str:
    """The page on this site that holds the form, as far as the browser tells."""
    try:
        page = urlsplit(request.headers.get("Referer", ""))
    except ValueError:  # an address that is none
        return ""
    if page.netloc != request.get_host():
        return ""
    return f"{page.path}?{page.query}" if page.query else page.path


class PrivateByDefaultMiddleware:
    """Keep what was rendered for a person out of every cache, theirs included."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if request.user.is_authenticated:
            response.headers["Cache-Control"] = "private, no-store"
        else:
            response.headers.setdefault("Cache-Control", "no-cache")
        patch_vary_headers(response, ["Cookie"])
        return response
