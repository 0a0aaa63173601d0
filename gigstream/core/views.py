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

from gigstream.core.models.settings import PlatformSetting

log = logging.getLogger(__name__)

EXAMPLE = 100_00  # minor units


@login_not_required
@require_safe
def about(request: HttpRequest) -> HttpResponse:
    return render(request, "core/about.html")


@login_not_required
@require_safe
def help_page(request: HttpRequest) -> HttpResponse:
    return _rules(request, "core/help.html")


@login_not_required
@require_safe
def terms(request: HttpRequest) -> HttpResponse:
    return _rules(request, "core/terms.html")


@login_not_required
@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    return render(request, "core/privacy.html")


def _rules(request: HttpRequest, template: str) -> HttpResponse:
    """A page that quotes the policy in force, so that it never says another number."""
    policy = PlatformSetting.objects.in_force()
    fee = policy.service_fee(EXAMPLE)
    example = {"price": EXAMPLE, "fee": fee, "total": EXAMPLE + fee}
    return render(request, template, {"policy": policy, "example": example})


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
