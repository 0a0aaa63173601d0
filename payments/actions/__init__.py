"""The only place where money moves."""

from payments.actions.adjustments import (
    approve_adjustment,
    propose_adjustment,
    reject_adjustment,
)
from payments.actions.cards import (
    forget_customer,
    remove_card,
)
from payments.actions.chargebacks import (
    answer_chargeback,
    is_held,
    look_up_chargeback,
    note_chargeback,
)
from payments.actions.destinations import (
    BankAccount,
    add_bank,
    connect,
    forget_methods,
    look_up_account,
    note_account,
    remove_method,
)
from payments.actions.earnings import charge, clear, freeze, pay, release, unfreeze
from payments.actions.events import PATIENCE, NotYet, receive_event, replay_events
from payments.actions.intents import (
    book_unapplied,
    capture,
    close_payment,
    close_payments,
    give_up_extras,
    look_up,
    note_charge,
    open_intent,
    payment_of,
    purpose_of,
    request_payment,
)
from payments.actions.papers import (
    issue_credit_note,
    issue_invoice,
    issue_receipt,
)
from payments.actions.paying import keep_card, pay_with_card
from payments.actions.payouts import (
    approve_payout,
    cancel_payout,
    confirm_payout,
    note_payout,
    reject_payout,
    request_payout,
    return_payout,
    submit_payout,
    take_payout_back,
)
from payments.actions.posting import NotEnough, balance, credit, debit, hold, post
from payments.actions.reconcile import reconcile
from payments.actions.refunds import (
    adopt_refund,
    refund,
    refundable,
    settle_refund,
    submit_refund,
)

__all__ = [
    "PATIENCE",
    "BankAccount",
    "NotEnough",
    "NotYet",
    "add_bank",
    "adopt_refund",
    "answer_chargeback",
    "approve_adjustment",
    "approve_payout",
    "balance",
    "book_unapplied",
    "cancel_payout",
    "capture",
    "charge",
    "clear",
    "close_payment",
    "close_payments",
    "confirm_payout",
    "connect",
    "credit",
    "debit",
    "forget_customer",
    "forget_methods",
    "freeze",
    "give_up_extras",
    "hold",
    "is_held",
    "issue_credit_note",
    "issue_invoice",
    "issue_receipt",
    "keep_card",
    "look_up",
    "look_up_account",
    "look_up_chargeback",
    "note_account",
    "note_charge",
    "note_chargeback",
    "note_payout",
    "open_intent",
    "pay",
    "pay_with_card",
    "payment_of",
    "post",
    "propose_adjustment",
    "purpose_of",
    "receive_event",
    "reconcile",
    "refund",
    "refundable",
    "reject_adjustment",
    "reject_payout",
    "release",
    "remove_card",
    "remove_method",
    "replay_events",
    "request_payment",
    "request_payout",
    "return_payout",
    "settle_refund",
    "submit_payout",
    "submit_refund",
    "take_payout_back",
    "unfreeze",
]
