"""Money stories: the postings of a whole life as text, to be read beside docs/money.md.

A changed posting shows up here as a changed line. To write the texts anew after a change
that was meant: WRITE_STORIES=1.
"""

import os
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest

import payments.actions
from gigstream.core.models import PlatformSetting, Policy
from gigstream.core.money import written
from gigstream.services import stripe
from orders import actions
from orders.models import Order
from orders.status import OrderStatus
from payments.actions import refunds
from payments.models import AdjustmentKind, LedgerTransaction, Refund
from tests.factories import (
    NOON,
    a_finance,
    a_paid_extra,
    a_payout_method,
    a_stored_file,
    an_order,
)

pytestmark = pytest.mark.django_db

STORIES = Path(__file__).parent / "stories"
LATER = NOON + timedelta(days=7)


def refund(order, price=None):
    return payments.actions.refund(order_id=order.pk, price=price, now=NOON)


def told(row, status):
    news = stripe.Refund(
        id=f"re_{row.pk}",
        status=status,
        amount=row.amount,
        currency="usd",
        intent_id=row.intent_id,
        metadata={"refund": str(row.pk)},
        failure_reason="",
    )
    refunds.note_refund(told=news, now=NOON)


def contested(order, status="needs_response", *, withdrawn=True, reinstated=False):
    dispute = stripe.Dispute(
        id=f"du_{order.pk}",
        status=status,
        amount=order.total,
        currency="usd",
        reason="fraudulent",
        intent_id=order.payments.get().intent_id,
        opened_at=NOON,
        answer_by=None,
        withdrawn=withdrawn,
        reinstated=reinstated,
        stripe_fee=15_00,
    )
    actions.note_chargeback(order_id=order.pk, dispute=dispute, now=NOON)


def accept(order):
    actions.accept(order_id=order.pk, actor=order.buyer, now=NOON)


def deliver(order):
    actions.deliver(
        order_id=order.pk,
        actor=order.seller,
        message="Here.",
        files=[a_stored_file()],
        now=NOON,
    )


def clear(order):
    payments.actions.clear(earning_id=order.earnings.get().pk, now=LATER)


def withdraw(order, amount):
    """Asked for, approved, and sent by the bank."""
    finance = a_finance()
    a_payout_method(order.seller)
    payout = payments.actions.request_payout(
        user_id=order.seller_id, amount=amount, key=uuid4(), now=LATER
    )
    said = {"payout_id": payout.pk, "actor": finance, "now": LATER}
    payments.actions.approve_payout(**said)
    payments.actions.confirm_payout(**said)
    return payout


# --- The stories -----------------------------------------------------------------


def paid_and_earned():
    order = an_order(status=OrderStatus.COMPLETED)
    clear(order)


def cancelled_by_staff():
    order = an_order(status=OrderStatus.DELIVERED)
    actions.cancel_as_staff(
        order_id=order.pk, actor=a_finance(), reason="Nobody came.", now=NOON
    )
    told(Refund.objects.get(), "succeeded")


def split_in_three_parts():
    order = an_order(status=OrderStatus.DELIVERED)
    refund(order, 33_33)
    refund(order, 33_33)
    accept(order)
    refund(order)


def extra_returned_before_its_order():
    order = an_order(status=OrderStatus.IN_PROGRESS)
    a_paid_extra(order, price=33_33)
    refund(order, 10_00)
    deliver(order)
    accept(order)
    refund(order, 50_00)


def refunded_after_the_withdrawal():
    order = an_order(status=OrderStatus.COMPLETED)
    clear(order)
    withdraw(order, 50_00)
    refund(order)
    later = an_order(status=OrderStatus.COMPLETED, gig=order.gig)
    clear(later)


def refund_that_came_back():
    order = an_order(status=OrderStatus.IN_PROGRESS)
    [row] = refund(order, 50_00)
    told(row, "succeeded")
    told(row, "failed")


def chargeback_won_after_the_withdrawal():
    order = an_order(status=OrderStatus.COMPLETED)
    clear(order)
    withdraw(order, 80_00)
    contested(order)
    contested(order, "won", reinstated=True)


def chargeback_lost_while_the_work_goes_on():
    order = an_order(status=OrderStatus.IN_PROGRESS)
    contested(order)
    contested(order, "lost")


def chargeback_after_a_partial_refund():
    order = an_order(status=OrderStatus.COMPLETED)
    refund(order, 40_00)
    contested(order)
    contested(order, "lost")


def chargeback_returned_to_the_seller_after_it_was_lost():
    order = an_order(status=OrderStatus.COMPLETED)
    refund(order, 40_00)
    clear(order)
    withdraw(order, 30_00)
    contested(order)
    contested(order, "lost")
    contested(order, "lost", reinstated=True)
    one, other = a_finance(), a_finance()
    adjustment = payments.actions.propose_for_returned_late(
        chargeback_id=order.chargebacks.get().pk,
        kind=AdjustmentKind.TO_SELLER,
        reason="The bank found its mistake.",
        actor=one,
        now=LATER,
    )
    payments.actions.approve_adjustment(
        adjustment_id=adjustment.pk, actor=other, now=LATER
    )


def withdrawal_that_came_back():
    order = an_order(status=OrderStatus.COMPLETED)
    clear(order)
    payout = withdraw(order, 80_00)
    refund(order, 50_00)
    payments.actions.return_payout(
        payout_id=payout.pk, actor=a_finance(), reason="Account closed.", now=LATER
    )


TOLD = [
    paid_and_earned,
    cancelled_by_staff,
    split_in_three_parts,
    extra_returned_before_its_order,
    refunded_after_the_withdrawal,
    refund_that_came_back,
    chargeback_won_after_the_withdrawal,
    chargeback_lost_while_the_work_goes_on,
    chargeback_after_a_partial_refund,
    chargeback_returned_to_the_seller_after_it_was_lost,
    withdrawal_that_came_back,
]


@pytest.mark.parametrize("story", TOLD, ids=lambda story: story.__name__)
def test_the_postings_are_those_of_the_story(story):
    rules = Policy(commission_bps=2000).model_dump()
    PlatformSetting.objects.create(version=1, values=rules)

    story()

    path, text = STORIES / f"{story.__name__}.txt", books()
    if os.environ.get("WRITE_STORIES"):
        path.write_text(text)
    assert text == path.read_text()


def books():
    """Every posting, debits left and credits right, and what is left in the end."""
    lines, left = [], {}
    names = {
        str(order.pk): n for n, order in enumerate(Order.objects.order_by("pk"), 1)
    }
    for posting in LedgerTransaction.objects.order_by("id"):
        which = f" order {names[str(posting.order_id)]}" if posting.order_id else ""
        lines.append(f"{posting.kind} {posting.key.partition(':')[0]}{which}")
        for entry in posting.entries.select_related("account").order_by(
            "-amount", "account__code"
        ):
            name = entry.account.kind
            column = 20 if entry.amount < 0 else 0
            amount = written(abs(entry.amount), "usd")
            lines.append(f"    {name:<20}{' ' * column}{amount:>12}")
            left[name] = left.get(name, 0) + entry.amount
    lines.append("left")
    for name, amount in sorted(left.items()):
        if amount:
            column = 20 if amount < 0 else 0
            lines.append(
                f"    {name:<20}{' ' * column}{written(abs(amount), 'usd'):>12}"
            )
    return "\n".join(lines) + "\n"
