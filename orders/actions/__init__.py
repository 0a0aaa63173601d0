"""The verbs of an order; nothing else changes one."""

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
from orders.actions.files import StoredFile
from orders.actions.fulfil import accept, accept_in_silence, deliver, request_revision
from orders.actions.staff import cancel_as_staff, refund_as_staff

__all__ = [
    "Answer",
    "Quote",
    "StoredFile",
    "accept",
    "accept_in_silence",
    "cancel_as_staff",
    "cancel_unpaid",
    "deliver",
    "expire",
    "fingerprint",
    "place",
    "quote",
    "refund_as_staff",
    "refuse_absence",
    "request_revision",
    "settle",
]
