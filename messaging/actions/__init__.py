"""Everything that is done with conversations, notifications, newsletters and inquiries."""

from messaging.actions.inquiries import ask, forget_inquiries, settle_inquiry
from messaging.actions.newsletter import (
    confirm,
    forget_subscriber,
    leave,
    publish_newsletter,
    subscribe,
)
from messaging.actions.talk import (
    LONGEST_MESSAGE,
    approach,
    forget,
    mark_read,
    notify,
    open_conversation,
    read_all,
    read_notification,
    send,
)

__all__ = [
    "LONGEST_MESSAGE",
    "approach",
    "ask",
    "confirm",
    "forget",
    "forget_inquiries",
    "forget_subscriber",
    "leave",
    "mark_read",
    "notify",
    "open_conversation",
    "publish_newsletter",
    "read_all",
    "read_notification",
    "send",
    "settle_inquiry",
    "subscribe",
]
