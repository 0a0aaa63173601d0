"""The only place where money moves."""

from payments.actions.adjustments import (
    approve_adjustment,
    propose_adjustment,
    reject_adjustment,
)
from payments.actions.chargebacks import is_held, look_up_chargeback, note_chargeback
from payments.actions.earnings import charge, clear, freeze, pay, release, unfreeze
from payments.actions.events import PATIENCE, NotYet, receive_event, replay_events
from payments.actions.intents import (
    book_unapplied,
    capture,
    close_payments,
    look_up,
    note_charge,
    open_intent,
    purpose_of,
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
    "approve_adjustment",
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
    "note_charge",
    "note_chargeback",
    "open_intent",
    "pay",
    "post",
    "propose_adjustment",
    "purpose_of",
    "receive_event",
    "refund",
    "refundable",
    "reject_adjustment",
    "release",
    "replay_events",
    "request_payment",
    "settle_refund",
    "submit_refund",
    "unfreeze",
]
