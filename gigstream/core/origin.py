"""From where the request comes that is answered now, for what is written down about it.

A middleware says it once, so that actions need not carry an address through. Jobs and
commands come from nowhere.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_address: ContextVar[str | None] = ContextVar("address", default=None)


def address() -> str | None:
    """The client's address, or nothing where nobody asked or it cannot be known."""
    return _address.get()


@contextmanager
def coming_from(client: str) -> Iterator[None]:
    token = _address.set(client or None)
    try:
        yield
    finally:
        _address.reset(token)
