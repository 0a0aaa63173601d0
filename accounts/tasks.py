"""Mails about accounts, written when they are sent."""

from collections.abc import Callable
from uuid import UUID

from allauth.account.forms import default_token_generator
from allauth.account.internal.userkit import filter_users_by_email
from allauth.account.models import EmailAddress, EmailConfirmationHMAC
from allauth.account.utils import user_pk_to_url_str
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts import emails
from accounts.models import Standing, User
from gigstream.core.jobs import task
from gigstream.services import cloudinary


@task
def send_mail(*, kind: str, email: str, user_id: str | None, key: str) -> None:
    """Send the mail that allauth calls `kind`, to somebody who may have no account."""
    user = User.objects.get(pk=UUID(user_id)) if user_id else None
    LETTERS[kind](email, user, f"account:{key}")


@task
def answer_reset_request(*, email: str, key: str) -> None:
    """Send a reset link to whoever has this address, or say that nobody has."""
    found = filter_users_by_email(
        email, is_active=True, prefer_verified=True, for_login=True
    )
    people = [user for user in found if user.standing == Standing.ACTIVE]
    for user in people:
        _reset_password(email, user, f"account:{key}:{user.pk}")
    if not found:
        _unknown_account(email, None, f"account:{key}")


@task
def answer_confirmation_request(*, email: str, key: str) -> None:
    """Send the link once more, if this address still waits for its confirmation."""
    waiting = EmailAddress.objects.filter(email=email.lower(), verified=False)
    for address in waiting.select_related("user"):
        _confirm_email(email, address.user, f"account:{key}:{address.pk}")


def _confirm_email(email: str, user: User | None, key: str) -> None:
    address = EmailAddress.objects.filter(user=user, email=email, verified=False)
    if not (waiting := address.first()):
        return
    secret = EmailConfirmationHMAC.create(waiting).key
    emails.send(
        "confirm_email",
        to=email,
        subject=_("Confirm your e-mail address"),
        key=key,
        user=user,
        link=emails.absolute(reverse("account_confirm_email", args=[secret])),
    )


def _account_exists(email: str, user: User | None, key: str) -> None:
    emails.send(
        "account_exists",
        to=email,
        subject=_("You already have an account"),
        key=key,
        link=emails.absolute(reverse("account_login")),
        reset_link=emails.absolute(reverse("account_reset_password")),
    )


def _reset_password(email: str, user: User | None, key: str) -> None:
    secret = default_token_generator.make_token(user)
    who = user_pk_to_url_str(user)
    path = reverse("account_reset_password_from_key", args=[who, secret])
    emails.send(
        "reset_password",
        to=email,
        subject=_("Choose a new password"),
        key=key,
        user=user,
        link=emails.absolute(path),
    )


def _unknown_account(email: str, user: User | None, key: str) -> None:
    emails.send(
        "unknown_account",
        to=email,
        subject=_("There is no account with this address"),
        key=key,
        link=emails.absolute(reverse("account_signup")),
    )


def _password_changed(email: str, user: User | None, key: str) -> None:
    emails.send(
        "password_changed",
        to=email,
        subject=_("Your password was changed"),
        key=key,
        user=user,
        link=emails.absolute(reverse("account_reset_password")),
    )


LETTERS: dict[str, Callable[[str, User | None, str], None]] = {
    "email_confirmation": _confirm_email,
    "email_confirmation_signup": _confirm_email,
    "account_already_exists": _account_exists,
    "password_changed": _password_changed,
    "password_reset": _password_changed,
}


@task
def delete_face(*, public_id: str) -> None:
    """Delete the file of a picture that no account shows any more."""
    if not User.objects.filter(avatar_id=public_id).exists():
        cloudinary.destroy(public_id)
