"""What other apps' pages show of people."""

from datetime import date

from django import template

from accounts.models import User
from gigstream.core import clock

register = template.Library()


@register.filter
def back_on(person: User) -> date | None:
    """The day on which somebody on vacation returns; nothing while they are here."""
    return person.away_until(at=clock.now())
