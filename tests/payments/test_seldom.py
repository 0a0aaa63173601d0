"""What seldom happens to money: news twice, news of strangers, an answer in the last moment."""

import json
from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, OperationalError, connection
from django_tasks_db.models import DBTaskResult

import payments.actions
from accounts.closing import reasons
from accounts.models import NOBODY
from gigstream.core import clock, guards, invariants
from gigstream.core.errors import NotAllowed, Stale
from gigstream.sandbox.stripe.faults import CallFault, PlannedCallFault
from gigstream.services import stripe
from orders import actions
from payments import tasks
from payments.actions import destinations, events, intents, payouts, refunds
from payments.models import (
    AccountKind,
    CardSetup,
    Chargeback,
    Customer,
    LedgerEntry,
    LedgerTransaction,
    Paper,
    Payment,
    Payout,
    PayoutMethod,
    Purpose,
    Reconciliation,
    Refund,
    UnappliedPayment,
)
from payments.printing import printed
from payments.statement import _about
from tests.factories import (
    NOON,
    a_kept_card,
    a_paid_intent,
    a_payout_method,
    a_seller,
    a_seller_with,
    a_user,
    an_order,
)
from tests.payments.webhooks import a_paid_order, an_order_to_pay, post_event

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def holds(kind, subject=None):
    return payments.actions.balance(kind, subject, "usd")


# --- Payments -------------------------------------------------------------------------


def test_of_two_clicks_in_one_moment_the_slower_one_gets_the_payment_of_the_other(
    monkeypatch,
):
    order = an_order()
    said = {
        "order_id": order.pk,
        "buyer_id": order.buyer_id,
        "price": order.price,
        "fee": order.fee,
        "currency": "usd",
        "now": NOON,
    }
    [first] = Payment.objects.all()
    # The look, and the count, come before the other click has committed.
    rows = type(Payment.objects.all())
    monkeypatch.setattr(rows, "first", lambda _self: None)
    monkeypatch.setattr(rows, "count", lambda _self: 0)

    assert payments.actions.request_payment(**said) == first


def test_money_that_fits_nothing_is_booked_and_sent_back_once():
    order = an_order(status="in_progress")
    intent = a_paid_intent(order, id="pi_twice")

    for _ in range(2):
        payments.actions.book_unapplied(
            intent=intent,
            order_id=order.pk,
            reason=UnappliedPayment.Reason.DUPLICATE,
            now=NOON,
        )

    assert Refund.objects.get().amount == order.total


def test_while_stripe_does_not_know_its_fee_it_is_asked_again(monkeypatch, run_tasks):
    order = an_order(status="in_progress")
    intent = a_paid_intent(order)
    free = a_paid_intent(order, fee_id="txn_free", fee=0)
    answers = iter([a_paid_intent(order, status="processing"), intent, free])
    monkeypatch.setattr(stripe, "retrieve_intent", lambda *_a, **_s: next(answers))

    DBTaskResult.objects.all().delete()
    payments.actions.note_charge(intent_id=intent.id, now=NOON)
    assert waiting() == set()
    payments.actions.note_charge(intent_id=intent.id, now=NOON)
    assert waiting() == {"payments.tasks.note_charge"}
    # What costs nothing is no posting.
    payments.actions.note_charge(intent_id=intent.id, now=NOON)

    assert not LedgerTransaction.objects.filter(kind="E1b").exists()


def waiting():
    return set(DBTaskResult.objects.values_list("task_path", flat=True))


def test_a_payment_that_stripe_never_opened_is_opened_when_it_is_looked_up(sandbox):
    payment = an_order().payments.get()

    payments.actions.look_up(payment_id=payment.pk, now=clock.now())

    payment.refresh_from_db()
    assert payment.intent_id


def test_a_payment_that_was_given_up_before_it_was_opened_is_closed():
    payment = an_order().payments.get()
    Payment.objects.update(status="canceled")

    assert payments.actions.close_payment(payment_id=payment.pk, timeout=1, now=NOON)


@pytest.mark.parametrize("metadata", [{}, {"order": "no order", "payment": "none"}])
def test_money_that_names_nothing_of_ours_belongs_to_nobody(metadata):
    intent = a_paid_intent(an_order(), id="pi_stranger", metadata=metadata)

    assert intents.named_order(intent) is None
    assert payments.actions.payment_of(intent) is None


def test_a_busy_database_has_stripe_send_its_news_again(sandbox, monkeypatch):
    _order, _payment, event = a_paid_order(sandbox)

    def busy(*_args):
        raise OperationalError("locked")

    monkeypatch.setitem(events.HANDLERS, "payment_intent.succeeded", busy)
    assert post_event(sandbox, event).status_code == 503
    monkeypatch.undo()


# --- Cards ----------------------------------------------------------------------------


def test_removing_a_card_and_leaving_twice_is_once():
    buyer = a_user()
    card = a_kept_card(buyer)
    for _ in range(2):
        payments.actions.remove_card(card_id=card.pk, actor=buyer)
    assert str(card.customer) == card.customer.stripe_id

    for _ in range(2):
        payments.actions.forget_customer(user_id=buyer.pk)

    Customer.objects.create(user=buyer)  # Stripe never heard of this one.
    payments.actions.forget_customer(user_id=buyer.pk)
    assert not Customer.objects.exists()


@pytest.mark.parametrize(
    ("code", "error", "is_kept"),
    [
        ("payment_intent_unexpected_state", Stale, True),
        ("card_declined", NotAllowed, True),
        ("resource_missing", NotAllowed, False),
    ],
)
def test_a_kept_card_that_stripe_refuses_says_why(
    code, error, is_kept, sandbox, monkeypatch
):
    order, payment = an_order_to_pay()
    card = a_kept_card(order.buyer)

    def refuse(**_said):
        raise stripe.StripeRefused("No.", code=code)

    monkeypatch.setattr(stripe, "pay_with_card", refuse)
    with pytest.raises(error):
        payments.actions.pay_with_card(
            payment_id=payment.pk,
            card_id=card.pk,
            actor=order.buyer,
            return_url="http://testserver/",
            now=NOON,
        )

    assert type(card).objects.filter(pk=card.pk).exists() is is_kept


def test_a_payment_that_ends_while_it_is_opened_takes_no_card(sandbox, monkeypatch):
    order, payment = an_order_to_pay()

    def end(payment_id):
        payment.status = "canceled"
        return payment

    monkeypatch.setattr("payments.actions.paying.open_intent", end)

    with pytest.raises(Stale):
        payments.actions.keep_card(payment_id=payment.pk, actor=order.buyer)


# --- Refunds and chargebacks ----------------------------------------------------------


def a_refund(order):
    [row] = payments.actions.refund(order_id=order.pk, now=NOON)
    return row


def test_a_refund_of_which_stripe_knows_nothing_after_a_day_is_sent(sandbox):
    order, _payment, event = a_paid_order(sandbox)
    post_event(sandbox, event)
    row = a_refund(order)
    Refund.objects.update(requested_at=clock.now() - 2 * DAY)

    payments.actions.submit_refund(refund_id=row.pk, now=clock.now())

    row.refresh_from_db()
    assert row.status == "succeeded"


def told_of(row, **fields):
    return stripe.Refund(
        **{
            "id": "re_1",
            "status": "succeeded",
            "amount": row.amount,
            "currency": "usd",
            "intent_id": row.intent_id,
            "metadata": {},
            "failure_reason": "",
            **fields,
        }
    )


def test_a_refund_made_at_stripe_is_adopted_once_and_too_much_of_it_lands_on_a_desk():
    order = an_order(status="in_progress")
    payment = order.payments.get()
    told = told_of(payment, amount=11_00)

    for _ in range(2):
        payments.actions.adopt_refund(told=told, now=NOON)
    payments.actions.adopt_refund(told=told_of(payment, id="re_2"), now=NOON)

    from gigstream.core.models import StaffTask

    assert Refund.objects.get().stripe_id == "re_1"
    assert StaffTask.objects.get(kind="payments.strange_refund")


def test_a_refund_that_is_only_on_its_way_is_not_in_the_books_yet():
    row = a_refund(an_order(status="in_progress"))

    refunds.settle_refund(refund_id=row.pk, new="submitted", now=NOON)

    assert holds(AccountKind.REFUND_CLEARING, row.pk) == row.amount


def test_only_finance_answers_a_bank():
    with pytest.raises(NotAllowed):
        payments.actions.answer_chargeback(
            chargeback_id=uuid4(), evidence={}, paper=b"", actor=a_user(), now=NOON
        )


def test_a_bank_that_gives_back_what_fitted_no_order_gives_it_to_nobody_else():
    intent = a_paid_intent(an_order(status="in_progress"), id="pi_loose", metadata={})
    payments.actions.book_unapplied(
        intent=intent,
        order_id=None,
        reason=UnappliedPayment.Reason.MODE,
        now=NOON,
    )
    dispute = stripe.Dispute(
        id="du_loose",
        status="under_review",
        amount=intent.amount,
        currency="usd",
        reason="fraudulent",
        intent_id=intent.id,
        opened_at=NOON,
        answer_by=None,
        withdrawn=True,
        reinstated=False,
        stripe_fee=0,
    )
    payments.actions.note_chargeback(dispute=dispute, now=NOON)
    assert holds(AccountKind.UNAPPLIED, intent.id) == 0

    from dataclasses import replace

    won = replace(dispute, status="won", reinstated=True)
    payments.actions.note_chargeback(dispute=won, now=NOON)

    assert holds(AccountKind.UNAPPLIED, intent.id) == intent.amount


def test_a_tip_goes_back_out_of_its_own_lot():
    order = an_order(status="completed")
    tip = actions.tip(
        order_id=order.pk, actor=order.buyer, amount=5_00, tip_key=uuid4(), now=NOON
    )
    actions.settle(
        order_id=order.pk, intent=a_paid_intent(order, payment=tip), now=NOON
    )
    tip.refresh_from_db()

    told = told_of(tip)
    payments.actions.adopt_refund(told=told, now=NOON)

    assert order.earnings.get(tip=tip).remaining == 0
    assert order.earnings.get(tip=None).remaining == order.price


# --- Withdrawals ----------------------------------------------------------------------


def test_who_leaves_keeps_no_bank_account_here():
    seller = a_seller()
    a_payout_method(seller)

    payments.actions.forget_methods(user_id=seller.pk, now=NOON)

    method = PayoutMethod.objects.get()
    assert (method.holder, method.account_number) == (NOBODY, "3000")
    assert method.removed_at == NOON


def test_news_of_an_account_or_a_transfer_that_is_not_ours_is_nobodys():
    account = stripe.Account(
        id="acct_none",
        details_submitted=True,
        payouts_enabled=True,
        missing=(),
        bank_name="",
        last4="",
    )
    assert not payments.actions.note_account(told=account, now=NOON)
    assert not destinations.hear_of_account(told=account)
    moved = stripe.Transfer(id="tr_none", amount=1, reversed=False, metadata={})
    assert not payouts.note_transfer(told=moved, now=NOON)
    sent = stripe.Payout(id="po_none", status="paid", amount=1, metadata={}, failure="")
    assert not payments.actions.note_payout(told=sent, now=NOON)


def a_sent_payout(status="submitted", **fields):
    seller = a_seller_with(100_00)
    method = PayoutMethod.objects.get(user=seller)
    PayoutMethod.objects.update(
        kind="stripe", stripe_id="acct_1", account_number="", holder=""
    )
    row = payments.actions.request_payout(
        user_id=seller.pk, amount=50_00, key=uuid4(), now=NOON + 8 * DAY
    )
    Payout.objects.update(status=status, submitted_at=NOON, **fields)
    row.refresh_from_db()
    return row, method


def test_what_is_not_back_yet_is_not_given_to_the_wallet(monkeypatch):
    row, _ = a_sent_payout(transfer_id="tr_1", failure="No bank took it.")
    monkeypatch.setattr(stripe, "reverse_transfer", lambda **_said: False)

    payments.actions.take_payout_back(payout_id=row.pk, now=NOON)

    row.refresh_from_db()
    assert row.status == "submitted"


def test_a_second_refusal_of_a_withdrawal_changes_nothing():
    row, _ = a_sent_payout()

    for why in ("First.", "Second."):
        payouts.refuse(payout_id=row.pk, why=why, now=NOON)

    row.refresh_from_db()
    assert row.failure == "First."
    [reason] = [
        each
        for each in reasons(row.user)
        if "withdrawal is still on its way" in each.text
    ]
    assert reason.path == row.get_absolute_url()


# --- Papers and statements ------------------------------------------------------------


def test_an_order_that_nobody_paid_has_no_invoice():
    assert payments.actions.issue_invoice(order_id=an_order().pk, now=NOON) is None


def test_the_receipt_of_a_tip_says_for_whom_it_was():
    order = an_order(status="completed")
    tip = actions.tip(
        order_id=order.pk, actor=order.buyer, amount=5_00, tip_key=uuid4(), now=NOON
    )
    actions.settle(
        order_id=order.pk, intent=a_paid_intent(order, payment=tip), now=NOON
    )

    paper = payments.actions.issue_receipt(payment_id=tip.pk, now=NOON)

    assert paper.content["purpose"] == Purpose.TIP
    assert printed(paper, reader=order.buyer).startswith(b"%PDF")


def test_a_paper_is_not_mailed_to_who_has_left(run_tasks):
    order = an_order(status="in_progress")
    paper = payments.actions.issue_receipt(payment_id=order.payments.get().pk, now=NOON)
    type(order.buyer).objects.filter(pk=order.buyer_id).update(
        standing="closed", closed_at=NOON
    )

    tasks.mail_paper.func(paper_id=str(paper.pk))

    from django.core import mail

    assert mail.outbox == []


def test_a_line_of_the_statement_that_is_about_nothing_leads_nowhere():
    row, _ = a_sent_payout()
    [asked] = LedgerTransaction.objects.filter(kind="E4")

    assert _about(asked) == ("", row.get_absolute_url())
    assert _about(LedgerTransaction(key="adj:1")) == ("", "")


# --- Jobs and the command --------------------------------------------------------------


def test_jobs_that_ask_stripe_do_so(sandbox, monkeypatch):
    _, payment = an_order_to_pay()
    tasks.open_intent.func(payment_id=str(payment.pk))
    tasks.replay_events.func()
    tasks.reconcile.func()
    tasks.check_books.func()
    assert Reconciliation.objects.get().is_right

    tasks.close_payment.func(payment_id=str(payment.pk))
    payment.refresh_from_db()
    assert payment.status == "canceled"

    monkeypatch.setattr(invariants, "check_and_keep", lambda *, now: {"I1": ["x"]})
    with pytest.raises(invariants.Broken):
        tasks.check_books.func()
    payments.actions.reconcile(now=clock.now())
    assert Reconciliation.objects.latest_one().broken == {"I1": ["x"]}
    monkeypatch.undo()


def test_reconcile_prints_what_differs_and_fails(sandbox, capsys, monkeypatch):
    call_command("reconcile", json=True)
    assert json.loads(capsys.readouterr().out)["ok"]

    params = {"amount": 50_00, "currency": "usd", "payment_method": "pm_card_visa"}
    sandbox.stripe("POST", "/payment_intents", params | {"confirm": "true"})
    monkeypatch.setattr(invariants, "check_and_keep", lambda *, now: {"I1": ["x"]})
    with clock.frozen(clock.now() + timedelta(hours=1)), pytest.raises(CommandError):
        call_command("reconcile")
    said = capsys.readouterr().out
    assert "BROKEN I1: x" in said
    assert "$48.25" in said

    sandbox.faults.plan(PlannedCallFault(CallFault.BUSY))
    with pytest.raises(CommandError, match="does not answer"):
        call_command("reconcile")


def test_what_staff_see_of_rows_is_a_sentence(sandbox):
    order, payment, event = a_paid_order(sandbox)
    post_event(sandbox, event)
    payments.actions.reconcile(now=clock.now())
    from payments.models import PaperCounter, StripeEvent, StripeLine

    assert str(StripeLine.objects.first()).startswith("charge txn_")
    assert str(clock.now().year) in str(Reconciliation.objects.get())
    assert str(CardSetup(stripe_id="seti_1")) == "seti_1"
    assert str(PaperCounter(series="receipt", last=3)) == "receipt 3"
    assert str(StripeEvent.objects.get()).startswith("payment_intent.succeeded evt_")
    loose = UnappliedPayment(amount=5, currency="usd", reason="late")
    assert str(loose) == "$0.05: The order was no longer waiting for it"
    assert str(Refund(amount=5, currency="usd")) == "$0.05 (Requested)"
    taken = Chargeback(amount=5, currency="usd", status="lost")
    assert str(taken) == "$0.05 (Lost)"


# --- The rules of the books ------------------------------------------------------------


@pytest.mark.breaks_the_books
@pytest.mark.parametrize(
    ("statement", "code", "words"),
    [
        (
            "UPDATE payments_ledgertransaction SET currency = 'eur'",
            "I1",
            "mixes currencies",
        ),
        (
            "UPDATE payments_ledgerentry SET amount = -amount",
            "I3",
            "is negative",
        ),
        (
            "UPDATE payments_payment SET status = 'failed'",
            "I4",
            "took 0 and returned",
        ),
        (
            "UPDATE payments_ledgertransaction SET kind = 'E2' WHERE kind = 'E1'",
            "I9",
            "succeeded and was not posted",
        ),
        (
            "UPDATE payments_ledgertransaction SET order_id = NULL WHERE kind = 'E7'",
            "I5",
            "the books lack -10000 of its price, -1000 of its fee",
        ),
        (
            "DELETE FROM payments_paper WHERE number = 1",
            "I14",
            "has 1 papers up to 2",
        ),
        (
            "UPDATE payments_ledgertransaction SET kind = 'E6' WHERE kind = 'E4'",
            "I11",
            "and posted E6",
        ),
        (
            "UPDATE payments_payout SET amount = amount + 1",
            "I6",
            "earned 10000, and had 10001",
        ),
        (
            "DELETE FROM payments_payout",
            "I11",
            "was posted as a withdrawal, and is none",
        ),
    ],
)
def test_each_rule_names_what_breaks_it(statement, code, words):
    for _ in range(2):
        order = an_order(status="in_progress")
        payments.actions.issue_receipt(payment_id=order.payments.get().pk, now=NOON)
    payments.actions.refund(order_id=order.pk, now=NOON)
    if "payout" in statement or code == "I11":
        seller = a_seller_with(100_00)
        payments.actions.request_payout(
            user_id=seller.pk, amount=50_00, key=uuid4(), now=NOON + 8 * DAY
        )
    guards.remove()
    with connection.cursor() as cursor:
        cursor.execute(statement)

    assert any(words in each for each in invariants.check()[code])


@pytest.mark.breaks_the_books
def test_who_owns_and_owes_and_what_stripe_says_otherwise_are_named():
    seller = a_seller_with(100_00)
    payments.actions.post(
        "E10",
        payments.actions.debit(AccountKind.SELLER_RECEIVABLE, 5_00, seller.pk),
        payments.actions.credit(AccountKind.GOODWILL, 5_00),
        key="by-mistake",
        currency="usd",
        at=NOON,
    )
    told = {"kind": "line", "about": "txn_1", "amount": 5}
    Reconciliation.objects.create(at=clock.now(), differences=[told], stuck=[told])

    found = invariants.check()

    assert any("has money available and owes some" in each for each in found["I3"])
    assert found["I10"] == found["I12"] == ["line: txn_1 (5)"]


def test_a_key_that_is_taken_is_no_second_posting():
    for _ in range(2):
        payments.actions.post(
            "E1b",
            payments.actions.debit(AccountKind.STRIPE_FEES, 5),
            payments.actions.credit(AccountKind.STRIPE, 5),
            key="fee:once",
            currency="usd",
            at=NOON,
        )

    assert LedgerEntry.objects.count() == 2
    assert Paper.objects.count() == 0
    with pytest.raises(IntegrityError):
        LedgerTransaction.objects.create(
            key="fee:once", kind="E1b", currency="usd", at=NOON
        )
