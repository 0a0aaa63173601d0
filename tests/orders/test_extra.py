"""More work for more money: a payment of its own into the same escrow."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django_tasks_db.models import DBTaskResult

import payments.actions
from gigstream.core import clock, invariants
from gigstream.core.models import PlatformSetting, Policy
from gigstream.services import stripe
from orders import actions
from orders.models import Order
from orders.signals import extra_paid
from orders.status import OrderStatus
from payments.actions import intents
from payments.models import AccountKind as Kind
from payments.models import LedgerTransaction, Refund, UnappliedPayment
from payments.status import PaymentStatus
from payments.tasks import close_abandoned_payments
from tests.factories import (
    NOON,
    a_finance,
    a_paid_extra,
    a_paid_intent,
    a_stored_file,
    an_order,
)
from tests.payments.webhooks import post_event

pytestmark = pytest.mark.django_db


def ask(order, price=30_00, key=None, now=NOON):
    return actions.request_extra_payment(
        order, extra_id=key or uuid4(), price=price, now=now
    )


def settle(order, payment, **fields):
    intent = a_paid_intent(order, payment=payment, **fields)
    actions.settle(order_id=order.pk, intent=intent, now=NOON)


def holds(kind, subject=None):
    return payments.actions.balance(kind, subject, "usd")


def with_fees(fee=1000, commission=0, version=1):
    policy = Policy(service_fee_bps=fee, commission_bps=commission)
    PlatformSetting.objects.create(version=version, values=policy.model_dump())


def accept(order):
    actions.deliver(
        order_id=order.pk,
        actor=order.seller,
        message="Here.",
        files=[a_stored_file()],
        now=NOON,
    )
    actions.accept(order_id=order.pk, actor=order.buyer, now=NOON)


def contest(order, payment):
    dispute = stripe.Dispute(
        id=f"du_{payment.pk.hex}",
        status="needs_response",
        amount=payment.amount,
        currency="usd",
        reason="fraudulent",
        intent_id=payment.intent_id,
        opened_at=NOON,
        answer_by=None,
        withdrawn=True,
        reinstated=False,
        stripe_fee=0,
    )
    actions.note_chargeback(order_id=order.pk, dispute=dispute, now=NOON)
    order.refresh_from_db()


def test_an_extra_joins_the_escrow_of_its_order_once_and_is_told_once():
    told = []

    def hear(extra_id, **_news):
        told.append(extra_id)

    extra_paid.connect(hear)
    order, key = an_order(status=OrderStatus.IN_PROGRESS), uuid4()
    payment = ask(order, key=key)

    for _ in range(2):
        settle(order, payment)

    assert holds(Kind.ESCROW, order.pk) == 130_00
    assert holds(Kind.FEE_DEFERRED, order.pk) == 13_00
    assert LedgerTransaction.objects.get(key=f"pay:{payment.pk}").kind == "E1"
    assert told == [key]
    assert ask(order, key=key) == payment


def test_its_fees_are_those_of_the_order_whatever_is_in_force_by_then():
    with_fees(commission=2000)
    order = an_order(status=OrderStatus.IN_PROGRESS)
    with_fees(fee=5000, commission=5000, version=2)

    payment = ask(order, price=33_33)

    assert (payment.fee, payment.commission) == (3_33, 6_67)


def test_the_seller_earns_order_and_extra_as_one_lot():
    with_fees(commission=2000)
    order = an_order(status=OrderStatus.IN_PROGRESS)
    a_paid_extra(order, price=33_33)

    accept(order)

    assert order.earnings.get().amount == 133_33 - 26_67
    assert (holds(Kind.COMMISSION), holds(Kind.SERVICE_FEE)) == (26_67, 13_33)
    assert holds(Kind.ESCROW, order.pk) == 0


def test_parts_that_go_back_end_at_the_last_cent_of_every_payment():
    """The newest payment first; fee and commission of each by all its parts together."""
    with_fees(commission=333)
    order = an_order(status=OrderStatus.IN_PROGRESS)
    a_paid_extra(order, price=33_33)
    a_paid_extra(order, price=5_01)

    for price in (1_67, 10_01, 60_00):
        payments.actions.refund(order_id=order.pk, price=price, now=NOON)
    accept(order)
    for price in (40_00, 13_33):
        payments.actions.refund(order_id=order.pk, price=price, now=NOON)
    payments.actions.refund(order_id=order.pk, now=NOON)

    for payment in order.payments.all():
        parts = payment.refunds.all()
        for name in ("amount", "price", "fee", "commission"):
            assert sum(getattr(part, name) for part in parts) == getattr(payment, name)
    left = [Kind.COMMISSION, Kind.SERVICE_FEE]
    assert [holds(kind) for kind in left] == [0, 0]
    assert holds(Kind.SELLER_PENDING, order.seller_id) == 0


def test_a_last_cent_that_was_all_commission_can_go_back():
    with_fees(commission=5000)
    order = an_order(status=OrderStatus.IN_PROGRESS)
    payments.actions.refund(order_id=order.pk, price=99_99, now=NOON)
    accept(order)
    assert (holds(Kind.COMMISSION), order.earnings.count()) == (1, 0)

    [last] = payments.actions.refund(order_id=order.pk, now=NOON)

    assert (last.price, last.commission, holds(Kind.COMMISSION)) == (1, 1, 0)


@pytest.mark.parametrize(
    ("fields", "reason"),
    [({"amount_received": 1}, "amount"), ({"currency": "eur"}, "currency")],
)
def test_what_was_not_agreed_goes_back(fields, reason):
    order = an_order(status=OrderStatus.IN_PROGRESS)

    settle(order, ask(order), **fields)

    assert Refund.objects.get().unapplied.reason == reason
    assert holds(Kind.ESCROW, order.pk) == 100_00


def test_a_second_payment_of_one_extra_goes_back():
    order, key = an_order(status=OrderStatus.IN_PROGRESS), uuid4()
    first = ask(order, key=key)
    intents.note_progress(
        intent=a_paid_intent(order, payment=first), new=PaymentStatus.CANCELED
    )
    settle(order, ask(order, key=key))

    settle(order, first)

    assert UnappliedPayment.objects.get().reason == "duplicate"
    assert holds(Kind.ESCROW, order.pk) == 130_00


def test_money_for_an_order_that_is_over_goes_back_and_nothing_waits_for_it(sandbox):
    order = an_order(status=OrderStatus.IN_PROGRESS)
    late, unpaid = ask(order), ask(order)
    for payment in (late, unpaid):
        payments.actions.open_intent(payment_id=payment.pk)
        payment.refresh_from_db()
    sandbox.confirm(late.intent_id)

    actions.cancel_as_staff(
        order_id=order.pk, actor=a_finance(), reason="So.", now=NOON
    )
    for payment in (late, unpaid):
        payments.actions.close_payment(payment_id=payment.pk, timeout=10, now=NOON)

    unpaid.refresh_from_db()
    assert unpaid.status == "canceled"
    assert UnappliedPayment.objects.get().reason == "late"
    assert holds(Kind.ESCROW, order.pk) == 0


def test_a_webhook_pays_for_an_extra(sandbox):
    order = an_order(status=OrderStatus.IN_PROGRESS, now=clock.now())
    payment = ask(order, now=clock.now())
    payments.actions.open_intent(payment_id=payment.pk)
    payment.refresh_from_db()
    sandbox.confirm(payment.intent_id)

    [event] = sandbox.events("payment_intent.succeeded")
    assert post_event(sandbox, event).status_code == 204

    payment.refresh_from_db()
    assert payment.status == "succeeded"
    assert holds(Kind.ESCROW, order.pk) == 130_00


def test_a_bank_takes_one_payment_and_leaves_the_others():
    order = an_order(status=OrderStatus.IN_PROGRESS)
    extra = a_paid_extra(order)
    late = ask(order)

    contest(order, extra)
    settle(order, late)

    assert (holds(Kind.ESCROW, order.pk), order.on_hold) == (100_00, True)
    assert payments.actions.refundable(order.pk) == 100_00
    assert UnappliedPayment.objects.get().reason == "late"


def test_what_nobody_paid_within_a_day_is_given_up():
    order = an_order(status=OrderStatus.IN_PROGRESS, now=clock.now())
    old = ask(order, now=clock.now() - timedelta(hours=25))
    ask(order, now=clock.now())

    close_abandoned_payments.call()

    [task] = DBTaskResult.objects.filter(task_path="payments.tasks.close_payment")
    assert task.args_kwargs["kwargs"] == {"payment_id": str(old.pk)}


@pytest.mark.breaks_the_books
@pytest.mark.parametrize(("one", "fee"), [("grown", 0), ("plain", 1)])
def test_an_order_that_grew_by_other_amounts_than_were_paid_is_named(one, fee):
    orders = {
        name: an_order(status=OrderStatus.IN_PROGRESS) for name in ("grown", "plain")
    }
    a_paid_extra(orders["grown"])
    assert invariants.check()["I15"] == []

    changed = Order.objects.filter(pk=orders[one].pk)
    changed.update(added_fee=fee)

    assert invariants.check()["I15"] == [
        f"order {orders[one].pk} has grown by other amounts than were paid"
    ]
