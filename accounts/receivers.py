"""What accounts listen to."""

from typing import Any

from allauth.account import signals as account_signals
from allauth.mfa import signals as mfa_signals
from allauth.mfa.models import Authenticator
from allauth.socialaccount import signals as social_signals
from allauth.socialaccount.models import SocialAccount, SocialLogin
from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.dispatch import receiver
from django.http import HttpRequest

from accounts import fresh, roles, security
from accounts.models import SecurityEvent, User
from gigstream.core import clock


@receiver(user_logged_in)
def note_staff(*, request: HttpRequest, user: User, **_: Any) -> None:
    if user.is_staff:
        fresh.note_seen(request)


@receiver(user_logged_out)
def note_logout(*, request: HttpRequest, **_: Any) -> None:
    """Let the middleware tell the browser, once there is an answer."""
    request.has_logged_out = True  # type: ignore[attr-defined]


def _note(request: HttpRequest, user: User, kind: SecurityEvent.Kind) -> None:
    security.note(
        user=user, kind=kind, client=security.Client.of(request), now=clock.now()
    )


@receiver(account_signals.user_logged_in)
def note_login(*, request: HttpRequest, user: User, **_: Any) -> None:
    _note(request, user, SecurityEvent.Kind.LOGGED_IN)


@receiver([account_signals.password_changed, account_signals.password_set])
def note_new_password(*, request: HttpRequest, user: User, **_: Any) -> None:
    _note(request, user, SecurityEvent.Kind.PASSWORD_CHANGED)


@receiver(account_signals.password_reset)
def note_reset_password(*, request: HttpRequest, user: User, **_: Any) -> None:
    _note(request, user, SecurityEvent.Kind.PASSWORD_RESET)


@receiver(mfa_signals.authenticator_added)
def note_new_factor(
    *, request: HttpRequest, user: User, authenticator: Authenticator, **_: Any
) -> None:
    is_codes = authenticator.type == Authenticator.Type.RECOVERY_CODES
    kinds = SecurityEvent.Kind
    _note(request, user, kinds.RECOVERY_CODES_MADE if is_codes else kinds.MFA_ADDED)


@receiver(mfa_signals.authenticator_reset)
def note_new_codes(*, request: HttpRequest, user: User, **_: Any) -> None:
    _note(request, user, SecurityEvent.Kind.RECOVERY_CODES_MADE)


@receiver(mfa_signals.authenticator_removed)
def note_removed_factor(
    *, request: HttpRequest, user: User, authenticator: Authenticator, **_: Any
) -> None:
    # The codes go with the last factor, which has a line of its own.
    if authenticator.type != Authenticator.Type.RECOVERY_CODES:
        _note(request, user, SecurityEvent.Kind.MFA_REMOVED)


@receiver(mfa_signals.authenticator_used)
def note_used_code(
    *, request: HttpRequest, user: User, authenticator: Authenticator, **_: Any
) -> None:
    if authenticator.type == Authenticator.Type.RECOVERY_CODES:
        _note(request, user, SecurityEvent.Kind.RECOVERY_CODE_USED)
        security.tell(user=user, what="recovery_code_used")


@receiver(social_signals.social_account_added)
def note_new_company(
    *, request: HttpRequest, sociallogin: SocialLogin, **_: Any
) -> None:
    _note(request, sociallogin.user, SecurityEvent.Kind.ACCOUNT_CONNECTED)


@receiver(social_signals.social_account_removed)
def note_removed_company(
    *, request: HttpRequest, socialaccount: SocialAccount, **_: Any
) -> None:
    _note(request, socialaccount.user, SecurityEvent.Kind.ACCOUNT_DISCONNECTED)


def set_up_roles(*, using: str, **_: Any) -> None:
    """After each migration the groups are what the table says."""
    roles.set_up(using=using)
