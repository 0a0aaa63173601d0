"""Conversations between two people, what the site tells each of them, and letters to many."""

from messaging.kinds import NotificationKind
from messaging.models.letters import Inquiry, Newsletter, Subscriber, Topic
from messaging.models.news import TOLD, Notification
from messaging.models.preferences import Digest, NotificationPreferences
from messaging.models.talk import (
    LONGEST_MESSAGE,
    MOST_ATTACHMENTS,
    Attachment,
    Conversation,
    Message,
    Participant,
)

__all__ = [
    "LONGEST_MESSAGE",
    "MOST_ATTACHMENTS",
    "TOLD",
    "Attachment",
    "Conversation",
    "Digest",
    "Inquiry",
    "Message",
    "Newsletter",
    "Notification",
    "NotificationKind",
    "NotificationPreferences",
    "Participant",
    "Subscriber",
    "Topic",
]
