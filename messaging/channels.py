"""The channels on which open pages hear of news, and who may listen to which.

Each person has one; each conversation has one for what happens in it, and one that knows
who is looking at it. Who may listen is who may read the page.
"""

import re
from uuid import UUID

from accounts.models import User
from messaging.models import Conversation

_ID = r"(?P<id>[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})"
_USER = re.compile(rf"private-user-{_ID}")
_CONVERSATION = re.compile(rf"(?:private|presence)-conversation-{_ID}")


def of_user(user_id: UUID) -> str:
    return f"private-user-{user_id}"


def of_conversation(conversation_id: UUID) -> str:
    return f"private-conversation-{conversation_id}"


def presence_in(conversation_id: UUID) -> str:
    return f"presence-conversation-{conversation_id}"


def is_presence(channel: str) -> bool:
    return channel.startswith("presence-")


def may_listen(user: User, channel: str) -> bool:
    """Whether this person may read what the channel tells of; a channel not of ours is nobody's."""
    if match := _USER.fullmatch(channel):
        return UUID(match["id"]) == user.pk
    if match := _CONVERSATION.fullmatch(channel):
        mine = Conversation.objects.visible_to(user)
        return mine.filter(pk=UUID(match["id"])).exists()
    return False
