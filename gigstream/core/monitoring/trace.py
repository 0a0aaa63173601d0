"""Which request the work of this moment belongs to, and what it has cost so far."""

import re
from contextvars import ContextVar
from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest
from django.urls import ResolverMatch

from gigstream.core.ids import uuid7

_WELL_FORMED = re.compile(r"[A-Za-z0-9-]{8,64}")
# What may be logged of an address. Others are keys of links in mails, for instance.
_HARMLESS = {"pk", "slug", "username", "object_id"}
UNKNOWN = "unknown"


@dataclass(slots=True)
class Trace:
    """One request, or one run of a task; `user` is a key, never a name."""

    id: str
    user: str = ""
    queries: int = 0
    query_seconds: float = 0.0


_current: ContextVar[Trace | None] = ContextVar("trace", default=None)


def current() -> Trace | None:
    return _current.get()


def begin(request_id: str = "") -> Trace:
    """Start a trace for this thread; the one before it, if any, is over."""
    trace = Trace(id=request_id or uuid7().hex)
    _current.set(trace)
    return trace


def end() -> None:
    _current.set(None)


def id_from(request: HttpRequest) -> str:
    """The id that our own proxy gave the request, or nothing: strangers' ids could mislead."""
    if not settings.TRUSTED_PROXY_COUNT:
        return ""
    given = request.headers.get("X-Request-ID", "")
    return given if _WELL_FORMED.fullmatch(given) else ""


def route_of(match: ResolverMatch | None) -> str:
    """The name of the page, of which there are a few hundred; whatever else is `unknown`."""
    return (match.view_name or match.route) if match else UNKNOWN


def path_of(request: HttpRequest) -> str:
    """The address without what may be a secret: its pattern where it has other parts."""
    match = request.resolver_match
    if match is None:
        return UNKNOWN
    return request.path if match.kwargs.keys() <= _HARMLESS else f"/{match.route}"
