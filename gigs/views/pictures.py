"""The gallery of a gig: pictures come one by one or in a form, and each is moved by a button."""

from collections.abc import Callable
from typing import Literal
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.http import AuthedRequest
from gigs import actions, gallery, pictures
from gigs.forms import GalleryStep
from gigs.models import Gig, GigImage
from gigs.steps import Step
from gigs.views.editor import save
from gigs.views.own import own_gig, reread, sellers_only
from gigs.views.steps import address, show
from gigstream.core import clock
from gigstream.core.errors import Refusal, TooMany
from gigstream.core.http import wants_fragment
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
    gig = own_gig(request, slug)
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
    room = actions.MOST_PICTURES - GigImage.objects.sent_for(gig).count()
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


@require_POST
@sellers_only
def add_picture(request: AuthedRequest, slug: str) -> HttpResponse:
    """Hang the pictures that were sent, and save what was typed beneath the others."""
    gig = own_gig(request, slug)
    return _answer(request, gig, GalleryStep(request.POST, request.FILES, gig=gig))


@require_POST
@sellers_only
def remove_picture(request: AuthedRequest, slug: str, pk: UUID) -> HttpResponse:
    def remove(gig: Gig) -> None:
        actions.remove_picture(
            gig_id=gig.pk, picture_id=pk, actor=request.user, now=clock.now()
        )

    return _rearrange(request, slug, remove)


@require_POST
@sellers_only
def move_picture(request: AuthedRequest, slug: str, pk: UUID) -> HttpResponse:
    """`to` is earlier, later, first, or a place counted from 0."""

    def move(gig: Gig) -> None:
        actions.move_picture(
            gig_id=gig.pk,
            picture_id=pk,
            actor=request.user,
            to=_target(request.GET.get("to", "")),
            now=clock.now(),
        )

    return _rearrange(request, slug, move)


def _target(wish: str) -> Literal["earlier", "later", "first"] | int:
    if wish == "earlier":
        return "earlier"
    if wish == "first":
        return "first"
    is_place = wish.isascii() and wish.isdigit() and len(wish) < 4
    return int(wish) if is_place else "later"


def _rearrange(
    request: AuthedRequest, slug: str, change: Callable[[Gig], None]
) -> HttpResponse:
    """Change the gallery, then save what was typed: the buttons are part of the form."""
    gig = own_gig(request, slug)
    try:
        change(gig)
    except Refusal as refusal:
        step = GalleryStep(request.POST, gig=gig)
        step.refuse_pictures(str(refusal))
        return _refuse(request, gig, step, refusal.status)
    gig = reread(request, gig.pk)
    return _answer(request, gig, GalleryStep(request.POST, gig=gig))


def _answer(request: AuthedRequest, gig: Gig, step: GalleryStep) -> HttpResponse:
    """Hang and save all that is good, and say what is not."""
    try:
        _hang(request, gig, step)
        if step.texts.is_valid():
            gig = save(request, gig, step)
    except Refusal as refusal:
        step.refuse_pictures(str(refusal))
        return _refuse(request, gig, step, refusal.status)
    if not step.is_valid():
        return _refuse(request, gig, step, 422)
    if wants_fragment(request):
        return _gallery(request, gig, None, 200)
    if request.POST.get("then") == "continue":
        return redirect(address(gig, Step.GALLERY.following))
    return redirect(f"{address(gig, Step.GALLERY)}#gallery")


def _refuse(
    request: AuthedRequest, gig: Gig, step: GalleryStep, status: int
) -> HttpResponse:
    if wants_fragment(request):
        return _gallery(request, gig, step, status)
    return show(request, step, gig, status=status)


def _gallery(
    request: AuthedRequest, gig: Gig, refused: GalleryStep | None, status: int
) -> HttpResponse:
    """The gallery as it is now; with each upload of the page's own comes one."""
    fresh = reread(request, gig.pk)
    context = {
        "gig": fresh,
        "form": GalleryStep(None, gig=fresh),
        "problems": list(refused.problems()) if refused else [],
    }
    return render(request, "gigs/_editor_gallery.html", context, status=status)


def _hang(request: AuthedRequest, gig: Gig, step: GalleryStep) -> None:
    """Hang new pictures one after the other, each outside any transaction."""
    for file in step.new_pictures():
        spend(request, "upload", account=str(request.user.pk))
        try:
            gallery.hang(file, gig=gig, actor=request.user, now=clock.now())
        except pictures.Refused as refusal:
            step.refuse_pictures(f"{safe_name(file.name or '')}: {refusal}")
        except cloudinary.StorageUnavailable:
            step.refuse_pictures(pictures.store_is_away())
            return
