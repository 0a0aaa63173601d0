"""The only place where money moves."""

from payments.actions.chargebacks import is_held, look_up_chargeback, note_chargeback
from payments.actions.earnings import charge, clear, freeze, pay, release, unfreeze
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
from payments.actions.posting import NotEnough, balance, credit, debit, hold, post
from payments.actions.refunds import (
    adopt_refund,
    refund,
    refundable,
    settle_refund,
    submit_refund,
)

__all__ = [
    "PATIENCE",
    "NotEnough",
    "NotYet",
    "adopt_refund",
    "balance",
    "book_unapplied",
    "capture",
    "charge",
    "clear",
    "close_payments",
    "credit",
    "debit",
    "freeze",
    "hold",
    "is_held",
    "look_up",
    "look_up_chargeback",
    "note_card",
    "note_chargeback",
    "open_intent",
    "pay",
    "post",
    "receive_event",
    "refund",
    "refundable",
    "release",
    "replay_events",
    "request_payment",
    "settle_refund",
    "submit_refund",
    "unfreeze",
]
