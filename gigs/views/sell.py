"""A seller's own gigs: the list, the editor, and the buttons on both."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, Literal, ParamSpec
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from accounts.http import AuthedRequest
from gigs import actions, gallery, pictures
from gigs.checklist import gaps
from gigs.forms import GigEditor
from gigs.models import Gig
from gigs.paging import paginate
from gigs.status import GigStatus
from gigstream.core import clock
from gigstream.core.errors import Refusal
from gigstream.core.limits import spend
from gigstream.core.models import PlatformSetting
from gigstream.core.uploads import safe_name
from gigstream.services import cloudinary

P = ParamSpec("P")
View = Callable[Concatenate[AuthedRequest, P], HttpResponse]


def sellers_only(view: View[P]) -> View[P]:
    """Send everybody else to the page where selling starts, and back here from there."""

    @wraps(view)
    def guarded(
        request: AuthedRequest, /, *args: P.args, **kwargs: P.kwargs
    ) -> HttpResponse:
        if request.user.is_seller:
            return view(request, *args, **kwargs)
        back = request.path if request.method == "GET" else reverse("gigs:mine")
        start = reverse("accounts:start_selling")
        return redirect(f"{start}?{urlencode({'next': back})}")

    return guarded


@require_safe
@sellers_only
def mine(request: AuthedRequest) -> HttpResponse:
    gigs = Gig.objects.of(request.user).exclude(status=GigStatus.ARCHIVED)
    rows = gigs.for_cards().annotate(order_count=Count("orders"))
    newest_first = rows.order_by("-updated_at", "-id")
    page = paginate(newest_first, wanted=request.GET.get("page", ""))
    return render(request, "gigs/mine.html", {"page": page})


@require_http_methods(["GET", "POST"])
@sellers_only
def create(request: AuthedRequest) -> HttpResponse:
    policy = PlatformSetting.objects.in_force()
    editor = GigEditor(request, commission_bps=policy.commission_bps)
    if request.method == "GET" or not editor.is_valid():
        return _show(request, editor)

    try:
        gig = actions.create(
            gig_id=editor.key,
            actor=request.user,
            content=editor.content(),
            currency=policy.currency,
            now=clock.now(),
        )
    except Refusal as refusal:
        editor.refuse(str(refusal))
        return _show(request, editor, status=refusal.status)
    return _save(request, editor, gig)


@require_http_methods(["GET", "POST"])
@sellers_only
def edit(request: AuthedRequest, slug: str) -> HttpResponse:
    gig = _own_gig(request, slug=slug)
    editor = _editor(request, gig)
    if request.method == "GET":
        return _show(request, editor)
    return _save(request, editor, gig)


@require_POST
@sellers_only
def publish(request: AuthedRequest, slug: str) -> HttpResponse:
    gig = _own_gig(request, slug=slug)
    try:
        actions.publish(gig_id=gig.pk, actor=request.user, now=clock.now())
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return _to_editor(gig, "publish")
    messages.info(request, _("Your gig is on offer."))
    return redirect(gig)


@require_POST
@sellers_only
def pause(request: AuthedRequest, slug: str) -> HttpResponse:
    return _do(request, slug, actions.pause, _("Paused. Nobody can order it now."))


@require_POST
@sellers_only
def resume(request: AuthedRequest, slug: str) -> HttpResponse:
    return _do(request, slug, actions.resume, _("Your gig is on offer again."))


@require_POST
@sellers_only
def archive(request: AuthedRequest, slug: str) -> HttpResponse:
    return _do(request, slug, actions.archive, _("Archived."))


@require_POST
@sellers_only
def add_picture(request: AuthedRequest, slug: str) -> HttpResponse:
    """Hang the pictures that were sent, and save what was typed around them."""
    gig = _own_gig(request, slug=slug)
    return _save(request, _editor(request, gig), gig, section="pictures")


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
    to: Literal["earlier", "later"] = (
        "earlier" if request.GET.get("to") == "earlier" else "later"
    )

    def move(gig: Gig) -> None:
        actions.move_picture(
            gig_id=gig.pk, picture_id=pk, actor=request.user, to=to, now=clock.now()
        )

    return _rearrange(request, slug, move)


# --- The editor ---------------------------------------------------------------


def _editor(request: AuthedRequest, gig: Gig) -> GigEditor:
    policy = PlatformSetting.objects.in_force()
    return GigEditor(request, gig, commission_bps=policy.commission_bps)


def _save(
    request: AuthedRequest, editor: GigEditor, gig: Gig, *, section: str = ""
) -> HttpResponse:
    """Keep all that is good, a picture even beside a refused text, and show the rest."""
    wants_to_publish = request.POST.get("then") == "publish"
    try:
        _hang(request, editor, gig)
        if editor.text_is_valid():
            gig = actions.update(
                gig_id=gig.pk,
                actor=request.user,
                content=editor.content(),
                now=clock.now(),
            )
        if wants_to_publish and editor.is_valid():
            actions.publish(gig_id=gig.pk, actor=request.user, now=clock.now())
    except Refusal as refusal:
        editor.refuse(str(refusal))
        return _show(request, editor, gig, status=refusal.status)

    if not editor.is_valid():
        return _show(request, editor, gig, status=422)
    if wants_to_publish:
        messages.info(request, _("Your gig is on offer."))
        return redirect(gig)
    messages.info(request, _("Saved."))
    return _to_editor(gig, section)


def _rearrange(
    request: AuthedRequest, slug: str, change: Callable[[Gig], None]
) -> HttpResponse:
    """Change the gallery, then save what was typed: the buttons are part of the form."""
    gig = _own_gig(request, slug=slug)
    try:
        change(gig)
    except Refusal as refusal:
        editor = _editor(request, gig)
        editor.refuse_pictures(str(refusal))
        return _show(request, editor, gig, status=refusal.status)
    fresh = _own_gig(request, pk=gig.pk)
    return _save(request, _editor(request, fresh), fresh, section="pictures")


def _hang(request: AuthedRequest, editor: GigEditor, gig: Gig) -> None:
    """Hang new pictures one after the other, each outside any transaction."""
    for file in editor.new_pictures():
        spend(request, "upload", account=str(request.user.pk))
        try:
            gallery.hang(file, gig=gig, actor=request.user, now=clock.now())
        except pictures.Refused as refusal:
            editor.refuse_pictures(f"{safe_name(file.name or '')}: {refusal}")
        except cloudinary.StorageUnavailable:
            editor.refuse_pictures(pictures.store_is_away())
            return


def _show(
    request: AuthedRequest,
    editor: GigEditor,
    gig: Gig | None = None,
    *,
    status: int = 200,
) -> HttpResponse:
    """Show the editor; after a POST the gig is read again, for the form kept its old state."""
    gig = _own_gig(request, pk=gig.pk) if gig else editor.gig
    refused = request.method == "POST"
    context = {
        "gig": gig,
        "editor": editor,
        "gallery": editor.gallery(gig),
        "problems": list(editor.problems()) if refused else [],
        "gaps": gaps(gig) if gig else [],
    }
    status = 422 if refused and status == 200 else status
    return render(request, "gigs/editor.html", context, status=status)


def _to_editor(gig: Gig, section: str) -> HttpResponse:
    anchor = f"#{section}" if section else ""
    return redirect(f"{reverse('gigs:edit', args=[gig.slug])}{anchor}")


# --- What the buttons share ---------------------------------------------------


def _own_gig(request: AuthedRequest, **key: Any) -> Gig:
    """Find a gig of this seller's; anybody else's is a 404, and so is an archived one."""
    gigs = Gig.objects.of(request.user).exclude(status=GigStatus.ARCHIVED)
    return get_object_or_404(gigs.with_everything(), **key)


def _do(
    request: AuthedRequest, slug: str, action: Callable[..., object], done: str
) -> HttpResponse:
    gig = _own_gig(request, slug=slug)
    try:
        action(gig_id=gig.pk, actor=request.user, now=clock.now())
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        messages.info(request, done)
    return redirect("gigs:mine")
