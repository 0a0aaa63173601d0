"""Where allauth asks how this site does things."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailAddress
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest
from django.urls import reverse

from accounts import handles
from accounts.forms import JOINED_FOR, SignupForm
from accounts.models import Standing, User
from gigstream.core import jobs
from gigstream.core.ids import uuid7


class AccountAdapter(DefaultAccountAdapter):
    def save_user(
        self, request: HttpRequest, user: User, form: SignupForm, commit: bool = True
    ) -> User:
        user.full_name = " ".join(form.cleaned_data["full_name"].split())
        user.email = form.cleaned_data["email"].lower()
        user.password = form.password_hash
        if commit:
            user.save()
            handles.give(user)
        return user

    def authenticate(self, request: HttpRequest, **credentials: Any) -> User | None:
        """Treat a suspended or closed account like a wrong password."""
        user: User | None = super().authenticate(request, **credentials)
        if user is None or not user.is_active or user.standing != Standing.ACTIVE:
            return None
        return user

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
            key=uuid7(),
        )

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return str(self.get_login_redirect_url(request))

    def get_email_verification_redirect_url(self, email_address: EmailAddress) -> str:
        """To the login, and from there to where this browser was going when it joined."""
        if self.request.user.is_authenticated:
            return str(self.get_login_redirect_url(self.request))
        onwards = self.request.session.get(JOINED_FOR)
        return redirect_to_login(onwards).url if onwards else reverse("account_login")
