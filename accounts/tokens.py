"""The secrets of API tokens: made once, kept as hashes, and looked up with each request."""

import hashlib
import secrets
from datetime import datetime, timedelta

from django.db.models import Q
from django.utils.crypto import constant_time_compare

from accounts.models import ApiToken, Standing, User

PREFIX = "gst_"
BEGINNING = len(PREFIX) + 4
LONGEST = 100
NOTED_EVERY = timedelta(minutes=5)
"""How precisely it is known when a token was used; each step writes its row once."""


def new_secret() -> str:
    """256 random bits; with so many, a plain hash cannot be turned back."""
    return f"{PREFIX}{secrets.token_urlsafe(32)}"


def hashed(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def find(secret: str, *, now: datetime) -> ApiToken | None:
    """The token of this secret, if it works: in time, its owner in good standing, the
    password not changed since. One query.
    """
    if not secret.startswith(PREFIX) or len(secret) > LONGEST:
        return None
    tokens = ApiToken.objects.select_related("user")
    token = tokens.filter(secret_hash=hashed(secret)).first()
    return token if token and works(token, at=now) else None


def works(token: ApiToken, *, at: datetime) -> bool:
    """Whether whoever has it gets in."""
    return not token.is_over(at=at) and _is_good(token.user, token)


def note_use(token: ApiToken, *, now: datetime) -> None:
    """Remember when a token was used: one small UPDATE every five minutes."""
    before = now - NOTED_EVERY
    if token.last_used_at and token.last_used_at > before:
        return
    unused = Q(last_used_at__isnull=True) | Q(last_used_at__lte=before)
    ApiToken.objects.filter(unused, pk=token.pk).update(last_used_at=now)


def _is_good(user: User, token: ApiToken) -> bool:
    if user.standing != Standing.ACTIVE or not user.is_active:
        return False
    known = [user.get_session_auth_hash(), *user.get_session_auth_fallback_hash()]
    return any(constant_time_compare(token.session_hash, each) for each in known)
