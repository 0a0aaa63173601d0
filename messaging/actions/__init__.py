"""Everything that is done with conversations, notifications, newsletters and inquiries."""

from messaging.actions.attachments import StoredFile, attach, discard
from messaging.actions.inquiries import ask, forget_inquiries, settle_inquiry
from messaging.actions.mails import note_mailed
from messaging.actions.moderate import remove_message
from messaging.actions.news import (
    News,
    forget,
    notify,
    notify_all,
    read_all,
    read_notification,
    undo_read_all,
    unread_notification,
)
from messaging.actions.newsletter import (
    confirm,
    forget_subscriber,
    leave,
    publish_newsletter,
    send_proof,
    subscribe,
)
from messaging.actions.preferences import (
    add_phone,
    choose_channels,
    choose_times,
    make_code,
    note_digest,
    preferences_of,
    remove_phone,
    stop_mails,
    verify_phone,
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
    "News",
    "StoredFile",
    "add_phone",
    "approach",
    "archive",
    "ask",
    "attach",
    "choose_channels",
    "choose_times",
    "confirm",
    "discard",
    "forget",
    "forget_inquiries",
    "forget_subscriber",
    "keep_draft",
    "leave",
    "make_code",
    "mark_read",
    "note_digest",
    "note_mailed",
    "notify",
    "notify_all",
    "open_conversation",
    "preferences_of",
    "publish_newsletter",
    "read_all",
    "read_notification",
    "receive",
    "remove_message",
    "remove_phone",
    "send",
    "send_proof",
    "settle_inquiry",
    "star",
    "stop_mails",
    "subscribe",
    "undo_read_all",
    "unread_notification",
    "verify_phone",
]
