"""What people change about how they are known here and where they are logged in."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts import security, usernames
from accounts.email_change import EmailChange
from accounts.models import SecurityEvent, Standing, User
from accounts.security import Client
from gigstream.core.errors import NotAllowed


def change_email(*, change: EmailChange, client: Client, now: datetime) -> User:
    """Move an account to an address that has just been proved; the old one hears of it.

    A second click finds the old address gone, and is refused.
    """
    try:
        return _change_email(change, client, now)
    except IntegrityError as error:  # somebody joined with this address a moment ago
        raise NotAllowed(_("This address cannot be used.")) from error


@transaction.atomic
def _change_email(change: EmailChange, client: Client, now: datetime) -> User:
    user = User.objects.select_for_update().filter(pk=change.user_id).first()
    if user is None or user.standing != Standing.ACTIVE or not change.is_of(user):
        raise NotAllowed(_("This link no longer works."))
    if is_held_by_others(change.new, than=user):
        raise NotAllowed(_("This address cannot be used."))

    EmailAddress.objects.filter(user=user).delete()
    EmailAddress.objects.create(
        user=user, email=change.new, verified=True, primary=True
    )
    user.email, user.mail_trouble = change.new, ""
    user.save(update_fields=["email", "mail_trouble"])
    security.note(
        user=user, kind=SecurityEvent.Kind.EMAIL_CHANGED, client=client, now=now
    )
    security.tell(user=user, what="email_changed", email=change.old)
    return user


def is_held_by_others(email: str, *, than: User) -> bool:
    return User.objects.filter(email__iexact=email).exclude(pk=than.pk).exists() or (
        EmailAddress.objects.filter(email__iexact=email, verified=True)
        .exclude(user=than)
        .exists()
    )


def change_username(
    *, user_id: UUID, username: str, client: Client, now: datetime
) -> User:
    """Give a person another public name. The old one is free again for anybody."""
    try:
        return _change_username(user_id, usernames.cleaned(username), client, now)
    except IntegrityError as error:
        raise NotAllowed(_("This name is taken.")) from error


@transaction.atomic
def _change_username(
    user_id: UUID, username: str, client: Client, now: datetime
) -> User:
    user = User.objects.select_for_update().get(pk=user_id)
    if user.username == username:
        return user

    user.username = username
    user.save(update_fields=["username"])
    security.note(
        user=user, kind=SecurityEvent.Kind.USERNAME_CHANGED, client=client, now=now
    )
    security.tell(user=user, what="username_changed")
    return user


@transaction.atomic
def end_sessions(
    *, user: User, sessions: Iterable[UserSession], client: Client, now: datetime
) -> None:
    """Log a person out of these browsers, from their next request on."""
    ended = list(sessions)
    for session in ended:
        session.end()
    if ended:
        security.note(
            user=user, kind=SecurityEvent.Kind.SESSIONS_ENDED, client=client, now=now
        )
        security.tell(user=user, what="sessions_ended")
