"""Looking at the site as somebody else: for staff, for half an hour, and only looking.

The session stays the one of the staff; the middleware puts the other person in their
place for each request. So the other's own sessions, logins and mails know nothing of it,
and a logout ends both.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from accounts import actions
from accounts.http import AuthedRequest
from accounts.models import Standing, User
from gigstream.core import clock

KEY = "acting_as"
LASTS = timedelta(minutes=30)
STOP = "accounts:stop_acting"

READS = {"GET", "HEAD", "OPTIONS"}
# Pages send these by themselves; nobody tried to do anything.
SENT_BY_SCRIPTS = {"core:csp_report", "core:vitals", "messaging:listen"}
# What is said between two is read through a report or a dispute alone; who somebody is,
# and what they pay with, is theirs; files are handed out to the two sides of an order.
CLOSED_SPACES = {"admin", "messaging", "socialaccount"}
CLOSED_STARTS = ("account_", "mfa_", "github_", "google_", "socialaccount_")
CLOSED = {
    "accounts:confirm_new_email",
    "accounts:export",
    "accounts:settings_privacy",
    "accounts:settings_security",
    "accounts:settings_tokens",
    "orders:checkout",
    "orders:download",
    "orders:download_all",
    "orders:download_delivery",
    "orders:export",
    "orders:pay",
    "orders:pay_part",
    "orders:preview",
    "orders:take_up",
    "payments:card_setup",
    "payments:connect",
    "payments:settings_cards",
    "payments:statement_csv",
    "payments:statement_pdf",
    "payments:withdraw",
}
OPEN = {"messaging:bell"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Acting:
    """Who really is there, whom they see the site as, and until when."""

    staff: User
    person: User
    until: datetime


def of(request: HttpRequest) -> Acting | None:
    found: Acting | None = getattr(request, "acting", None)
    return found


def begin(request: AuthedRequest, person: User, *, reason: str, now: datetime) -> None:
    """See the site as somebody, from the next page on."""
    actions.start_acting(user_id=person.pk, actor=request.user, reason=reason, now=now)
    until = now + LASTS
    request.session[KEY] = {"person": str(person.pk), "until": until.isoformat()}


def end(request: HttpRequest, *, staff: User, person: User, why: str = "") -> None:
    request.session.pop(KEY, None)
    actions.end_acting(user_id=person.pk, actor=staff, reason=why, now=clock.now())


def resume(request: Any, said: dict[str, str]) -> None:
    """Put the other person in the place of the staff, while that is still right."""
    staff = request.user
    until = datetime.fromisoformat(said["until"])
    person = User.objects.filter(pk=said["person"]).first()
    if person is None or not staff.is_authenticated:
        del request.session[KEY]
    elif until <= clock.now():
        end(request, staff=staff, person=person, why="The time was over.")
    elif not _is_right(staff, person):
        end(request, staff=staff, person=person, why="It was no longer allowed.")
    else:
        request.acting = Acting(staff=staff, person=person, until=until)
        request.user = person


def _is_right(staff: User, person: User) -> bool:
    return (
        staff.standing == person.standing == Standing.ACTIVE
        and staff.is_staff
        and staff.has_perm(actions.MAY_ACT_AS)
        and not (person.is_staff or person.is_superuser)
    )


def refusal(request: HttpRequest, acting: Acting) -> HttpResponse | None:
    """The answer to whatever is more than looking, or looks where nobody else may."""
    found = request.resolver_match
    name, space = (found.view_name, found.namespace) if found else ("", "")
    if name == STOP:
        return None
    if request.method not in READS:
        if name not in SENT_BY_SCRIPTS:
            actions.note_refused(
                user_id=acting.person.pk,
                actor=acting.staff,
                what=f"{request.method} {request.path}"[:300],
                now=clock.now(),
            )
    elif not _is_closed(request, name, space):
        return None
    return render(request, "accounts/only_looking.html", status=HTTPStatus.FORBIDDEN)


def _is_closed(request: HttpRequest, name: str, space: str) -> bool:
    return name not in OPEN and (
        name in CLOSED
        or space.partition(":")[0] in CLOSED_SPACES
        or name.startswith(CLOSED_STARTS)
        or request.path.startswith("/api/")
    )
