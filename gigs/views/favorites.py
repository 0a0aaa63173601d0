"""The heart on a gig, and the page of what somebody saved."""

from http import HTTPStatus
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.db.models import Prefetch, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import HttpResponseClientRedirect

from accounts.http import AuthedRequest
from gigs import actions, favorites
from gigs.models import Favorite, Gig
from gigstream.core import clock
from gigstream.core.csrf import strangers_need_no_token
from gigstream.core.errors import NotAllowed
from gigstream.core.http import (
    as_uuid,
    came_from,
    render_page_or_fragment,
    wants_fragment,
)

SHOWN = 24


@require_safe
def saved(request: AuthedRequest) -> HttpResponse:
    """What somebody saved, the newest first; gigs that have gone say so."""
    mine = Favorite.objects.visible_to(request.user).order_by("-pk")
    if before := as_uuid(request.GET.get("before", "")):
        mine = mine.filter(pk__lt=before)
    shown = Prefetch("gig", Gig.objects.for_cards())
    rows = list(mine.prefetch_related(shown)[: SHOWN + 1])
    context = {
        "rows": rows[:SHOWN],
        "next": rows[SHOWN - 1].pk if len(rows) > SHOWN else None,
        "is_first": before is None,
    }
    page, fragment = "gigs/saved.html", "gigs/_saved.html"
    return render_page_or_fragment(request, page, fragment, context)


@strangers_need_no_token
@login_not_required
@require_POST
def save(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Save a gig. A visitor is asked to log in first, and finds it saved when back."""
    gig = get_object_or_404(Gig.objects.visible_to(request.user), pk=pk)
    back = came_from(request, otherwise=gig.get_absolute_url())
    if not request.user.is_authenticated:
        favorites.want(request, gig.pk)
        login = redirect_to_login(back).url
        htmx = wants_fragment(request)
        return HttpResponseClientRedirect(login) if htmx else redirect(login)
    try:
        actions.save(gig_id=gig.pk, actor=request.user, now=clock.now())
    except NotAllowed as refusal:
        return _answer(request, gig, back=back, text=str(refusal), status=422)
    text = _("Saved: %(title)s") % {"title": gig.title}
    return _answer(request, gig, back=back, text=text, is_saved=True)


@require_POST
def unsave(request: AuthedRequest, pk: UUID) -> HttpResponse:
    """Take a gig off the list, also one that has gone and nobody else can see."""
    mine = Favorite.objects.visible_to(request.user).values("gig")
    visible = Gig.objects.visible_to(request.user)
    gigs = Gig.objects.select_related("seller")
    gig = get_object_or_404(gigs, Q(pk__in=mine) | Q(pk__in=visible), pk=pk)
    back = came_from(request, otherwise=reverse("gigs:saved"))
    actions.unsave(gig_id=gig.pk, actor=request.user)
    text = _("No longer saved: %(title)s") % {"title": gig.title}
    return _answer(request, gig, back=back, text=text)


def _answer(
    request: HttpRequest,
    gig: Gig,
    *,
    back: str,
    text: str,
    is_saved: bool = False,
    status: int = 200,
) -> HttpResponse:
    """For htmx all hearts of this gig and a toast; for a plain browser the page it was on."""
    if not wants_fragment(request):
        say = messages.info if status == HTTPStatus.OK else messages.error
        say(request, text)
        return redirect(f"{back.partition('#')[0]}#gigs-card-{gig.pk}")
    context = {
        "gig": gig,
        "saved": is_saved,
        "text": text,
        "can_undo": status == HTTPStatus.OK and (gig.can_be_seen or is_saved),
    }
    return render(request, "gigs/_hearts_swap.html", context, status=status)
