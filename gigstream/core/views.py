"""Pages that belong to no app: what the site is, health, robots, the style guide, reports."""

import logging
import re
from collections.abc import Callable

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.core.exceptions import BadRequest
from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.utils.crypto import constant_time_compare
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe
from prometheus_client import CONTENT_TYPE_LATEST
from pydantic import ValidationError

from gigstream.core import clock, limits, static_pages
from gigstream.core.cache import store_errors
from gigstream.core.context import SEEN
from gigstream.core.csrf import strangers_need_no_token
from gigstream.core.http import came_from, remember
from gigstream.core.monitoring import metrics as metrics_page
from gigstream.core.monitoring import vitals as web_vitals

log = logging.getLogger(__name__)

KEY = re.compile(r"[0-9a-f]{16}", re.ASCII)
LATE_SECONDS = 15 * 60
MOST_VITALS = 2000
"""Bytes; a visit of five figures needs a tenth of them."""


@login_not_required
@require_safe
def about(request: HttpRequest) -> HttpResponse:
    return _page(request, "about")


@login_not_required
@require_safe
def help_page(request: HttpRequest) -> HttpResponse:
    return _page(request, "help")


@login_not_required
@require_safe
def terms(request: HttpRequest) -> HttpResponse:
    return _page(request, "terms")


@login_not_required
@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    return _page(request, "privacy")


def _page(request: HttpRequest, name: str) -> HttpResponse:
    """What the operator wrote, or what the site came with.

    Both quote the policy in force, so that they never say another number.
    """
    if words := static_pages.edited(name):
        return render(request, "core/words.html", words)
    context = static_pages.rules() if name in QUOTING else {}
    return render(request, f"core/{name}.html", context)


QUOTING = {"help", "terms"}


@login_not_required
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """Say that the process answers; nothing else is asked."""
    return HttpResponse("ok", content_type="text/plain")


@login_not_required
@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """Say whether this process can serve people: it needs the database and the cache.

    Work that waits for long is told, but is no reason to send people elsewhere.
    """
    parts = {"database": _answers(_ask_database), "cache": _answers(_ask_cache)}
    ready = all(parts.values())
    waited = metrics_page.oldest_wait() if parts["database"] else 0
    state = {
        "status": "ready" if ready else "unavailable",
        **{name: "ok" if up else "down" for name, up in parts.items()},
        "queue": "late" if waited > LATE_SECONDS else "ok",
        "queue_seconds": round(waited),
    }
    return JsonResponse(state, status=200 if ready else 503)


def _answers(ask: Callable[[], object]) -> bool:
    try:
        ask()
    except store_errors() as error:
        log.warning("not ready: %s", error)
        return False
    return True


def _ask_database() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def _ask_cache() -> None:
    cache.get("readyz")


@login_not_required
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """This process's figures, for whoever knows the token; without one there is no page."""
    token = settings.METRICS_TOKEN
    given = request.headers.get("Authorization", "")
    if not token or not constant_time_compare(given, f"Bearer {token}"):
        raise Http404
    return HttpResponse(metrics_page.exposed(), content_type=CONTENT_TYPE_LATEST)


@strangers_need_no_token
@login_not_required
@require_POST
def vitals(request: HttpRequest) -> HttpResponse:
    """Count how fast a page was. Its last act is to tell, so nobody waits for an answer."""
    limits.spend(request, "vitals")
    try:
        visit = web_vitals.Visit.model_validate_json(request.read(MOST_VITALS))
    except ValidationError as error:
        raise BadRequest("No visit") from error
    web_vitals.record(visit, day=clock.now().date())
    return HttpResponse(status=204)


@login_not_required
@require_safe
def favicon(request: HttpRequest) -> HttpResponse:
    """Point to the icon; browsers ask here for every page that names none, as a file does."""
    return redirect(static("icons/icon-192.png"))


@login_not_required
@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    return render(request, "core/robots.txt", content_type="text/plain")


@csrf_exempt
@login_not_required
@require_POST
def csp_report(request: HttpRequest) -> HttpResponse:
    """Log what a browser refused to load. It changes nothing, and so needs no token."""
    log.warning("csp: %r", request.read(2000).decode(errors="replace"))
    return HttpResponse(status=204)


@strangers_need_no_token
@login_not_required
@require_POST
def close_announcement(request: HttpRequest) -> HttpResponse:
    """Remember in this browser that its reader has seen the announcement."""
    response = redirect(came_from(request, otherwise="/"))
    if KEY.fullmatch(key := request.POST.get("key", "")):
        remember(request, response, SEEN, key, httponly=True)
    return response


@login_not_required
@require_safe
def styleguide(request: HttpRequest) -> HttpResponse:
    """Show every component on one page, where there is a sandbox; nowhere else."""
    if not settings.SANDBOX:
        raise Http404
    return render(request, "core/styleguide.html")
