"""The verbs of an order; nothing else changes one."""

from orders.actions.amend import (
    agree,
    ask_for_time,
    ask_to_cancel,
    lapse,
    refuse,
    withdraw,
)
from orders.actions.cancel import cancel_late, decline
from orders.actions.checkout import (
    Answer,
    Quote,
    cancel_unpaid,
    expire,
    fingerprint,
    place,
    quote,
    refuse_absence,
    settle,
)
from orders.actions.extras import request_extra_payment
from orders.actions.files import StoredFile, note_download
from orders.actions.fulfil import (
    accept,
    accept_in_silence,
    deliver,
    extend_review,
    request_revision,
)
from orders.actions.holds import adopt_refund, note_chargeback
from orders.actions.reminders import remind
from orders.actions.reviews import (
    Opinion,
    count_ratings,
    edit_review,
    forget_texts,
    publish_reviews,
    remove_review,
    reply,
    review,
)
from orders.actions.staff import cancel_as_staff, refund_as_staff
from orders.actions.tips import tip

__all__ = [
    "Answer",
    "Opinion",
    "Quote",
    "StoredFile",
    "accept",
    "accept_in_silence",
    "adopt_refund",
    "agree",
    "ask_for_time",
    "ask_to_cancel",
    "cancel_as_staff",
    "cancel_late",
    "cancel_unpaid",
    "count_ratings",
    "decline",
    "deliver",
    "edit_review",
    "expire",
    "extend_review",
    "fingerprint",
    "forget_texts",
    "lapse",
    "note_chargeback",
    "note_download",
    "place",
    "publish_reviews",
    "quote",
    "refund_as_staff",
    "refuse",
    "refuse_absence",
    "remind",
    "remove_review",
    "reply",
    "request_extra_payment",
    "request_revision",
    "review",
    "settle",
    "tip",
    "withdraw",
]
