"""Where allauth asks how this site does things."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailAddress
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialAccount, SocialLogin
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts import handles
from accounts.forms import JOINED_FOR, SignupForm
from accounts.forms.profile import NO_NAME
from accounts.fresh import is_fresh
from accounts.models import Standing, User
from accounts.reader import joining_language
from gigstream.core import jobs, limits
from gigstream.core.ids import uuid7
from gigstream.core.sealing import seal, unseal
from gigstream.core.site import site_name


class AccountAdapter(DefaultAccountAdapter):
    def save_user(
        self, request: HttpRequest, user: User, form: SignupForm, commit: bool = True
    ) -> User:
        user.full_name = " ".join(form.cleaned_data["full_name"].split())
        user.email = form.cleaned_data["email"].lower()
        user.password = form.password_hash
        user.language = joining_language()
        if commit:
            user.save()
            handles.give(user)
        return user

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Count the try before a password is hashed, on every way to a login."""
        limits.spend(request, "login", account=_aimed_at(credentials))

    def authenticate(self, request: HttpRequest, **credentials: Any) -> User | None:
        """Treat a suspended or closed account like a wrong password."""
        user: User | None = super().authenticate(request, **credentials)
        if user is None or not user.is_active or user.standing != Standing.ACTIVE:
            return None
        limits.forgive("login", _aimed_at(credentials))
        return user

    def pre_login(
        self, request: HttpRequest, user: User, **kwargs: Any
    ) -> HttpResponse | None:
        """Keep suspended and closed accounts out on every way in; passkeys ask no password."""
        if user.standing != Standing.ACTIVE:
            return redirect("account_inactive")
        response: HttpResponse | None = super().pre_login(request, user, **kwargs)
        return response

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """A login of just now proves as much as the password entered once more.

        Allauth counts only the latter, and would ask for it right after the login.
        """
        return not is_fresh(self.request)

    def send_notification_mail(
        self,
        template_prefix: str,
        user: User,
        context: dict[str, Any] | None = None,
        email: str | None = None,
    ) -> None:
        super().send_notification_mail(
            template_prefix, user, {**(context or {}), "user": user}, email
        )

    def send_mail(self, template_prefix: str, email: str, context: Any) -> None:
        """Leave the mail to the worker: a slow mail company cannot hold up a page.

        Links with a secret are made there too, so none lies in the queue.
        """
        user = context.get("user")
        jobs.enqueue(
            "accounts.tasks.send_mail",
            kind=template_prefix.rpartition("/")[2],
            email=email,
            user_id=user and user.pk,
            language=get_language(),
            key=uuid7(),
        )

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("accounts:settings_security")

    def get_email_verification_redirect_url(self, email_address: EmailAddress) -> str:
        """To the login, and from there to where this browser was going when it joined."""
        if self.request.user.is_authenticated:
            return str(self.get_login_redirect_url(self.request))
        onwards = self.request.session.get(JOINED_FOR)
        return redirect_to_login(onwards).url if onwards else reverse("account_login")


def _aimed_at(credentials: dict[str, Any]) -> str:
    return str(credentials.get("email") or credentials.get("username") or "")


class MfaAdapter(DefaultMFAAdapter):
    """Second factors under our name; their secrets lie encrypted in the database."""

    def get_totp_issuer(self) -> str:
        return site_name()

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        entity: dict[str, str] = super().get_public_key_credential_rp_entity()
        return {**entity, "name": site_name()}

    def generate_authenticator_name(self, user: User, type: Any) -> str:  # noqa: A002
        return _("Passkey")

    def encrypt(self, text: str) -> str:
        return seal(text, purpose="accounts.mfa")

    def decrypt(self, encrypted_text: str) -> str:
        return unseal(encrypted_text, purpose="accounts.mfa")


class SocialAdapter(DefaultSocialAccountAdapter):
    """People who come with a login of Google or GitHub."""

    def populate_user(
        self, request: HttpRequest, sociallogin: SocialLogin, data: dict[str, Any]
    ) -> User:
        user: User = super().populate_user(request, sociallogin, data)
        parts = data.get("first_name"), data.get("last_name")
        name = data.get("name") or " ".join(filter(None, parts)) or data.get("username")
        is_name = name and not NO_NAME.search(name)
        user.full_name = name[:300] if name and is_name else _("New member")
        user.email = user.email.lower()
        return user

    def save_user(
        self, request: HttpRequest, sociallogin: SocialLogin, form: Any = None
    ) -> User:
        """Make the account: with what the company says, or with what the form asked for."""
        user: User = sociallogin.user
        user.set_unusable_password()
        user.language = joining_language()
        if form:
            user.full_name = " ".join(form.cleaned_data["full_name"].split())
            user.email = form.cleaned_data["email"].lower()
        sociallogin.save(request)
        handles.give(user)
        return user

    def get_connect_redirect_url(
        self, request: HttpRequest, socialaccount: SocialAccount
    ) -> str:
        return reverse("accounts:settings_security")
