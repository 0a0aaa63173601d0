"""Keeps the record of what happened to an account, and from where."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

from allauth.account.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth import HASH_SESSION_KEY
from django.contrib.sessions.models import Session
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _

from accounts.models import SecurityEvent, User
from gigstream.core import jobs
from gigstream.core.ids import uuid7

# In the order in which to look: Edge and Opera also call themselves Chrome, Chrome also Safari.
BROWSERS = {
    "Edge": r"\bEdg",
    "Opera": r"\bOPR/",
    "Samsung Internet": r"SamsungBrowser",
    "Firefox": r"Firefox|FxiOS",
    "Chrome": r"Chrome|CriOS",
    "Safari": r"Safari",
}
SYSTEMS = {
    "Android": r"Android",
    "iPhone": r"iPhone",
    "iPad": r"iPad",
    "Windows": r"Windows",
    "Mac": r"Macintosh",
    "ChromeOS": r"CrOS",
    "Linux": r"Linux",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """Where a request came from: the address, and what the browser calls itself."""

    address: str | None
    browser: str

    @classmethod
    def of(cls, request: HttpRequest) -> Self:
        try:
            address = get_adapter().get_client_ip(request)
        except PermissionDenied:  # nobody can tell, as behind a Unix socket
            address = None
        return cls(address=address, browser=request.META.get("HTTP_USER_AGENT", ""))


def note(
    *, user: User, kind: SecurityEvent.Kind, client: Client, now: datetime
) -> None:
    """Add a line to what the owner can look through."""
    SecurityEvent.objects.create(
        user=user,
        kind=kind,
        at=now,
        address=client.address,
        browser=client.browser[:200],
    )


def tell(*, user: User, what: str, email: str | None = None) -> None:
    """Write to the owner, and to nobody else, that something changed."""
    jobs.enqueue(
        "accounts.tasks.send_mail",
        kind=what,
        email=email or user.email,
        user_id=user.pk,
        key=uuid7(),
    )


def lacks_second_factor(user: User) -> bool:
    """Whether this is one of the staff, who may not go on with a password alone."""
    return (
        settings.STAFF_NEEDS_MFA
        and user.is_staff
        and not is_mfa_enabled(
            user, [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]
        )
    )


def spoken_browser(user_agent: str) -> str:
    """What people call it: “Firefox on Windows”."""
    browser, system = _first(BROWSERS, user_agent), _first(SYSTEMS, user_agent)
    if browser and system:
        return _("%(browser)s on %(system)s") % {"browser": browser, "system": system}
    return browser or system or _("Unknown browser")


def _first(kinds: dict[str, str], user_agent: str) -> str:
    return next(
        (name for name, sign in kinds.items() if re.search(sign, user_agent)), ""
    )


def open_sessions(user: User, *, now: datetime) -> list[UserSession]:
    """Where somebody is logged in at this moment, the newest first, in two queries."""
    known = UserSession.objects.filter(user=user).order_by("-created_at")
    by_key = {session.session_key: session for session in known}
    stored = Session.objects.filter(session_key__in=by_key, expire_date__gt=now)
    alive = {
        each.session_key for each in stored if _belongs_to(user, each.get_decoded())
    }
    return [session for key, session in by_key.items() if key in alive]


def _belongs_to(user: User, data: dict[str, Any]) -> bool:
    """Whether a session still opens this account; a new password closes the older ones."""
    return constant_time_compare(
        data.get(HASH_SESSION_KEY, ""), user.get_session_auth_hash()
    )
