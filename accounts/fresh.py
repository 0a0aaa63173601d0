"""For what is dangerous in the wrong hands, a login of yesterday is not enough."""

import time
from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account.internal.flows.login import get_authentication_records
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.http.response import HttpResponseBase
from django.urls import reverse

from accounts.http import AuthedRequest

FRESH_SECONDS = 15 * 60

View = Callable[..., HttpResponseBase]


def is_fresh(request: AuthedRequest) -> bool:
    """Whether this person proved who they are in the last 15 minutes, in this session."""
    records = get_authentication_records(request, request.user)
    moments = [record["at"] for record in records]
    return bool(moments) and time.time() - max(moments) < FRESH_SECONDS


def fresh_login_required(view: View) -> View:
    """Ask who it is once more, and come back to this address afterwards."""

    @wraps(view)
    def guarded(request: AuthedRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if is_fresh(request):
            return view(request, *args, **kwargs)
        here = request.get_full_path()
        if request.user.has_usable_password():
            return redirect_to_login(here, reverse("account_reauthenticate"))
        # Who only comes in through another company can only prove it by coming in again.
        logout(request)
        return redirect_to_login(here)

    return guarded
