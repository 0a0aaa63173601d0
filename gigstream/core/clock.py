"""The one clock. Everything that asks for the time asks here, so tests and demos can move it.

In demo and staging the shift is kept in a file beside the sandbox's data: all processes
follow it within a second, and it is still there after a restart. It only ever grows.
"""

import fcntl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

_offset = timedelta()
_frozen: datetime | None = None

LOOK_EVERY = 0.5
LONGEST = timedelta(days=10 * 365)

_file: Path | None = None
_shift = timedelta()
_looked = float("-inf")


def now() -> datetime:
    """The business time, in UTC."""
    return _frozen or datetime.now(UTC) + _offset + shift()


def move(by: timedelta) -> None:
    """Move this process's clock; moves add up."""
    global _offset
    _offset += by


def follow(file: Path | None) -> None:
    """Go by the shift that is kept in a file, which need not be there yet; by none with None."""
    global _file, _shift, _looked
    _file, _shift, _looked = file, timedelta(), float("-inf")


def unmoved() -> datetime:
    """What `now` would be had nobody moved the clock: for what must not age with a demo."""
    return now() - shift()


def can_be_moved() -> bool:
    return _file is not None


def shift() -> timedelta:
    """How far the business is ahead of the real time, as all processes have it."""
    global _shift, _looked
    if _file is not None and time.monotonic() - _looked > LOOK_EVERY:
        _looked = time.monotonic()
        _shift = _kept(_file)
    return _shift


def advance(by: timedelta) -> timedelta:
    """Move the clock of all processes forward; the answer is the whole shift. Never back."""
    global _shift, _looked
    if _file is None:
        raise ValueError("This clock stands where the real one does")
    if by <= timedelta():
        raise ValueError("Time goes forward only")
    _file.parent.mkdir(parents=True, exist_ok=True)
    with _file.with_suffix(".lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        moved = _kept(_file) + by
        if moved > LONGEST:
            raise ValueError("Nobody plans that far ahead")
        fresh = _file.with_suffix(".new")
        fresh.write_text(str(int(moved.total_seconds())))
        fresh.replace(_file)
    _shift, _looked = moved, time.monotonic()
    return moved


def _kept(file: Path) -> timedelta:
    try:
        return timedelta(seconds=int(file.read_text() or 0))
    except (FileNotFoundError, ValueError):
        return timedelta()


@contextmanager
def frozen(at: datetime) -> Iterator[None]:
    """Stop the clock at one moment for the length of a `with` block."""
    global _frozen
    before, _frozen = _frozen, at
    try:
        yield
    finally:
        _frozen = before
