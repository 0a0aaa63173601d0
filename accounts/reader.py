"""Writes for somebody: in their language, by their clock, with amounts as they like them."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.utils import timezone, translation

from accounts.models import Amounts, User
from gigstream.core import money


@contextmanager
def read_by(person: User | None, *, asked_in: str | None = "") -> Iterator[None]:
    """All that is written meanwhile is for this person.

    Who chose no language, or has no account, gets the one they asked in.
    """
    language = _first_known(person.language if person else "", asked_in)
    if person is None:
        with translation.override(language):
            yield
        return
    with (
        translation.override(language),
        timezone.override(person.zone),
        money.with_code(on=person.amounts == Amounts.CODE),
    ):
        yield


def joining_language() -> str:
    """What to remember of the language that somebody joins in; ours needs no remark."""
    language = translation.get_language() or ""
    return language if language != settings.LANGUAGE_CODE else ""


def _first_known(*languages: str | None) -> str:
    known = dict(settings.LANGUAGES)
    return next((each for each in languages if each in known), settings.LANGUAGE_CODE)
