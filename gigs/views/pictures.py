"""Pictures that the editor sends one by one, each with its own progress."""

from django.core.files.uploadedfile import UploadedFile
from django.http import JsonResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.http import AuthedRequest
from gigs import actions, gallery, pictures
from gigs.models import Gig, GigImage
from gigs.status import GigStatus
from gigs.views.sell import sellers_only
from gigstream.core import clock
from gigstream.core.errors import Refusal, TooMany
from gigstream.core.limits import spend
from gigstream.core.uploads import safe_name
from gigstream.services import cloudinary


@require_POST
@sellers_only
def upload_picture(request: AuthedRequest, slug: str) -> JsonResponse:
    """Hang one picture: the file is `picture`, beside the token; the answer is JSON.

    201 `{"picture": {…}, "room": 5}`, the picture with `id`, `url` (400 by 300), `publicId`,
    `width`, `height`, `format`, `colour` and `alt`, and how many more there is room for. The
    same file sent again is the same picture, so a retry is safe. Otherwise `{"error": "…"}`
    in words for the person: 422 for a refused file or a full gallery, 429 (with
    `Retry-After`) for too many in an hour, 503 while the picture store is away. Whoever
    is logged out gets the login page, so look at the type of the answer.
    """
    gigs = Gig.objects.of(request.user).exclude(status=GigStatus.ARCHIVED)
    gig = get_object_or_404(gigs, slug=slug)
    file = request.FILES.get("picture")
    if not isinstance(file, UploadedFile):
        return _refused(_("Choose a picture."))
    try:
        spend(request, "upload", account=str(request.user.pk))
        image = gallery.hang(file, gig=gig, actor=request.user, now=clock.now())
    except pictures.Refused as refusal:
        return _refused(f"{safe_name(file.name or '')}: {refusal}")
    except TooMany as refusal:
        answer = _refused(str(refusal), status=refusal.status)
        answer.headers["Retry-After"] = str(refusal.retry_after)
        return answer
    except Refusal as refusal:
        return _refused(str(refusal), status=refusal.status)
    except cloudinary.StorageUnavailable:
        return _refused(pictures.store_is_away(), status=503)
    room = actions.MOST_PICTURES - gig.images.count()
    return JsonResponse({"picture": _described(image), "room": room}, status=201)


def _refused(error: str, *, status: int = 422) -> JsonResponse:
    return JsonResponse({"error": error}, status=status)


def _described(image: GigImage) -> dict[str, object]:
    return {
        "id": str(image.pk),
        "url": image.small,
        "publicId": image.public_id,
        "width": image.width,
        "height": image.height,
        "format": "jpg",  # as we write them all
        "colour": image.colour,
        "alt": image.alt,
    }
