"""Identifiers: unguessable in number, yet in order of time, so that the index stays compact."""

import os
import time
from datetime import datetime
from uuid import UUID


def uuid7() -> UUID:
    """Make a UUID version 7 (RFC 9562, method 3 for the clock), in the order of their making.

    48 bits of Unix milliseconds, 12 bits of the fraction of a millisecond, 62 random
    bits. Python has its own from 3.14.
    """
    milliseconds, rest = divmod(time.time_ns(), 1_000_000)
    fraction = rest * 4096 // 1_000_000
    random = int.from_bytes(os.urandom(8), "big") >> 2
    return UUID(
        int=(milliseconds & (1 << 48) - 1) << 80
        | 7 << 76
        | fraction << 64
        | 2 << 62
        | random
    )


def first_of(moment: datetime) -> UUID:
    """What is smaller than every key made from that moment on, by the real clock."""
    return UUID(int=max(int(moment.timestamp() * 1000), 0) << 80)
