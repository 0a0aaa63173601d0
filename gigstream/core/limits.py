"""How often something may be tried, by one client and against one account.

Single actions are counted by django-ratelimit in fixed windows: `limited` guards a view,
`spend` any other place, and both come before the work that they guard. The whole site has
a token bucket per client, which a middleware empties. All processes count together, in
the cache. Addresses of accounts are hashed, so the cache knows nobody.
"""

import logging
import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, cast

from django.conf import settings
from django.core.cache import cache
from django.db import OperationalError
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from django_ratelimit.core import get_usage

from gigstream.core import client
from gigstream.core.cache import DatabaseCache, RedisCache, store_errors
from gigstream.core.errors import TooMany

log = logging.getLogger(__name__)

View = Callable[..., HttpResponseBase]
DAY = 24 * 3600


@dataclass(frozen=True, slots=True)
class Rates:
    """Tries per time, as django-ratelimit writes them."""

    client: str
    account: str = ""


RATES = {
    "login": Rates("30/m", "10/5m"),
    "register": Rates("20/m", "5/5m"),
    "reset": Rates("20/m", "5/5m"),
    "new_password": Rates("20/m"),
    "verify": Rates("30/m"),
    # Tokens of the API that are no good: nobody finds one by trying.
    "token": Rates("30/m"),
    "seed": Rates("5/h"),
    # What pages tell of themselves: made-up visits would fill the table with buckets.
    "vitals": Rates("1000/d"),
    "resend": Rates("20/m", "5/5m"),
    "export": Rates("20/h", "5/h"),
    # What reaches other people: the account is the person who does it.
    "contact": Rates("60/h", "20/h"),
    "message": Rates("300/m", "60/m"),
    "report": Rates("60/h", "10/h"),
    "block": Rates("120/h", "60/h"),
    "newsletter": Rates("20/h", "3/h"),
    "inquiry": Rates("10/h"),
    "card": Rates("30/h", "10/h"),
    "phone": Rates("20/h", "6/h"),
    "upload": Rates("600/h", "200/h"),
}


def limited(action: str, *, account: str = "") -> Callable[[View], View]:
    """Count each POST to a view, and refuse too many before the view begins.

    `account` is the field that names the account they are aimed at.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            if request.method == "POST":
                spend(request, action, account=request.POST.get(account, ""))
            return view(request, *args, **kwargs)

        return guarded

    return decorate


def spend(request: HttpRequest, action: str, *, account: str = "") -> None:
    """Count one try, or raise `TooMany`.

    A client that is out of tries uses up none of the account's. Where the cache cannot
    be asked, nobody gets through: else an outage would be the time to guess passwords.
    """
    rates = RATES[action]
    _count(request, f"{action}:client", client.network(request), rates.client)
    if account and rates.account:
        _count(request, f"{action}:account", _name(action, account), rates.account)


def limited_person(action: str) -> Callable[[View], View]:
    """Count each POST to a view as one of whoever is logged in."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            if request.method == "POST":
                spend(request, action, account=str(request.user.pk))
            return view(request, *args, **kwargs)

        return guarded

    return decorate


def forgive(action: str, account: str) -> None:
    """Forget the tries against an account, because its owner just came in.

    The tries of a client stay: else who has an account could guess between two logins.
    """
    if not settings.RATELIMIT_ENABLE:
        return
    key = _generation(action, account)
    if not cache.add(key, 1, DAY):
        cache.incr(key)


def wait_for_token(request: HttpRequest) -> float:
    """Take one of this client's requests; 0 if there was one, else the seconds to wait.

    Where the cache cannot be asked, everybody gets through: the site is worth more.
    """
    capacity = settings.RATE_LIMIT_PER_MINUTE
    if not capacity or request.path.startswith(settings.RATE_LIMIT_EXEMPT):
        return 0
    counting = cast("DatabaseCache | RedisCache", cache)
    name = f"bucket:{client.network(request)}"
    try:
        return counting.take_token(name, capacity=capacity, seconds=60)
    except store_errors():
        log.exception("Requests are not counted")
        return 0


def take(name: str) -> None:
    """Take one request of somebody who is known by name, or raise `TooMany`; as above."""
    capacity = settings.RATE_LIMIT_PER_MINUTE
    if not capacity:
        return
    counting = cast("DatabaseCache | RedisCache", cache)
    try:
        wait = counting.take_token(f"bucket:{name}", capacity=capacity, seconds=60)
    except store_errors():
        log.exception("Requests are not counted")
        return
    if wait:
        raise TooMany(
            _("Too many requests in a short time."), retry_after=math.ceil(wait)
        )


def _count(request: HttpRequest, group: str, who: str, rate: str) -> None:
    try:
        usage = get_usage(
            request, group=group, key=lambda *_: who, rate=rate, increment=True
        )
    except store_errors() as error:
        raise OperationalError("The cache did not answer.") from error
    if usage and usage["should_limit"]:
        raise TooMany(
            _("Too many tries in a short time."),
            retry_after=max(1, math.ceil(usage["time_left"])),
        )


def _name(action: str, account: str) -> str:
    if not settings.RATELIMIT_ENABLE:
        return ""
    generation = cache.get(_generation(action, account), 0)
    return f"{_hashed(account)}:{generation}"


def _generation(action: str, account: str) -> str:
    return f"limits:{action}:{_hashed(account)}"


def _hashed(account: str) -> str:
    plain = account.strip().lower()
    return salted_hmac("gigstream.limits", plain, algorithm="sha256").hexdigest()
