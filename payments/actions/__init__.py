"""The only place where money moves."""

from payments.actions.earnings import clear, release
from payments.actions.events import PATIENCE, NotYet, receive_event, replay_events
from payments.actions.intents import (
    book_unapplied,
    capture,
    close_payments,
    look_up,
    note_card,
    open_intent,
    request_payment,
)
from payments.actions.posting import NotEnough, balance, credit, debit, post
from payments.actions.refunds import settle_refund, submit_refund

__all__ = [
    "PATIENCE",
    "NotEnough",
    "NotYet",
    "balance",
    "book_unapplied",
    "capture",
    "clear",
    "close_payments",
    "credit",
    "debit",
    "look_up",
    "note_card",
    "open_intent",
    "post",
    "receive_event",
    "release",
    "replay_events",
    "request_payment",
    "settle_refund",
    "submit_refund",
]
