"""Which pictures may stand for a gig."""

from typing import IO

from gigstream.core import pictures
from gigstream.core.pictures import MOST_BYTES, Clean, Refused

SMALLEST = (400, 300)

__all__ = ["MOST_BYTES", "SMALLEST", "Clean", "Refused", "clean"]


def clean(file: IO[bytes], size: int) -> Clean:
    """Judge a file and write it anew, or raise `Refused`."""
    return pictures.clean(file, size, smallest=SMALLEST)
