"""The gig editor: six steps, each with an address; what is typed is kept on the way."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.http import AuthedRequest
from gigs import actions
from gigs.checklist import gaps
from gigs.forms import OverviewStep, PackagesStep, StepForms, retyped, typed
from gigs.models import Gig
from gigs.queries import fitting_categories
from gigs.status import FREELY_EDITED, GigStatus
from gigs.steps import Step
from gigs.views.own import own_gig, sellers_only
from gigs.views.steps import address, show, show_review, step_forms, waiting
from gigstream.core import clock
from gigstream.core.errors import Refusal
from gigstream.core.http import wants_fragment
from gigstream.core.ids import uuid7
from gigstream.core.models import PlatformSetting


@require_http_methods(["GET", "POST"])
@sellers_only
def create(request: AuthedRequest) -> HttpResponse:
    """The first step of a gig that is not there yet; with a title and a category it is."""
    key = _key(request)
    if request.method == "GET":
        return show(request, OverviewStep(None, gig=None), key=key)
    if begun := Gig.objects.of(request.user).filter(pk=key).first():
        return _take(request, own_gig(request, begun.slug), Step.OVERVIEW)

    step = OverviewStep(request.POST, gig=None)
    if not step.is_valid():
        if _is_kept(request):
            return _say_kept(request, step=step)
        return show(request, step, key=key)
    try:
        gig = actions.create(
            gig_id=key,
            actor=request.user,
            content=step.content(),
            currency=PlatformSetting.objects.in_force().currency,
            now=clock.now(),
        )
    except Refusal as refusal:
        step.refuse(str(refusal))
        return show(request, step, key=key, status=refusal.status)
    if _is_kept(request):
        return _say_kept(request, gig=gig, step=step)
    return redirect(address(gig, Step.OVERVIEW.following))


@require_safe
@sellers_only
def edit(request: AuthedRequest, slug: str) -> HttpResponse:
    """Go on where something is missing; what was put away is restored first."""
    if (
        Gig.objects.of(request.user)
        .filter(slug=slug, status=GigStatus.ARCHIVED)
        .exists()
    ):
        return redirect("gigs:archived")
    gig = own_gig(request, slug)
    missing = [gap.step for gap in gaps(gig)]
    return redirect(address(gig, missing[0] if missing else Step.REVIEW))


@require_http_methods(["GET", "POST"])
@sellers_only
def edit_step(request: AuthedRequest, slug: str, step: str) -> HttpResponse:
    if step not in Step.values:
        raise Http404
    gig, at = own_gig(request, slug), Step(step)
    if request.method == "POST":
        return _take(request, gig, at)
    if slug != gig.slug:
        return redirect(address(gig, at))
    if at == Step.REVIEW:
        return show_review(request, gig)

    if at == Step.GALLERY and wants_fragment(request):
        context = {"gig": gig, "form": step_forms(at, gig, None)}
        return render(request, "gigs/_editor_gallery.html", context)
    unsaved = gig.unsaved.filter(step=at).first()
    written = unsaved.typed if unsaved else waiting(gig, at)
    data = retyped(written) if written else None
    return show(request, step_forms(at, gig, data), gig, unsaved=unsaved)


@require_safe
@sellers_only
def suggest_category(request: AuthedRequest) -> HttpResponse:
    """Where a gig with this title might stand."""
    found = fitting_categories(request.GET.get("title", "")[:80])
    return render(request, "gigs/_editor_suggestions.html", {"categories": found})


# --- Taking what was sent -------------------------------------------------------


def _take(request: AuthedRequest, gig: Gig, at: Step) -> HttpResponse:
    if at == Step.REVIEW:
        return redirect(address(gig, at))
    step = step_forms(at, gig, request.POST)
    wish = request.POST.get("then")
    if _is_kept(request):
        return _keep(request, gig, step)
    if "field" in request.GET:
        return _judge(request, step)
    if wish == "forget":
        actions.forget(gig_id=gig.pk, actor=request.user, step=at)
        return redirect(address(gig, at))
    if wish == "preview":
        return show(request, step, gig, status=200)
    return _save(request, gig, step)


def _save(request: AuthedRequest, gig: Gig, step: StepForms) -> HttpResponse:
    """Save a step that is right; keep and explain one that is not."""
    if not step.is_valid():
        _keep_typed(request, gig, step)
        return show(request, step, gig)
    try:
        gig = save(request, gig, step)
    except Refusal as refusal:
        step.refuse(str(refusal))
        return show(request, step, gig, status=refusal.status)
    if waiting(gig, step.step):
        text = _("Saved. We look at it before buyers see it; you get a mail.")
        messages.info(request, text)
        return redirect(address(gig, Step.REVIEW))
    if gig.status not in FREELY_EDITED:
        messages.info(request, _("Saved."))
        return redirect(address(gig, step.step))
    return redirect(address(gig, step.step.following))


def save(request: AuthedRequest, gig: Gig, step: StepForms) -> Gig:
    return actions.update(
        gig_id=gig.pk,
        actor=request.user,
        content=step.content(),
        step=step.step,
        typed=typed(request.POST),
        now=clock.now(),
    )


def _is_kept(request: AuthedRequest) -> bool:
    """Whether the page sends by itself what is being typed."""
    return "keep" in request.GET


def _keep(request: AuthedRequest, gig: Gig, step: StepForms) -> HttpResponse:
    """Save a step of a draft as soon as it is right; keep anything else as typed."""
    try:
        if gig.status in FREELY_EDITED and step.is_valid():
            gig = save(request, gig, step)
        else:
            _keep_typed(request, gig, step)
    except Refusal as refusal:
        return _say_kept(request, refusal=str(refusal))
    return _say_kept(request, gig=gig, step=step)


def _keep_typed(request: AuthedRequest, gig: Gig, step: StepForms) -> None:
    actions.keep(
        gig_id=gig.pk,
        actor=request.user,
        step=step.step,
        typed=typed(request.POST),
        now=clock.now(),
    )


def _say_kept(
    request: AuthedRequest,
    *,
    gig: Gig | None = None,
    step: StepForms | None = None,
    refusal: str = "",
) -> HttpResponse:
    context = {
        "gig": gig,
        "is_saved": gig and gig.status in FREELY_EDITED and step and step.is_valid(),
        "refusal": refusal,
        "now": clock.now(),
    }
    response = render(request, "gigs/_editor_kept.html", context)
    if gig and step:
        # A new gig has an address now: reloading the page goes on with it.
        response.headers["HX-Replace-Url"] = address(gig, step.step)
    return response


def _judge(request: AuthedRequest, step: StepForms) -> HttpResponse:
    """A price that was left, with what is wrong with it and what the seller earns."""
    step.is_valid()
    form = step.find(request.GET["field"])
    if form is None or not isinstance(step, PackagesStep):
        raise Http404
    package, note = next((each for each in step.notes() if each[0] is form), (None, ""))
    if package is None:
        raise Http404
    context = {"package": package, "note": note}
    status = 422 if package.errors.get("price") else 200
    return render(request, "gigs/_editor_price.html", context, status=status)


def _key(request: AuthedRequest) -> UUID:
    """The id that the empty page chose for the gig it will become."""
    try:
        return UUID(request.POST.get("key", ""))
    except ValueError:
        return uuid7()
