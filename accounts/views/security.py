"""The sections of the settings that say who can use an account, and how."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account import views as allauth
from allauth.account.decorators import reauthentication_required
from allauth.core import ratelimit
from allauth.mfa.models import Authenticator
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as webauthn
from allauth.mfa.webauthn.internal import auth as passkeys
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from accounts import qr, security, social
from accounts.actions import security as actions
from accounts.email_change import EmailChange, proof_of
from accounts.forms.security import NewEmailForm, UsernameForm
from accounts.fresh import fresh_login_required
from accounts.http import AuthedRequest
from accounts.models import SecurityEvent
from accounts.security import Client
from gigstream.core import clock, jobs
from gigstream.core.errors import NotAllowed
from gigstream.core.ids import uuid7
from gigstream.core.live import asks_for_field, judged_field

RECENT_EVENTS = 20

Page = Callable[..., HttpResponse]


def sent_by_proved(page: str) -> Callable[[Page], Page]:
    """Take a form of `page` from people who proved who they are in the last 15 minutes.

    Allauth asks others for the proof, and then sends their form by itself, but once: whoever
    presses twice comes without it, and is led to the page, which shows what was done.
    """

    def decorate(view: Page) -> Page:
        guarded: Page = reauthentication_required(view)

        @wraps(view)
        def led(request: AuthedRequest, **kwargs: Any) -> HttpResponse:
            return (
                guarded(request, **kwargs)
                if request.method == "POST"
                else redirect(page)
            )

        return require_http_methods(["GET", "HEAD", "POST"])(led)

    return decorate


@require_safe
def settings_account(request: AuthedRequest) -> HttpResponse:
    return _account_page(request)


@sent_by_proved("accounts:settings_account")
def change_email(request: AuthedRequest) -> HttpResponse:
    """Write to the new address; nothing changes until its link is followed.

    The answer is the same for an address that somebody else has.
    """
    if refused := ratelimit.consume_or_429(
        request, action="manage_email", user=request.user
    ):
        response: HttpResponse = refused
        return response
    form = NewEmailForm(request.POST, user=request.user)
    if not form.is_valid():
        return _account_page(request, email_form=form)

    email = form.cleaned_data["email"]
    jobs.enqueue(
        "accounts.tasks.answer_email_change",
        user_id=request.user.pk,
        email=email,
        proof=proof_of(request.user),
        key=uuid7(),
    )
    messages.info(
        request,
        _("We wrote to %(email)s. Follow the link in that mail, and it is yours.")
        % {"email": email},
    )
    return redirect("accounts:settings_account")


@require_POST
def change_username(request: AuthedRequest) -> HttpResponse:
    form = UsernameForm(request.POST, user=request.user)
    if asks_for_field(request):
        return judged_field(request, form)
    if not form.is_valid():
        return _account_page(request, username_form=form)
    try:
        actions.change_username(
            user_id=request.user.pk,
            username=form.cleaned_data["username"],
            client=Client.of(request),
            now=clock.now(),
        )
    except NotAllowed as refusal:
        form.add_error("username", str(refusal))
        return _account_page(request, username_form=form)
    messages.success(request, _("Your username is saved."))
    return redirect("accounts:settings_account")


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def confirm_new_email(request: HttpRequest, key: str) -> HttpResponse:
    """What the link in the mail leads to; a button changes the address, for scanners follow links."""
    change = EmailChange.from_key(key)
    refusal = "" if change else _("This link no longer works.")
    if change and request.method == "POST":
        try:
            user = actions.change_email(
                change=change, client=Client.of(request), now=clock.now()
            )
        except NotAllowed as error:
            refusal = str(error)
        else:
            messages.success(
                request,
                _("The address of your account is %(email)s now.")
                % {"email": user.email},
            )
            return redirect("accounts:settings_account")
    context = {"change": change, "refusal": refusal, "key": key}
    status = 422 if refusal and request.method == "POST" else 200
    return render(request, "accounts/confirm_new_email.html", context, status=status)


@require_safe
def settings_security(request: AuthedRequest) -> HttpResponse:
    user = request.user
    factors = list(Authenticator.objects.filter(user=user).order_by("created_at"))
    by_type = {factor.type: factor for factor in factors}
    codes = by_type.get(Authenticator.Type.RECOVERY_CODES)
    context = {
        "app": by_type.get(Authenticator.Type.TOTP),
        "has_codes": codes is not None,
        "codes_left": len(codes.wrap().get_unused_codes()) if codes else 0,
        "passkeys": [
            factor for factor in factors if factor.type == Authenticator.Type.WEBAUTHN
        ],
        "sessions": security.open_sessions(user, now=clock.now()),
        "session_key": request.session.session_key,
        "companies": social.companies(),
        "connected": SocialAccount.objects.filter(user=user).order_by("provider"),
        "events": SecurityEvent.objects.visible_to(user).order_by("-at")[
            :RECENT_EVENTS
        ],
    }
    return render(request, "accounts/settings_security.html", context)


@sent_by_proved("accounts:settings_security")
def end_session(request: AuthedRequest, pk: int) -> HttpResponse:
    """Log out one of one's own browsers; a second press finds that it is done."""
    session = UserSession.objects.filter(pk=pk).first()
    if session is None:
        return redirect("accounts:settings_security")
    if session.user_id != request.user.pk:
        raise Http404
    if session.session_key == request.session.session_key:
        return redirect("account_logout")
    _end(request, [session])
    return redirect("accounts:settings_security")


@sent_by_proved("accounts:settings_security")
def end_other_sessions(request: AuthedRequest) -> HttpResponse:
    mine = UserSession.objects.filter(user=request.user)
    _end(request, list(mine.exclude(session_key=request.session.session_key)))
    return redirect("accounts:settings_security")


@require_safe
def factors(request: AuthedRequest) -> HttpResponse:
    """Where allauth leads to after a change of factors."""
    return redirect("accounts:settings_security")


# What adds a way in. Allauth would let those add one at any time who have no password to
# be asked for; these come in through their company once more.
set_password = fresh_login_required(allauth.password_set)


class ActivateAppView(totp.ActivateTOTPView):
    """Allauth's page, with the QR code as a drawing: an image would need a data: address."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        return {**context, "qr": qr.draw(context["totp_url"])}


activate_app = fresh_login_required(ActivateAppView.as_view())


class AddPasskeyView(webauthn.AddWebAuthnView):
    """Allauth's page, for passkeys that can log in alone, and no other kind."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        options = passkeys.begin_registration(self.request.user, passwordless=True)
        return {**context, "js_data": {"options": options}}


add_passkey = fresh_login_required(AddPasskeyView.as_view())


def _end(request: AuthedRequest, sessions: list[UserSession]) -> None:
    actions.end_sessions(
        user=request.user,
        sessions=sessions,
        client=Client.of(request),
        now=clock.now(),
    )
    messages.success(request, _("Logged out there."))


def _account_page(
    request: AuthedRequest,
    *,
    email_form: NewEmailForm | None = None,
    username_form: UsernameForm | None = None,
) -> HttpResponse:
    """The section; with a refused form, and then it is a refusal."""
    user = request.user
    context = {
        "email_form": email_form or NewEmailForm(user=user),
        "username_form": username_form
        or UsernameForm(user=user, initial={"username": user.username}),
    }
    status = 422 if email_form or username_form else 200
    return render(request, "accounts/settings_account.html", context, status=status)
