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

__all__ = [
    "Answer",
    "Quote",
    "StoredFile",
    "accept",
    "accept_in_silence",
    "cancel_unpaid",
    "deliver",
    "expire",
    "fingerprint",
    "place",
    "quote",
    "refuse_absence",
    "request_revision",
    "settle",
]
