"""Identifiers: unguessable in number, yet in order of time, so that the index stays compact."""

import os
import time
from uuid import UUID


def uuid7() -> UUID:
    """Make a UUID version 7 (RFC 9562): 48 bits of Unix milliseconds, then 74 random bits.

    Python has its own from 3.14.
    """
    milliseconds = time.time_ns() // 1_000_000
    random = int.from_bytes(os.urandom(10), "big")
    value = (milliseconds & (1 << 48) - 1) << 80 | random
    value = value & ~(0xF << 76) | 0x7 << 76
    value = value & ~(0x3 << 62) | 0x2 << 62
    return UUID(int=value)
