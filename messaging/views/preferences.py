"""The settings of notifications: which, by what channels, and when."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from accounts.http import AuthedRequest
from accounts.models import User
from gigstream.core import clock
from gigstream.core.errors import NotAllowed
from gigstream.core.http import sent
from gigstream.core.limits import limited_person
from gigstream.services import sms
from messaging import actions, links
from messaging.kinds import CAN_WAIT, NotificationKind
from messaging.preference_forms import ChannelsForm, CodeForm, PhoneForm, TimesForm

HERE = "messaging:settings_notifications"


@require_http_methods(["GET", "HEAD", "POST"])
def settings_notifications(request: AuthedRequest) -> HttpResponse:
    preferences = actions.preferences_of(request.user)
    form = ChannelsForm(sent(request), user=request.user, preferences=preferences)
    if request.method == "POST" and form.is_valid():
        actions.choose_channels(user_id=request.user.pk, chosen=form.choices_made())
        messages.info(request, _("Saved."))
        return redirect(HERE)
    return _page(request, channels=form)


@require_POST
def choose_times(request: AuthedRequest) -> HttpResponse:
    form = TimesForm(request.POST)
    if not form.is_valid():
        return _page(request, times=form)
    user_id, now = request.user.pk, clock.now()
    actions.choose_times(user_id=user_id, now=now, **form.cleaned_data)
    messages.info(request, _("Saved."))
    return redirect(HERE)


@require_POST
@limited_person("phone")
def add_phone(request: AuthedRequest) -> HttpResponse:
    form = PhoneForm(request.POST)

    def add() -> None:
        number = form.cleaned_data["number"]
        actions.add_phone(user_id=request.user.pk, number=number, now=clock.now())
        messages.info(request, _("We have sent you a code. Enter it here."))

    return _try(request, form, "number", add, phone=form)


@require_POST
def verify_phone(request: AuthedRequest) -> HttpResponse:
    form = CodeForm(request.POST)

    def verify() -> None:
        code = form.cleaned_data["code"]
        user_id = request.user.pk
        if not actions.verify_phone(user_id=user_id, code=code, now=clock.now()):
            raise NotAllowed(_("This is not the code that we sent."))
        messages.info(request, _("Your number is confirmed."))

    return _try(request, form, "code", verify, code=form)


@require_POST
def remove_phone(request: AuthedRequest) -> HttpResponse:
    actions.remove_phone(user_id=request.user.pk)
    messages.info(request, _("Your number is forgotten."))
    return redirect(HERE)


@csrf_exempt
@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def stop_mails(request: HttpRequest, token: str) -> HttpResponse:
    """No more mails of a kind: by the button here, or by a mail program's own."""
    state, status, label = "ask", 200, ""
    try:
        user_id, name = links.read_stop(token)
        kinds, label = _to_stop(name)
    except (links.Unreadable, ValueError):
        state, status = "over", 404
    else:
        if not User.objects.filter(pk=user_id).exists():
            state, status = "over", 404
        elif request.method == "POST":
            actions.stop_mails(user_id=user_id, kinds=kinds)
            state = "done"
    context = {"state": state, "label": label}
    return render(request, "messaging/stop_mails.html", context, status=status)


def _to_stop(name: str) -> tuple[list[str], str]:
    """The kinds whose mails a link ends, and what they are called."""
    if name == links.DIGEST:
        return CAN_WAIT, _("What is new for you")
    kind = NotificationKind(name)
    return [kind], str(kind.label)


def _try(
    request: AuthedRequest,
    form: Any,
    field: str,
    act: Callable[[], None],
    **shown: Any,
) -> HttpResponse:
    """Act on a good form and go back; else show the page with what is wrong."""
    if form.is_valid():
        try:
            act()
            return redirect(HERE)
        except NotAllowed as refusal:
            form.add_error(field, str(refusal))
    return _page(request, **shown)


def _page(request: AuthedRequest, **forms: Any) -> HttpResponse:
    preferences = actions.preferences_of(request.user)
    initial = {
        "digest": preferences.digest,
        "quiet_from": preferences.quiet_from,
        "quiet_until": preferences.quiet_until,
    }
    shown = {
        "channels": ChannelsForm(user=request.user, preferences=preferences),
        "times": TimesForm(initial=initial),
        "phone": PhoneForm(initial={"number": preferences.phone}),
        "code": CodeForm(),
        **forms,
    }
    context = shown | {"preferences": preferences, "has_sms": sms.is_on()}
    status = 422 if any(form.errors for form in forms.values()) else 200
    page = "messaging/settings_notifications.html"
    return render(request, page, context, status=status)
