"""Pages that belong to no app: what the site is, health, robots, the style guide, reports."""

import logging

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from gigstream.core import static_pages

log = logging.getLogger(__name__)


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
def readyz(request: HttpRequest) -> HttpResponse:
    """Say whether this process can serve people, which needs the database."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return HttpResponse("ready", content_type="text/plain")


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


@login_not_required
@require_safe
def styleguide(request: HttpRequest) -> HttpResponse:
    """Show every component on one page, where there is a sandbox; nowhere else."""
    if not settings.SANDBOX:
        raise Http404
    return render(request, "core/styleguide.html")
