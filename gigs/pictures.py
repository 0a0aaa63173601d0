"""Which pictures may stand for a gig."""

from typing import IO

from django.utils.translation import gettext as _

from gigstream.core import pictures
from gigstream.core.pictures import MOST_BYTES, Clean, Refused

SMALLEST = (400, 300)

__all__ = [
    "MOST_BYTES",
    "SMALLEST",
    "Clean",
    "Refused",
    "clean",
    "judge",
    "store_is_away",
]


def judge(file: IO[bytes], size: int) -> None:
    """Refuse what its first bytes and its header give away, at next to no cost."""
    pictures.judge(file, size, smallest=SMALLEST)


def clean(file: IO[bytes], size: int) -> Clean:
    """Judge a file and write it anew, or raise `Refused`."""
    return pictures.clean(file, size, smallest=SMALLEST)


def store_is_away() -> str:
    return _("The picture store cannot be reached. Please try again in a minute.")
