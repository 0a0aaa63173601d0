"""The kinds of news, each with all that is to know of it: one table, and how its words are said.

From it come the rows of news on pages, their mails, and the page of preferences. Whoever
adds a kind adds a line to it.
"""

from messaging.kinds import values
from messaging.kinds.names import Channel, Group, NotificationKind
from messaging.kinds.table import CAN_WAIT, NEWS, News, channels_of

__all__ = [
    "CAN_WAIT",
    "NEWS",
    "Channel",
    "Group",
    "News",
    "NotificationKind",
    "channels_of",
    "values",
]
