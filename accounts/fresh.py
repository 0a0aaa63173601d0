"""For what is dangerous in the wrong hands, a login of yesterday is not enough."""

import time
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import wraps
from typing import Any

from allauth.account.internal.flows.login import get_authentication_records
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse

from accounts.http import AuthedRequest
from gigstream.core import clock

STAFF_IDLE = timedelta(hours=24)
# How exactly that is measured; each step writes the session once.
STAFF_NOTED_EVERY = timedelta(minutes=10)
NOTED = "staff_seen_at"

View = Callable[..., HttpResponseBase]


def is_fresh(request: AuthedRequest) -> bool:
    """Whether this person proved who they are in the last 15 minutes, in this session."""
    records = get_authentication_records(request, request.user)
    moments = [record["at"] for record in records]
    lasts = settings.ACCOUNT_REAUTHENTICATION_TIMEOUT
    return bool(moments) and time.time() - max(moments) < lasts


def fresh_login_required(view: View, *, back: str = "") -> View:
    """Ask who it is once more, and come back to this address afterwards.

    A view that takes only POST names the page that has its form, to come back to.
    """

    @wraps(view)
    def guarded(request: AuthedRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if is_fresh(request):
            return view(request, *args, **kwargs)
        back_to = reverse(back) if back else request.get_full_path()
        return prove_first(request, back_to=back_to)

    return guarded


def prove_first(request: AuthedRequest, *, back_to: str, why: str = "") -> HttpResponse:
    """Ask who it is, and go to `back_to` afterwards, where the reason is read."""
    if why:
        messages.info(request, why)
    if request.user.has_usable_password():
        return redirect_to_login(back_to, reverse("account_reauthenticate"))
    # Who only comes in through another company can only prove it by coming in again.
    logout(request)
    return redirect_to_login(back_to)


def note_seen(request: HttpRequest) -> None:
    """Remember in a session of the staff that it was used just now."""
    request.session[NOTED] = clock.unmoved().isoformat()


def slept_too_long(request: HttpRequest) -> bool:
    """Whether a session of the staff was left alone for a day; if not, it was seen now."""
    noted = request.session.get(NOTED)
    slept = clock.unmoved() - datetime.fromisoformat(noted) if noted else None
    if slept is None or STAFF_NOTED_EVERY < slept <= STAFF_IDLE:
        note_seen(request)
    return slept is not None and slept > STAFF_IDLE
