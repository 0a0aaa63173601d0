"""Private files, for the two people of an order and nobody else."""

from uuid import UUID

from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET

from accounts.http import AuthedRequest
from gigstream.core import client, clock
from gigstream.services import cloudinary
from orders import actions
from orders.models import OrderFile

POLICY = "default-src 'none'; sandbox; frame-ancestors 'none'"


@require_GET
def download(request: AuthedRequest, pk: UUID) -> HttpResponseBase:
    """Pass the file on as a download; who may have it is decided now, not when it was linked."""
    file = get_object_or_404(OrderFile.objects.visible_to(request.user), pk=pk)
    try:
        content = cloudinary.open_private(file.public_id, "raw")
    except cloudinary.StorageUnavailable:
        response: HttpResponse = render(request, "503.html", status=503)
        response.headers["Retry-After"] = "30"
        return response
    actions.note_download(
        file=file,
        user=request.user,
        address=client.address(request),
        now=clock.now(),
    )
    return StreamingHttpResponse(
        content,
        content_type=file.media_type,
        headers={
            "Content-Disposition": content_disposition_header(True, file.name)
            or "attachment",
            "Content-Length": str(file.size),
            "Content-Security-Policy": POLICY,
        },
    )
