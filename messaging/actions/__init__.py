"""Everything that is done with conversations, notifications, newsletters and inquiries."""

from messaging.actions.attachments import StoredFile, attach, discard
from messaging.actions.inquiries import ask, forget_inquiries, settle_inquiry
from messaging.actions.news import forget, notify, read_all, read_notification
from messaging.actions.newsletter import (
    confirm,
    forget_subscriber,
    leave,
    publish_newsletter,
    subscribe,
)
from messaging.actions.sides import archive, keep_draft, star
from messaging.actions.talk import (
    approach,
    mark_read,
    open_conversation,
    receive,
    send,
)

__all__ = [
    "StoredFile",
    "approach",
    "archive",
    "ask",
    "attach",
    "confirm",
    "discard",
    "forget",
    "forget_inquiries",
    "forget_subscriber",
    "keep_draft",
    "leave",
    "mark_read",
    "notify",
    "open_conversation",
    "publish_newsletter",
    "read_all",
    "read_notification",
    "receive",
    "send",
    "settle_inquiry",
    "star",
    "subscribe",
]
