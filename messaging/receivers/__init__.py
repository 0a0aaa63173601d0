"""Turns what happens in the apps below into conversations and news for those it concerns.

One module for each thing that is told of. What news says stands in `messaging.kinds`.
"""

from messaging.receivers import (
    deals,
    disputes,
    gigs,
    money,
    orders,
    people,
    reviews,
)

__all__ = ["deals", "disputes", "gigs", "money", "orders", "people", "reviews"]
