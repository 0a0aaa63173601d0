"""The public page of a person."""

from dataclasses import dataclass

from django.contrib.auth.decorators import login_not_required
from django.db.models import Exists, OuterRef
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts import jsonld, languages
from accounts.models import Block, Standing, User
from gigstream.core import clock


@dataclass(frozen=True, slots=True)
class Steps:
    """What a complete profile has, and how much of it is there."""

    all: list["Step"]

    @property
    def done(self) -> int:
        return sum(step.is_done for step in self.all)

    @property
    def total(self) -> int:
        return len(self.all)


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One thing that makes a profile complete."""

    text: str
    is_done: bool


def find_person(username: str, *, looker: object = None) -> User:
    """Somebody who may be looked at; a suspended or closed account is not there.

    With a member who looks, `is_blocked` says whether they have blocked this person.
    """
    people = User.objects.called(username).filter(standing=Standing.ACTIVE)
    if isinstance(looker, User):
        theirs = Block.objects.visible_to(looker).filter(blocked=OuterRef("pk"))
        people = people.annotate(is_blocked=Exists(theirs))
    person = people.first()
    if person is None:
        raise Http404
    return person


@login_not_required
@require_safe
def profile(request: HttpRequest, username: str) -> HttpResponse:
    person = find_person(username, looker=request.user)
    if person.username != username:
        return redirect(person, permanent=True)
    now = clock.now()
    local_time = now.astimezone(person.zone)
    context = {
        "person": person,
        "is_own": person == request.user,
        "local_time": local_time,
        # The template would turn the moment to the clock of whoever looks.
        "local_clock": date_format(local_time, "H:i"),
        "spoken": [languages.name_of(code) for code in person.spoken_languages],
        "back_on": person.away_until(at=now),
        "is_blocked": getattr(person, "is_blocked", False),
        "steps": steps(person),
        "works": list(person.works.in_order()) if person.is_seller else [],
        "json_ld": jsonld.describe(person),
    }
    return render(request, "accounts/profile.html", context)


def steps(person: User) -> Steps:
    """How far this profile has come; asks nobody."""
    has_place = bool(person.location or person.country.code)
    everything = [
        Step(text=_("A picture"), is_done=bool(person.avatar_id)),
        Step(text=_("A headline"), is_done=bool(person.headline)),
        Step(text=_("A few words about you"), is_done=bool(person.bio)),
        Step(text=_("Where you are"), is_done=has_place),
        Step(text=_("Languages"), is_done=bool(person.spoken_languages)),
        Step(text=_("Skills"), is_done=bool(person.skills)),
    ]
    return Steps(everything)
