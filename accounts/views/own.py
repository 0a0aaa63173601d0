"""What people change about their own account; each section is saved by itself."""

from datetime import date

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from accounts import actions
from accounts.forms.profile import (
    AppearanceForm,
    FaceForm,
    ProfileForm,
    VacationForm,
)
from accounts.http import AuthedRequest
from accounts.models import Theme, User
from accounts.uploads import send_face
from gigstream.core import clock, limits
from gigstream.core.errors import NotAllowed
from gigstream.core.http import remember, sent, wants_fragment
from gigstream.core.live import asks_for_field, judged_field
from gigstream.services import cloudinary


@require_safe
def first_section(request: AuthedRequest) -> HttpResponse:
    return redirect("accounts:settings_profile")


@require_http_methods(["GET", "HEAD", "POST"])
def profile(request: AuthedRequest) -> HttpResponse:
    # A copy, because a form writes what was typed into its instance, wrong or not.
    myself = User.objects.get(pk=request.user.pk)
    form = ProfileForm(sent(request), instance=myself)
    if asks_for_field(request):
        return judged_field(request, form)
    if request.method == "POST" and form.is_valid():
        actions.edit_profile(user_id=request.user.pk, **form.cleaned_data)
        messages.info(request, _("Saved."))
        return redirect("accounts:settings_profile")
    return _show_profile(request, form=form, face=FaceForm())


@require_POST
def face(request: AuthedRequest) -> HttpResponse:
    limits.spend(request, "upload", account=str(request.user.pk))
    form = FaceForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            kept = send_face(form.cleaned_data["face"], owner=request.user)
            actions.show_face(user_id=request.user.pk, picture=kept)
        except NotAllowed as refusal:
            form.add_error("picture", str(refusal))
        except cloudinary.StorageUnavailable:
            form.add_error(
                "picture",
                _("The picture store cannot be reached. Please try again in a minute."),
            )
        else:
            messages.info(request, _("Saved."))
            return redirect("accounts:settings_profile")
    return _show_profile(request, form=ProfileForm(instance=request.user), face=form)


@require_POST
def remove_face(request: AuthedRequest) -> HttpResponse:
    actions.remove_face(user_id=request.user.pk)
    messages.info(request, _("Saved."))
    return redirect("accounts:settings_profile")


def _show_profile(
    request: AuthedRequest, *, form: ProfileForm, face: FaceForm
) -> HttpResponse:
    context = {"form": form, "face": face}
    status = 422 if form.errors or face.errors else 200
    return render(request, "accounts/settings_profile.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def appearance(request: AuthedRequest) -> HttpResponse:
    user = request.user
    now_set = {
        "theme": user.theme,
        "language": user.language,
        "time_zone": user.time_zone,
        "amounts": user.amounts,
    }
    form = AppearanceForm(sent(request), initial=now_set)
    if request.method == "POST" and form.is_valid():
        chosen = {"language": user.language, **form.cleaned_data}
        actions.change_appearance(user_id=user.pk, **chosen)
        messages.info(request, _("Saved."))
        answer = redirect("accounts:settings_appearance")
        _remember_theme(request, answer, form.cleaned_data["theme"])
        return answer
    context = {"form": form, "local_time": clock.now()}
    status = 422 if form.errors else 200
    return render(request, "accounts/settings_appearance.html", context, status=status)


@require_POST
def theme(request: AuthedRequest) -> HttpResponse:
    """The quick choice in the menu; the page has changed its colours by itself already."""
    chosen = request.POST.get("theme", "")
    if chosen not in {"", *Theme.values}:
        raise Http404
    actions.choose_theme(user_id=request.user.pk, theme=chosen)
    answer = (
        HttpResponse(status=204)
        if wants_fragment(request)
        else redirect("accounts:settings_appearance")
    )
    _remember_theme(request, answer, chosen)
    return answer


def _remember_theme(request: AuthedRequest, answer: HttpResponse, theme: str) -> None:
    """Let this browser keep the colours after a logout; theme.js writes this cookie too."""
    remember(request, answer, "theme", theme, httponly=False)


@require_http_methods(["GET", "HEAD", "POST"])
def vacation(request: AuthedRequest) -> HttpResponse:
    user = request.user
    if not user.is_seller:
        here = urlencode({"next": request.path})
        return redirect(f"{reverse('accounts:start_selling')}?{here}")
    form = _vacation_form(request, clock.now().astimezone(user.zone).date())
    if asks_for_field(request):
        return judged_field(request, form)
    if request.method == "POST" and form.is_valid():
        try:
            actions.go_away(user_id=user.pk, now=clock.now(), **form.cleaned_data)
        except NotAllowed as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.info(request, _("Saved."))
            return redirect("accounts:settings_vacation")
    context = {"form": form, "back_on": user.away_until(at=clock.now())}
    status = 422 if form.errors else 200
    return render(request, "accounts/settings_vacation.html", context, status=status)


def _vacation_form(request: AuthedRequest, today: date) -> VacationForm:
    user = request.user
    over = user.vacation_until is not None and user.vacation_until <= today
    planned = {
        "begins": None if over else user.vacation_from,
        "returns": None if over else user.vacation_until,
        "message": user.vacation_message,
    }
    return VacationForm(sent(request), initial=planned, today=today)


@require_POST
def end_vacation(request: AuthedRequest) -> HttpResponse:
    actions.come_back(user_id=request.user.pk)
    messages.info(request, _("Your gigs can be ordered."))
    return redirect("accounts:settings_vacation")
