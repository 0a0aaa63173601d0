"""Mails about accounts, written when they are sent."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from uuid import UUID

from allauth.account.forms import default_token_generator
from allauth.account.internal.userkit import filter_users_by_email
from allauth.account.models import EmailAddress, EmailConfirmationHMAC
from allauth.account.utils import user_pk_to_url_str
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import emails
from accounts.actions import privacy
from accounts.actions.security import is_held_by_others
from accounts.email_change import EmailChange, proof_of
from accounts.models import DataExport, Standing, User, Work
from accounts.reader import read_by
from gigstream.core import clock, jobs
from gigstream.core.jobs import periodic, task
from gigstream.services import cloudinary


@task
def send_mail(
    *, kind: str, email: str, user_id: str | None, key: str, language: str = ""
) -> None:
    """Send the mail that allauth calls `kind`, to somebody who may have no account.

    `language` is the one of the page that caused it.
    """
    user = User.objects.get(pk=UUID(user_id)) if user_id else None
    reader = user or User.objects.filter(email=email).first()
    with read_by(reader, asked_in=language):
        LETTERS[kind](email, user, f"account:{key}")


@task
def answer_reset_request(*, email: str, key: str, language: str = "") -> None:
    """Send a reset link to whoever has this address, or say that nobody has."""
    found = filter_users_by_email(
        email, is_active=True, prefer_verified=True, for_login=True
    )
    people = [user for user in found if user.standing == Standing.ACTIVE]
    for user in people:
        with read_by(user, asked_in=language):
            _reset_password(email, user, f"account:{key}:{user.pk}")
    if not found:
        with read_by(None, asked_in=language):
            _unknown_account(email, None, f"account:{key}")


@task
def answer_confirmation_request(*, email: str, key: str, language: str = "") -> None:
    """Send the link once more, if this address still waits for its confirmation."""
    waiting = EmailAddress.objects.filter(email=email.lower(), verified=False)
    for address in waiting.select_related("user"):
        with read_by(address.user, asked_in=language):
            _confirm_email(email, address.user, f"account:{key}:{address.pk}")


@task
def answer_email_change(*, user_id: str, email: str, key: str, proof: str = "") -> None:
    """Send the link that proves a new address, or tell the address that it has an account.

    Not for who asked with a password that is no longer the one.
    """
    user = User.objects.get(pk=UUID(user_id))
    if proof and proof != proof_of(user):
        return
    if is_held_by_others(email, than=user):
        with read_by(User.objects.filter(email=email).first()):
            _account_exists(email, None, f"account:{key}")
        return
    path = reverse("accounts:confirm_new_email", args=[EmailChange.of(user, email).key])
    with read_by(user):
        emails.send(
            "change_email",
            to=email,
            subject=_("Confirm your new e-mail address"),
            key=f"account:{key}",
            user=user,
            link=emails.absolute(path),
        )


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


def _notice(kind: str, email: str, user: User | None, key: str) -> None:
    """Tell the owner what was changed, and what to do if it was somebody else."""
    if kind == "email_changed":  # a new password would be sent to the new address
        advice = _("If that was not you, answer this mail now, so that we can help.")
    else:
        advice = _(
            "If that was not you, choose a new password and look through the security "
            "of your account now:"
        )
    emails.send(
        "security_notice",
        to=email,
        subject=_("A change to the security of your account"),
        key=key,
        user=user,
        text=NOTICES[kind],
        advice=advice,
        link=emails.absolute(reverse("accounts:settings_security")),
    )


NOTICES: dict[str, Promise] = {
    "account_connected": gettext_lazy(
        "a login with another company was added to your account."
    ),
    "account_disconnected": gettext_lazy(
        "a login with another company was removed from your account."
    ),
    "email_changed": gettext_lazy(
        "your account has another e-mail address now. This address gets no more mail."
    ),
    "password_set": gettext_lazy("your account has a password now."),
    "payout_changed": gettext_lazy(
        "the place that your withdrawals go to was changed. They are held back for three "
        "days where another one was known before."
    ),
    "recovery_code_used": gettext_lazy("one of your recovery codes was just used."),
    "recovery_codes_generated": gettext_lazy(
        "new recovery codes were made for your account. The old ones no longer work."
    ),
    "roles_changed": gettext_lazy(
        "an admin has changed your staff roles on this site."
    ),
    "sessions_ended": gettext_lazy("your account was logged out in other browsers."),
    "token_created": gettext_lazy(
        "an API token was made, with which a program can act for you on this site."
    ),
    "token_revoked": gettext_lazy("an API token of your account was revoked."),
    "totp_activated": gettext_lazy(
        "logging in to your account now takes a code of your authenticator app."
    ),
    "totp_deactivated": gettext_lazy(
        "logging in to your account no longer takes a code of your authenticator app."
    ),
    "username_changed": gettext_lazy("the username of your account was changed."),
    "webauthn_added": gettext_lazy("a passkey was added to your account."),
    "webauthn_removed": gettext_lazy("a passkey was removed from your account."),
}
LETTERS: dict[str, Callable[[str, User | None, str], None]] = {
    "email_confirmation": _confirm_email,
    "email_confirmation_signup": _confirm_email,
    "account_already_exists": _account_exists,
    "password_changed": _password_changed,
    "password_reset": _password_changed,
    **{kind: partial(_notice, kind) for kind in NOTICES},
}


@task
def pack_export(*, export_id: str) -> None:
    privacy.pack_export(export_id=UUID(export_id), now=clock.now())


@task
def announce_export(*, export_id: str) -> None:
    """Tell somebody that the copy of their data is ready, and until when."""
    export = DataExport.objects.select_related("user").get(pk=UUID(export_id))
    if export.status != DataExport.Status.READY:
        return
    with read_by(export.user):
        emails.send(
            "export_ready",
            to=export.user.email,
            subject=_("The copy of your data is ready"),
            key=f"export:{export.pk}",
            user=export.user,
            link=emails.absolute(reverse("accounts:export", args=[export.pk])),
        )


@periodic(every=timedelta(hours=1))
@task
def expire_exports() -> None:
    """Have copies destroyed whose time is over; one that was never packed may be asked for anew."""
    now = clock.now()
    over = Q(status=DataExport.Status.READY, expires_at__lte=now)
    stuck = Q(
        status=DataExport.Status.REQUESTED, requested_at__lte=now - privacy.KEPT_FOR
    )
    for pk in DataExport.objects.filter(over | stuck).values_list("pk", flat=True):
        jobs.enqueue("accounts.tasks.destroy_export", export_id=pk)


@periodic(every=timedelta(hours=24))
@task
def forget_sessions() -> int:
    """Forget the sessions that are over, and from where and with what they were opened."""
    now = clock.unmoved()
    Session.objects.filter(expire_date__lte=now).delete()
    alive = Session.objects.filter(session_key=OuterRef("session_key"))
    # What began a moment ago may not be saved yet.
    begun = UserSession.objects.filter(created_at__lt=now - timedelta(hours=1))
    forgotten: int = begun.exclude(Exists(alive)).delete()[0]
    return forgotten


@task
def destroy_export(*, export_id: str) -> None:
    privacy.destroy_export(export_id=UUID(export_id))


@task
def sweep_export(*, public_id: str) -> None:
    """Delete the file of a copy that nobody can be handed."""
    if not DataExport.objects.filter(public_id=public_id).exists():
        cloudinary.destroy(public_id, resource_type="raw", private=True)


@task
def destroy_avatar(*, public_id: str) -> None:
    """Delete the file of a picture that no account shows any more."""
    if not User.objects.filter(avatar_id=public_id).exists():
        cloudinary.destroy(public_id)


@task
def destroy_work(*, public_id: str) -> None:
    """Delete the file of a work that no portfolio shows any more."""
    if not Work.objects.filter(public_id=public_id).exists():
        cloudinary.destroy(public_id)


@task
def say_farewell(*, email: str, name: str, key: str, language: str = "") -> None:
    """Write once more to the address that we no longer keep."""
    with read_by(None, asked_in=language):
        emails.send(
            "account_closed",
            to=email,
            subject=_("Your account is closed"),
            key=f"farewell:{key}",
            name=name,
        )
