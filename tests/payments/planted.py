"""The mistakes that others made with money, made on purpose, to see them found.

What needs two at once (no lock, a check before the lock, an update without its condition)
is planted by the negative controls in `tests/races`.
"""

from uuid import uuid4

from django.db import transaction

import payments.actions.chargebacks
import payments.actions.earnings
import payments.actions.intents
import payments.actions.refunds
from payments.actions import payouts, shares
from payments.actions.posting import credit, debit
from payments.models import AccountKind, Earning
from payments.status import PAYMENT_MOVES, PAYOUT_MOVES, PaymentStatus, PayoutStatus


def no_receivable(monkeypatch):
    """A refund after clearance that the seller cannot pay is taken from nobody."""

    def charge(seller_id, amount, currency):
        has = payments.actions.earnings.hold(
            AccountKind.SELLER_AVAILABLE, subject=seller_id, currency=currency
        )
        there = min(amount, has[AccountKind.SELLER_AVAILABLE])
        return [
            debit(AccountKind.SELLER_AVAILABLE, there, seller_id),
            debit(AccountKind.BAD_DEBT, amount - there),
        ]

    monkeypatch.setattr(payments.actions.earnings, "charge", charge)


def dedupe_by_event_only(monkeypatch):
    monkeypatch.setattr(payments.actions.intents, "_is_booked", lambda *_: False)


def late_failure_overwrites(monkeypatch):
    moves = PAYMENT_MOVES[PaymentStatus.SUCCEEDED] | {PaymentStatus.FAILED}
    monkeypatch.setitem(PAYMENT_MOVES, PaymentStatus.SUCCEEDED, moves)


def chargeback_and_refund_both_debit(monkeypatch):
    monkeypatch.setattr(
        payments.actions.chargebacks.shares, "gone", lambda _payment: shares.Share()
    )


def clearance_while_disputed(monkeypatch):
    monkeypatch.setattr(Earning, "is_held", False)


def fee_rounded_per_refund(monkeypatch):
    def next_part(payment, price, *, gone):
        return shares.Share(
            price=price,
            fee=payment.fee * price // payment.price,
            commission=payment.commission * price // payment.price,
        )

    monkeypatch.setattr(shares, "next_part", next_part)


def task_written_after_commit(monkeypatch):
    enqueue = payments.actions.refunds.enqueue

    def later(*args, **kwargs):
        transaction.on_commit(lambda: enqueue(*args, **kwargs))

    monkeypatch.setattr(payments.actions.refunds, "enqueue", later)


def payout_return_credited_twice(monkeypatch):
    sent = {PayoutStatus.PAID, PayoutStatus.RETURNED}
    post = payouts.post

    def post_always(kind, *legs, key, **named):
        return post(kind, *legs, key=f"{key}:{uuid4()}"[:100], **named)

    monkeypatch.setitem(
        PAYOUT_MOVES, PayoutStatus.RETURNED, frozenset({PayoutStatus.RETURNED})
    )
    monkeypatch.setattr(
        payouts,
        "_after_bounce",
        lambda payout: (
            PayoutStatus.RETURNED if payout.status in sent else PayoutStatus.FAILED
        ),
    )
    monkeypatch.setattr(payouts, "post", post_always)


def debts_are_not_paid_first(monkeypatch):
    monkeypatch.setattr(
        payments.actions.earnings,
        "pay",
        lambda seller_id, amount, _currency: [
            credit(AccountKind.SELLER_AVAILABLE, amount, seller_id)
        ],
    )


# --- Where each shows ----------------------------------------------------------------
# The market opens with one order in progress, one delivered, and two cleared (2 and 3).


def refund_after_a_withdrawal(money):
    money.withdraw(number=0, percent=60)
    money.refund(number=2, percent=100)


def earn_while_owing(money):
    refund_after_a_withdrawal(money)
    money.sell(number=0, tier="standard", steps=3)
    money.let_time_pass(days=8)


def pay_again(money):
    money.pay(number=0, wrong=0, times=1)


def fail_late(money):
    money.hear_of_an_attempt(number=0, new=PaymentStatus.FAILED)


def contest_what_was_refunded(money):
    money.refund(number=2, percent=100)
    money.hear_of_a_chargeback(
        number=2, percent=100, status="needs_response", funds="withdrawn", fresh=True
    )


def dispute_before_clearance(money):
    money.sell(number=0, tier="standard", steps=3)
    money.dispute(number=4, side="buyer")
    money.let_time_pass(days=8)


def refund_twice(money):
    money.refund(number=0, percent=33)
    money.refund(number=0, percent=33)


def return_a_withdrawal(money):
    money.withdraw(number=0, percent=60)
    for verb in ("approve", "confirm", "return"):
        money.decide_a_withdrawal(number=0, verb=verb)


PLANTED = {
    plant.__name__: (plant, walk)
    for plant, walk in (
        (no_receivable, refund_after_a_withdrawal),
        (debts_are_not_paid_first, earn_while_owing),
        (dedupe_by_event_only, pay_again),
        (late_failure_overwrites, fail_late),
        (chargeback_and_refund_both_debit, contest_what_was_refunded),
        (clearance_while_disputed, dispute_before_clearance),
        (fee_rounded_per_refund, refund_twice),
        (task_written_after_commit, refund_twice),
        (payout_return_credited_twice, return_a_withdrawal),
    )
}
