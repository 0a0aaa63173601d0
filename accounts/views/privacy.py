"""Taking one's data along, and leaving."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import (
    require_GET,
    require_http_methods,
    require_POST,
    require_safe,
)

from accounts import closing
from accounts.actions import privacy as actions
from accounts.forms.privacy import CloseForm
from accounts.fresh import fresh_login_required, is_fresh
from accounts.http import AuthedRequest
from accounts.models import DataExport
from gigstream.core import client, clock, errors, limits
from gigstream.core.http import sent
from gigstream.services import cloudinary

POLICY = "default-src 'none'; sandbox; frame-ancestors 'none'"


@require_safe
def settings_privacy(request: AuthedRequest) -> HttpResponse:
    copies = DataExport.objects.visible_to(request.user)
    context = {
        "waiting": copies.filter(status=DataExport.Status.REQUESTED).first(),
        "ready": copies.downloadable(at=clock.now()).order_by("-ready_at").first(),
    }
    return render(request, "accounts/settings_privacy.html", context)


@require_POST
def request_export(request: AuthedRequest) -> HttpResponse:
    limits.spend(request, "export", account=str(request.user.pk))
    actions.request_export(
        user_id=request.user.pk,
        now=clock.now(),
        address=client.address(request),
        browser=request.headers.get("User-Agent", ""),
    )
    messages.success(request, _("Your copy is being packed. A mail tells you when."))
    return redirect("accounts:settings_privacy")


@require_GET
@fresh_login_required
def export(request: AuthedRequest, pk: UUID) -> HttpResponseBase:
    """Hand the copy to its owner alone, while its time lasts."""
    mine = DataExport.objects.visible_to(request.user)
    copy = get_object_or_404(mine.downloadable(at=clock.now()), pk=pk)
    try:
        content = cloudinary.open_private(copy.public_id, "raw")
    except cloudinary.StorageUnavailable:
        return errors.busy()
    name = f"gigstream-{copy.requested_at:%Y-%m-%d}.zip"
    return StreamingHttpResponse(
        content,
        content_type="application/zip",
        headers={
            "Content-Disposition": content_disposition_header(True, name) or "",
            "Content-Length": str(copy.size),
            "Content-Security-Policy": POLICY,
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters("password")
def close(request: AuthedRequest) -> HttpResponseBase:
    """Say why an account cannot be closed, or ask once more and close it."""
    if not request.user.has_usable_password() and not is_fresh(request):
        return fresh_login_required(close)(request)
    if reasons := closing.reasons(request.user):
        status = 409 if request.method == "POST" else 200
        return _refuse(request, reasons, status=status)

    form = CloseForm(sent(request), request=request, user=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            actions.close(
                user_id=request.user.pk, keep_texts=form.keep_texts, now=clock.now()
            )
        except errors.NotAllowed as refusal:
            return _refuse(request, [closing.Reason(text=str(refusal))], status=409)
        logout(request)
        return redirect("account_inactive")

    status = 422 if form.errors else 200
    return render(request, "accounts/close.html", {"form": form}, status=status)


def _refuse(
    request: AuthedRequest, reasons: list[closing.Reason], *, status: int
) -> HttpResponse:
    context = {"reasons": reasons}
    return render(request, "accounts/close.html", context, status=status)
