"""Keys of what the demo buys: the same in every run, so that a second one goes on after the first."""

from uuid import UUID, uuid5

NAMES = UUID("5f0e6c1c-7d3b-4e57-9d0e-3a1b4a5c2d10")
PAYOUT = uuid5(NAMES, "payout")
"""Of the withdrawal, which is made last."""


def of_story(number: int) -> UUID:
    return uuid5(NAMES, f"story {number}")


def of_review(number: int) -> UUID:
    return uuid5(NAMES, f"review {number}")
