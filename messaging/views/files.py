"""Private files in conversations, for its two people and nobody else."""

from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.http import AuthedRequest
from gigstream.core import clock
from gigstream.core.errors import NotAllowed
from gigstream.core.http import wants_fragment
from gigstream.core.limits import spend
from gigstream.core.uploads import check_file
from gigstream.services import cloudinary
from messaging import actions, uploads
from messaging.models import Attachment
from messaging.views.talk import my_side

POLICY = "default-src 'none'; sandbox; frame-ancestors 'none'"


@require_POST
def upload(request: AuthedRequest, pk: UUID) -> HttpResponse:
    """Keep one `file` until its message is sent: 201 and its row, or words with 422 or 503."""
    side = my_side(request, pk)
    file = request.FILES.get("file")
    if not isinstance(file, UploadedFile):
        return _refused(_("Choose a file."))
    spend(request, "upload", account=str(request.user.pk))
    try:
        checked = check_file(file)
        stored = uploads.store([checked], owner=request.user, now=clock.now())
    except ValidationError as wrong:
        return _refused(wrong.messages[0])
    except NotAllowed as full:
        return _refused(str(full))
    except cloudinary.StorageUnavailable:
        return _refused(uploads.store_is_away(), status=503)
    attached = actions.attach(
        conversation=side.conversation,
        actor=request.user,
        file=stored[0],
        now=clock.now(),
    )
    context = {"file": attached}
    return render(request, "messaging/_waiting_file.html", context, status=201)


def _refused(words: str, *, status: int = 422) -> HttpResponse:
    return HttpResponse(words, content_type="text/plain; charset=utf-8", status=status)


@require_POST
def discard(request: AuthedRequest, pk: UUID) -> HttpResponse:
    """Take a file back before it is sent; what was typed beside it is kept."""
    mine = Attachment.objects.visible_to(request.user).waiting()
    file = get_object_or_404(mine.select_related("conversation"), pk=pk)
    actions.discard(attachment_id=pk, actor=request.user)
    if wants_fragment(request):
        return HttpResponse(status=204)
    side = my_side(request, file.conversation_id)
    actions.keep_draft(side_id=side.pk, text=request.POST.get("body", ""))
    return redirect(side)


@require_GET
def attachment(request: AuthedRequest, pk: UUID) -> HttpResponseBase:
    """Pass the file on as a download; who may have it is decided now, not when it was linked."""
    file = get_object_or_404(Attachment.objects.visible_to(request.user), pk=pk)
    named = content_disposition_header(True, file.name) or "attachment"
    headers = {"Content-Disposition": named, "Content-Length": str(file.size)}
    return _pass_on(request, file.public_id, file.media_type, headers)


@require_GET
def thumbnail(request: AuthedRequest, pk: UUID) -> HttpResponseBase:
    """The small picture, which we drew ourselves."""
    pictures = Attachment.objects.visible_to(request.user).exclude(thumbnail_id="")
    file = get_object_or_404(pictures, pk=pk)
    return _pass_on(request, file.thumbnail_id, "image/webp", {})


def _pass_on(
    request: AuthedRequest, public_id: str, media_type: str, headers: dict[str, str]
) -> HttpResponseBase:
    try:
        content = cloudinary.open_private(public_id, "raw")
    except cloudinary.StorageUnavailable:
        response: HttpResponse = render(request, "503.html", status=503)
        response.headers["Retry-After"] = "30"
        return response
    return StreamingHttpResponse(
        content,
        content_type=media_type,
        headers={"Content-Security-Policy": POLICY, **headers},
    )
