"""The one clock. Everything that asks for the time asks here, so tests and demos can move it."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

_offset = timedelta()
_frozen: datetime | None = None


def now() -> datetime:
    """The business time, in UTC."""
    return _frozen or datetime.now(UTC) + _offset


def move(by: timedelta) -> None:
    """Move this process's clock; moves add up."""
    global _offset
    _offset += by


@contextmanager
def frozen(at: datetime) -> Iterator[None]:
    """Stop the clock at one moment for the length of a `with` block."""
    global _frozen
    before, _frozen = _frozen, at
    try:
        yield
    finally:
        _frozen = before
