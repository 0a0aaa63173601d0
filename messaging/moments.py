"""Moments as whole numbers that an address can hold: microseconds since 1970."""

from datetime import UTC, datetime, timedelta

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


def to_moment(at: datetime | None) -> int:
    """0 for no moment."""
    return (at - EPOCH) // MICROSECOND if at else 0


def from_moment(text: str | None) -> datetime | None:
    """The moment that an address holds; None where it holds none."""
    if not text or not text.isascii() or not text.isdigit() or len(text) > 17:
        return None
    return EPOCH + int(text) * MICROSECOND
