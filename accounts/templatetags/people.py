"""What other apps' pages show of people."""

from datetime import date

from django import template
from django.utils.formats import date_format

from accounts import languages
from accounts.models import User
from gigstream.core import clock

register = template.Library()


@register.filter
def is_online(person: User) -> bool:
    return person.is_online(at=clock.now())


@register.filter
def local_clock(person: User) -> str:
    """What time it is where somebody is."""
    return date_format(clock.now().astimezone(person.zone), "H:i")


@register.filter
def spoken_names(person: User) -> list[str]:
    """The languages that somebody speaks, by name."""
    return [languages.name_of(code) for code in person.spoken_languages]


@register.filter
def back_on(person: User) -> date | None:
    """The day on which somebody on vacation returns; nothing while they are here."""
    return person.away_until(at=clock.now())
