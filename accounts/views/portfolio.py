"""Where sellers show what they made before."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.actions import portfolio as actions
from accounts.forms.portfolio import NewWorkForm, WorkForm
from accounts.http import AuthedRequest
from accounts.models import Work
from accounts.uploads import send_work
from gigstream.core import clock, limits
from gigstream.core.errors import Refusal
from gigstream.core.http import sent
from gigstream.core.live import asks_for_field, judged_field
from gigstream.services import cloudinary


@require_http_methods(["GET", "HEAD", "POST"])
def portfolio(request: AuthedRequest) -> HttpResponse:
    if not request.user.is_seller:
        here = urlencode({"next": request.path})
        return redirect(f"{reverse('accounts:start_selling')}?{here}")
    form = NewWorkForm(sent(request), request.FILES or None)
    if asks_for_field(request):
        return judged_field(request, WorkForm(request.POST))
    if request.method == "POST":
        limits.spend(request, "upload", account=str(request.user.pk))
        if form.is_valid() and _add(request, form):
            messages.info(request, _("Added to your portfolio."))
            return redirect("accounts:settings_portfolio")
    works = list(request.user.works.in_order())
    context = {
        "form": form,
        "works": works,
        "most": actions.MOST_WORKS,
        "is_full": len(works) >= actions.MOST_WORKS,
    }
    status = 422 if form.errors else 200
    return render(request, "accounts/settings_portfolio.html", context, status=status)


def _add(request: AuthedRequest, form: NewWorkForm) -> bool:
    """Send the picture to its store, then show it; False if the form now says why not."""
    try:
        actions.refuse_full_portfolio(request.user)
        kept = send_work(form.cleaned_data["clean"], owner=request.user)
    except cloudinary.StorageUnavailable:
        text = _("The picture store cannot be reached. Please try again in a minute.")
        form.add_error("picture", text)
        return False
    except Refusal as refusal:
        form.add_error(None, str(refusal))
        return False
    try:
        actions.add_work(
            actor=request.user,
            picture=kept,
            sha256=form.cleaned_data["sha256"],
            title=form.cleaned_data["title"],
            text=form.cleaned_data["text"],
            now=clock.now(),
        )
    except Refusal as refusal:  # full since a moment ago
        actions.forget_file(kept.public_id)
        form.add_error(None, str(refusal))
        return False
    return True


@require_http_methods(["GET", "HEAD", "POST"])
def work(request: AuthedRequest, pk: UUID) -> HttpResponse:
    mine = get_object_or_404(Work.objects.visible_to(request.user), pk=pk)
    form = WorkForm(sent(request), instance=mine)
    if asks_for_field(request):
        return judged_field(request, form)
    if request.method == "POST" and form.is_valid():
        actions.describe_work(actor=request.user, work_id=pk, **form.cleaned_data)
        messages.info(request, _("Saved."))
        return redirect("accounts:settings_portfolio")
    context = {"form": form, "work": mine}
    status = 422 if form.errors else 200
    return render(request, "accounts/settings_work.html", context, status=status)


@require_POST
def move(request: AuthedRequest, pk: UUID) -> HttpResponse:
    get_object_or_404(Work.objects.visible_to(request.user), pk=pk)
    match request.POST.get("to"):
        case "earlier" | "later" as to:
            actions.move_work(actor=request.user, work_id=pk, to=to)
        case _:
            raise BadRequest
    return redirect("accounts:settings_portfolio")


@require_POST
def remove(request: AuthedRequest, pk: UUID) -> HttpResponse:
    get_object_or_404(Work.objects.visible_to(request.user), pk=pk)
    actions.remove_work(actor=request.user, work_id=pk)
    messages.info(request, _("Removed from your portfolio."))
    return redirect("accounts:settings_portfolio")
