"""People for programs: joining, logging in and out, a new password, one's profile."""

from datetime import datetime
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.forms import UserTokenForm
from allauth.account.internal.flows.password_reset import finalize_password_reset
from allauth.account.internal.flows.signup import complete_signup
from allauth.core.exceptions import ImmediateHttpResponse
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.forms import BaseForm
from django.http import HttpRequest
from django.middleware.csrf import get_token
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_variables
from ninja import Body, Path

from accounts import actions
from accounts.api_access import Session, anybody, needs
from accounts.forms import LoginForm, NewPasswordForm, ResetPasswordForm, SignupForm
from accounts.forms.profile import ProfileForm
from accounts.http import AuthedRequest
from accounts.models import Scope, Standing, User
from accounts.schemas import (
    ForgotIn,
    LoginIn,
    Me,
    Notice,
    Person,
    ProfileEdit,
    RegisterIn,
    ResetIn,
    SessionOut,
)
from gigstream.core import clock, limits
from gigstream.core.api import Problem, Routes

routes = Routes("People")


# --- Coming in ----------------------------------------------------------------


@routes.post("/auth/register", auth=None, answer=Notice, status=202)
@sensitive_variables("wanted")
def register(request: HttpRequest, wanted: Body[RegisterIn]) -> Notice:
    """Join. A mail brings the link that proves the address; then one can log in.

    The answer is the same where the address has an account already.
    """
    limits.spend(request, "register", account=wanted.email)
    form = SignupForm(
        data={
            "email": wanted.email,
            "password1": wanted.password,
            "full_name": wanted.full_name,
        }
    )
    _check(form, password1="password", full_name="fullName")
    try:
        _join(request, form)
    except IntegrityError:
        # Somebody joined with this address a moment ago: answer as if it were old.
        form.account_already_exists = True
        _join(request, form)
    return Notice(message=_("We wrote to this address. Follow the link in that mail."))


@transaction.atomic
def _join(request: HttpRequest, form: SignupForm) -> None:
    user, known = form.try_save(request)
    if known is None:
        complete_signup(request, user=user, redirect_url="/")


@routes.post("/auth/login", auth=None, answer=SessionOut, also=[401, 403])
@sensitive_variables("wanted")
def login(request: HttpRequest, wanted: Body[LoginIn]) -> SessionOut:
    """Log this browser in, by a session cookie. Who has a second factor goes on in the pages."""
    form = LoginForm(
        data={
            "login": wanted.email,
            "password": wanted.password,
            "remember": wanted.remember,
        },
        request=request,
    )
    if not form.is_valid():
        text = _("The e-mail address or the password is not right.")
        raise Problem(401, text, code="credentials")
    try:
        form.login(request, redirect_url="/")
    except ImmediateHttpResponse:
        raise _unfinished() from None
    if not request.user.is_authenticated:
        raise _unfinished()
    return _session(request)


def _unfinished() -> Problem:
    text = _("The password is right, but not enough. Log in with a browser to go on.")
    return Problem(403, text, code="unfinished")


@routes.post("/auth/logout", auth=[Session()])
def logout(request: HttpRequest) -> None:
    """Log this browser out."""
    get_adapter().logout(request)


@routes.get("/auth/session", auth=None, answer=SessionOut)
def get_session(request: HttpRequest) -> SessionOut:
    """Who is logged in here, and the CSRF token that changes need."""
    return _session(request)


def _session(request: HttpRequest) -> SessionOut:
    user, expires = request.user, None
    if isinstance(user, User):
        expires = _expiry(request)
    return SessionOut(
        user=Me.of(user) if isinstance(user, User) else None,
        expires=expires,
        csrf_token=get_token(request),
    )


def _expiry(request: HttpRequest) -> datetime:
    return request.session.get_expiry_date()


# --- A new password ----------------------------------------------------------------


@routes.post("/auth/forgot-password", auth=None, answer=Notice, status=202)
def forgot_password(request: HttpRequest, wanted: Body[ForgotIn]) -> Notice:
    """Have a link sent that sets a new password, if there is such an account."""
    limits.spend(request, "reset", account=wanted.email)
    form = ResetPasswordForm(data={"email": wanted.email})
    _check(form)
    form.save(request)
    return Notice(message=_("If there is an account, a mail is on its way."))


@routes.post("/auth/reset-password", auth=None, answer=Notice)
@sensitive_variables("wanted")
def reset_password(request: HttpRequest, wanted: Body[ResetIn]) -> Notice:
    """Set a new password with what a mail brought; it works once, for an hour."""
    limits.spend(request, "new_password")
    person, key = _opened(wanted.token)
    form = NewPasswordForm(
        data={"password1": wanted.password}, user=person, temp_key=key
    )
    _check(form, password1="password")
    form.save()
    finalize_password_reset(request, person)
    return Notice(message=_("Your password is changed. You can log in with it."))


def _opened(token: str) -> tuple[User, str]:
    who, _dash, key = token.partition("-")
    form = UserTokenForm(data={"uidb36": who, "key": key})
    try:
        is_good = form.is_valid()
    except ValidationError:  # a key that can be nobody's
        is_good = False
    if not is_good:
        raise Problem(422, _("This link no longer works."), code="link")
    return form.reset_user, key


# --- Oneself ----------------------------------------------------------------


@routes.get("/users/profile", auth=needs(Scope.READ), answer=Me)
def get_profile(request: AuthedRequest) -> Me:
    """What you say of yourself, and what is said of you."""
    return Me.of(request.user)


@routes.patch("/users/profile", auth=needs(Scope.WRITE), answer=Me)
def edit_profile(request: AuthedRequest, wanted: Body[ProfileEdit]) -> Me:
    """Change what you say of yourself."""
    # A copy, because a form writes what was sent into its instance, wrong or not.
    myself = User.objects.get(pk=request.user.pk)
    said = {**dict(Me.of(myself)), "full_name": myself.full_name}
    said |= {name: value for name, value in dict(wanted).items() if value is not None}
    said["skills"] = ", ".join(said["skills"])
    form = ProfileForm(data=said, instance=myself)
    _check(form, full_name="fullName", spoken_languages="spokenLanguages")
    person = actions.edit_profile(user_id=request.user.pk, **form.cleaned_data)
    return Me.of(person)


@routes.get("/users/{username}", auth=anybody(Scope.READ), answer=Person)
def get_person(request: HttpRequest, username: Path[str]) -> Person:
    """Somebody's public profile."""
    people = User.objects.called(username).filter(standing=Standing.ACTIVE)
    person = get_object_or_404(people)
    works = person.works.in_order() if person.is_seller else []
    return Person.shown(person, works, at=clock.now())


def _check(form: BaseForm, **names: str) -> None:
    """Tell what a form finds wrong, under the names that were sent."""
    if form.is_valid():
        return
    errors: list[dict[str, Any]] = [
        {"loc": ["body", names.get(name, name)], "msg": str(text), "type": "invalid"}
        for name, texts in form.errors.items()
        for text in texts
    ]
    text = _("Something is missing or wrong.")
    raise Problem(422, text, code="invalid", errors=errors)
