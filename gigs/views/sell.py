"""A seller's own gigs: the list, and the buttons that move a gig through its life."""

from collections.abc import Callable

from django.contrib import messages
from django.db.models import Case, Count, QuerySet, When
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

import accounts.actions
from accounts.http import AuthedRequest
from gigs import actions
from gigs.checklist import gaps
from gigs.forms import QueueForm
from gigs.looks import with_looks
from gigs.models import Gig
from gigs.paging import paginate
from gigs.status import GigStatus
from gigs.steps import Step
from gigs.views.own import own_gig, sellers_only
from gigs.views.steps import address
from gigstream.core import clock
from gigstream.core.errors import Refusal

# What waits for the seller comes first.
STAGES = [
    GigStatus.REJECTED,
    GigStatus.DRAFT,
    GigStatus.IN_REVIEW,
    GigStatus.ACTIVE,
    GigStatus.PAUSED,
]


@require_safe
def start(request: AuthedRequest) -> HttpResponse:
    """Where somebody who sells begins; others are led on from there."""
    return redirect("gigs:mine")


@require_safe
@sellers_only
def mine(request: AuthedRequest) -> HttpResponse:
    return _show_mine(
        request, QueueForm(initial={"most": request.user.most_open_orders})
    )


@require_POST
@sellers_only
def limit_queue(request: AuthedRequest) -> HttpResponse:
    form = QueueForm(request.POST)
    if not form.is_valid():
        return _show_mine(request, form)
    accounts.actions.limit_queue(
        user_id=request.user.pk, most=form.cleaned_data["most"]
    )
    messages.info(request, _("Saved."))
    return redirect("gigs:mine")


def _show_mine(request: AuthedRequest, form: QueueForm) -> HttpResponse:
    stage = Case(*(When(status=each, then=place) for place, each in enumerate(STAGES)))
    rows = _rows(request).exclude(status=GigStatus.ARCHIVED)
    in_order = rows.order_by(stage, "-updated_at", "-id")
    page = paginate(in_order, wanted=request.GET.get("page", ""))
    own = Gig.objects.of(request.user)
    context = {
        "page": page,
        "listed": [(gig, gaps(gig)) for gig in page.rows],
        "queue_form": form,
        "has_archived": own.filter(status=GigStatus.ARCHIVED).exists(),
    }
    status = 422 if form.errors else 200
    return render(request, "gigs/mine.html", context, status=status)


@require_safe
@sellers_only
def archived(request: AuthedRequest) -> HttpResponse:
    """What the seller has put away."""
    rows = _rows(request).filter(status=GigStatus.ARCHIVED)
    in_order = rows.order_by("-updated_at", "-id")
    page = paginate(in_order, wanted=request.GET.get("page", ""))
    return render(request, "gigs/archived.html", {"page": page})


def _rows(request: AuthedRequest) -> QuerySet[Gig]:
    own = Gig.objects.of(request.user).for_cards().select_related("change")
    rows = own.prefetch_related("packages").annotate(order_count=Count("orders"))
    return with_looks(rows, now=clock.now())


@require_POST
@sellers_only
def publish(request: AuthedRequest, slug: str) -> HttpResponse:
    gig = own_gig(request, slug)
    try:
        gig = actions.publish(gig_id=gig.pk, actor=request.user, now=clock.now())
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return redirect(address(gig, Step.REVIEW))
    if gig.is_on_offer:
        messages.info(request, _("Your gig is on offer."))
        return redirect(gig)
    messages.info(request, _("Sent. We look at it and tell you by mail."))
    return redirect(address(gig, Step.REVIEW))


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
def restore(request: AuthedRequest, slug: str) -> HttpResponse:
    """Take an archived gig out again; from there it goes on as a draft."""
    gig = get_object_or_404(Gig.objects.of(request.user), slug=slug)
    try:
        actions.restore(gig_id=gig.pk, actor=request.user, now=clock.now())
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return redirect("gigs:archived")
    messages.info(request, _("It is a draft now. Publish it when it is ready."))
    return redirect(address(gig, Step.REVIEW))


@require_POST
@sellers_only
def drop_change(request: AuthedRequest, slug: str) -> HttpResponse:
    gig = own_gig(request, slug)
    actions.drop_change(gig_id=gig.pk, actor=request.user)
    messages.info(request, _("Dropped. The gig stays as buyers see it."))
    return redirect(address(gig, Step.REVIEW))


@require_POST
@sellers_only
def send_change(request: AuthedRequest, slug: str) -> HttpResponse:
    """Send a change that came back once more."""
    gig = own_gig(request, slug)
    try:
        actions.send_change_again(gig_id=gig.pk, actor=request.user, now=clock.now())
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        messages.info(request, _("Sent. We look at it and tell you by mail."))
    return redirect(address(gig, Step.REVIEW))


@require_POST
@sellers_only
def delete(request: AuthedRequest, slug: str) -> HttpResponse:
    gig = own_gig(request, slug)
    try:
        actions.delete(gig_id=gig.pk, actor=request.user)
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        messages.info(request, _("The draft is gone."))
    return redirect("gigs:mine")


def _do(
    request: AuthedRequest, slug: str, action: Callable[..., object], done: str
) -> HttpResponse:
    gig = own_gig(request, slug)
    try:
        action(gig_id=gig.pk, actor=request.user, now=clock.now())
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        messages.info(request, done)
    return redirect("gigs:mine")
