"""Doing a POST once, however often it is sent: `Idempotency-Key`.

The key is written down before anything happens, so that two at once cannot both go on,
and the answer after it. Nothing is kept of what was refused: nothing was done. What broke
off may go on when the same is sent again, at once or, where a process died, after a minute;
actions know their doubles by the row of the key, so nothing is done a second time.
"""

import hashlib
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from gigstream.core import clock
from gigstream.core.api.problems import Problem
from gigstream.core.errors import Refusal
from gigstream.core.ids import uuid7
from gigstream.core.models import KeptAnswer

HEADER = "Idempotency-Key"
KEPT_FOR = timedelta(hours=24)
GIVEN_UP_AFTER = timedelta(minutes=1)
KEY = re.compile(r"[\x21-\x7e]{1,255}")


def once(request: HttpRequest, act: Callable[[], HttpResponseBase]) -> HttpResponseBase:
    """Act, unless this person has sent the same with this key before: then answer the same."""
    key = request.headers.get(HEADER)
    if key is None or not request.user.is_authenticated:
        return act()
    if not KEY.fullmatch(key):
        raise Problem(400, f"{HEADER} has 1 to 255 visible characters.")
    kept = _begin(request, key)
    request.kept_answer = kept  # type: ignore[attr-defined]
    if kept.status:
        return _again(kept)
    # Unless somebody took over meanwhile, who had good reason to take us for dead.
    still_ours = KeptAnswer.objects.filter(pk=kept.pk, began_at=kept.began_at)
    try:
        response = act()
    except (Refusal, Problem, Http404):
        still_ours.delete()
        raise
    except BaseException:
        still_ours.update(began_at=kept.began_at - GIVEN_UP_AFTER)
        raise
    text: bytes = getattr(response, "content", b"")
    still_ours.update(status=response.status_code, body=text.decode())
    return response


def derived_key(request: HttpRequest) -> UUID:
    """The key under which an action knows its double; without a header a new one."""
    kept: KeptAnswer | None = getattr(request, "kept_answer", None)
    return kept.pk if kept else uuid7()


def _begin(request: HttpRequest, key: str) -> KeptAnswer:
    now, mark = clock.now(), _fingerprint(request)
    person: Any = request.user
    mine = KeptAnswer.objects.filter(user=person, key=key)
    mine.filter(began_at__lte=now - KEPT_FOR).delete()
    kept, is_new = KeptAnswer.objects.get_or_create(
        user=person,
        key=key,
        defaults={"request_hash": mark, "began_at": now},
    )
    if kept.request_hash != mark:
        raise Problem(
            422, f"This {HEADER} was sent with something else.", code="key_reused"
        )
    if not is_new and not kept.status and not _takes_over(kept):
        raise Problem(
            409,
            "The same request is still being answered.",
            code="in_progress",
            headers={"Retry-After": "1"},
        )
    return kept


def _takes_over(kept: KeptAnswer) -> bool:
    """Whether who began gave up or is taken for dead; of two that ask, one goes on."""
    now = clock.now()
    if kept.began_at > now - GIVEN_UP_AFTER:
        return False
    begun = KeptAnswer.objects.filter(pk=kept.pk, status=None, began_at=kept.began_at)
    kept.began_at = now
    return bool(begun.update(began_at=now))


def _again(kept: KeptAnswer) -> HttpResponse:
    return HttpResponse(
        kept.body,
        status=kept.status or 200,
        content_type="application/json",
        headers={"Idempotent-Replayed": "true"},
    )


def _fingerprint(request: HttpRequest) -> str:
    """What was asked: the address, and all that was sent."""
    digest = hashlib.sha256(f"{request.method} {request.get_full_path()}\n".encode())
    if request.content_type == "multipart/form-data":
        digest.update(request.POST.urlencode().encode())
        for name, file in request.FILES.items():
            digest.update(f"\n{name} {file.name}\n".encode())  # type: ignore[union-attr]
            for chunk in file.chunks():  # type: ignore[union-attr]
                digest.update(chunk)
            file.seek(0)  # type: ignore[union-attr]
    else:
        digest.update(request.body)
    return digest.hexdigest()
