"""Who may ask an operation of the API: the browser of somebody logged in, or a token."""

from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja.security import APIKeyCookie
from ninja.security.http import HttpAuthBase
from ninja.utils import check_csrf

from accounts import tokens
from accounts.fresh import is_fresh
from accounts.http import AuthedRequest
from accounts.models import Scope, User
from accounts.security import lacks_second_factor
from gigstream.core import clock, limits
from gigstream.core.api import Problem

Auth = Sequence[Callable[[HttpRequest], Any]]


class Token(HttpAuthBase):
    """A bearer token that may do this. One that is no good is refused, whoever else is known."""

    openapi_scheme: str = "bearer"

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        super().__init__()

    def __call__(self, request: HttpRequest) -> User | None:
        header = request.headers.get("Authorization")
        if header is None:
            return None
        scheme, _space, secret = header.partition(" ")
        now = clock.now()
        token = tokens.find(secret.strip(), now=now) if _is_bearer(scheme) else None
        if token is None:
            limits.spend(request, "token")
            raise no_token()
        limits.take(f"token:{token.pk}")
        if self.scope not in token.scopes:
            raise _no_scope(self.scope)
        tokens.note_use(token, now=now)
        request.user = token.user
        request.api_token = token  # type: ignore[attr-defined]
        return token.user


class Session(APIKeyCookie):
    """The session of a browser. What changes something needs the CSRF token, too."""

    param_name: str = settings.SESSION_COOKIE_NAME

    def __call__(self, request: HttpRequest) -> User | None:
        if not request.user.is_authenticated:
            return None
        if check_csrf(request):
            text = _("Send the token that /api/auth/session tells, as X-CSRFToken.")
            raise Problem(403, text, code="csrf")
        return request.user

    def authenticate(self, request: HttpRequest, key: str | None) -> None:
        """Never asked: all is decided above."""


class Nobody:
    """Lets those in who are nobody known, and so comes last."""

    is_nobody: ClassVar = True

    def __call__(self, request: HttpRequest) -> bool:
        return True


def needs(scope: Scope) -> Auth:
    """Somebody logged in, or a token that may do this."""
    return [Token(scope), Session()]


def anybody(scope: Scope) -> Auth:
    """Everybody; who is known sees what is theirs."""
    return [*needs(scope), Nobody()]


def refuse_stale_login(request: AuthedRequest) -> None:
    """For what is dangerous in the wrong hands, as on its page: a login of just now.

    A token stands for one: it was made with one, for exactly this.
    """
    if not hasattr(request, "api_token") and not is_fresh(request):
        text = _("Show that it is you: log in once more, then send it again.")
        raise Problem(403, text, code="fresh_login")


def refuse_others(request: AuthedRequest, permission: str) -> None:
    """For what staff do: somebody else learns only that it is not theirs."""
    user = request.user
    if lacks_second_factor(user) or not user.is_staff or not user.has_perm(permission):
        raise Problem(403, _("This is not yours to do."), code="forbidden")


def require(request: HttpRequest, scope: Scope) -> None:
    """For one thing among others that an operation does: a token must be good for it, too."""
    token = getattr(request, "api_token", None)
    if token is not None and scope not in token.scopes:
        raise _no_scope(scope)


def _no_scope(scope: Scope) -> Problem:
    text = _("This token may not do that; it would need the scope “%(scope)s”.")
    return Problem(403, text % {"scope": scope.value}, code="scope")


def no_token() -> Problem:
    return Problem(
        401,
        _("This token is not good, or not any more."),
        headers={"WWW-Authenticate": 'Bearer error="invalid_token"'},
    )


def _is_bearer(scheme: str) -> bool:
    return scheme.lower() == "bearer"
