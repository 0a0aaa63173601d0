"""The books against Stripe's own list: nothing is missed, and each difference has a name."""

import json
from datetime import timedelta
from io import StringIO
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command
from django_tasks_db.models import DBTaskResult

import payments.actions
from gigstream.core import clock, invariants
from gigstream.core.jobs import enqueue
from gigstream.core.models import StaffTask
from gigstream.services import stripe
from orders import actions
from payments.models import (
    AccountKind,
    Chargeback,
    Payment,
    Payout,
    PayoutMethod,
    Refund,
    StripeLine,
    UnappliedPayment,
)
from payments.status import PayoutStatus
from payments.tasks import look_up_open_payments, note_charge
from tests.factories import (
    a_finance,
    a_payout_method,
    a_seller_with,
    a_stored_file,
    an_order,
)
from tests.payments.test_connect import NO_ACCOUNT, fund, onboard, withdraw
from tests.payments.webhooks import a_paid_order, post_event

pytestmark = pytest.mark.django_db

LATER = timedelta(minutes=20)


@pytest.fixture
def now():
    return clock.now()


@pytest.fixture
def run_tasks(run_tasks, now):
    """Run what is due by then, those who stood by included."""

    def run():
        with clock.frozen(now + LATER):
            run_tasks()

    return run


def look(now, after=LATER):
    return payments.actions.reconcile(now=now + after)


def kinds(report):
    return [each["kind"] for each in report.differences]


def hear(sandbox, *kinds):
    for kind in kinds:
        for event in sandbox.events(kind):
            assert post_event(sandbox, event).status_code == 204


def test_a_payment_and_its_fee_agree(sandbox, now, run_tasks):
    _order, payment, event = a_paid_order(sandbox)
    post_event(sandbox, event)
    run_tasks()

    report = look(now)

    assert (report.differences, report.drift, report.broken) == ([], {}, {})
    line = StripeLine.objects.get()
    assert line.posting_key == f"pay:{payment.pk}"
    assert line.fee_key == f"fee:{line.line_id}"
    assert look(now).lines == 0, "what is known is not fetched again"


def test_a_line_that_shows_up_late_is_fetched_all_the_same(sandbox, now, run_tasks):
    for _ in range(2):
        _order, _payment, event = a_paid_order(sandbox)
        post_event(sandbox, event)
    run_tasks()
    look(now)
    StripeLine.objects.earliest("created_at", "pk").delete()

    report = look(now)

    assert (report.lines, report.differences) == (1, [])
    assert StripeLine.objects.count() == 2


@pytest.mark.breaks_the_books
def test_what_is_long_known_is_not_read_again(sandbox, now):
    fund(sandbox, 500_00)
    StripeLine.objects.create(
        line_id="txn_new", kind="topup", amount=1, created_at=now + timedelta(hours=2)
    )

    assert look(now).lines == 0


@pytest.mark.breaks_the_books
def test_a_payment_whose_webhook_never_came_is_named_and_then_booked(
    sandbox, now, run_tasks
):
    a_paid_order(sandbox)

    assert kinds(look(now, timedelta())) == [], "it may still come"
    report = look(now)
    assert kinds(report) == ["payment_not_booked"]
    assert report.drift == {"usd": -(110_00 - 349)}
    run_tasks()
    assert kinds(look(now)) == []


@pytest.mark.breaks_the_books
def test_money_that_stripe_does_not_know_of_is_named(sandbox, now):
    payments.actions.post(
        "E1",
        payments.actions.debit(AccountKind.STRIPE, 5_00),
        payments.actions.credit(AccountKind.GOODWILL, 5_00),
        key="pay:invented",
        currency="usd",
        at=now,
    )

    report = look(now)

    assert kinds(report) == ["posting_without_line"]
    assert report.drift == {"usd": 5_00}
    assert StaffTask.objects.get().kind == "payments.books"


def test_a_fee_that_stripe_tells_a_moment_late_is_booked_before_it_is_missed(
    sandbox, now, run_tasks
):
    a_payment_whose_fee_comes_late(sandbox, now)
    run_tasks()

    assert kinds(look(now)) == []


@pytest.mark.breaks_the_books
def test_a_fee_that_nobody_asks_for_any_more_is_named_and_then_booked(
    sandbox, now, run_tasks
):
    a_payment_whose_fee_comes_late(sandbox, now)
    DBTaskResult.objects.all().delete()

    assert kinds(look(now)) == ["fee_not_booked"]
    run_tasks()
    assert kinds(look(now)) == []


def a_payment_whose_fee_comes_late(sandbox, now):
    """Where Stripe settles by and by, a charge has its balance transaction after its news."""
    _order, payment, event = a_paid_order(sandbox)
    [charge] = sandbox.app.store.all("charge")
    not_yet = {**charge, "balance_transaction": None}
    sandbox.app.store.put("charge", charge["id"], not_yet)
    post_event(sandbox, event)
    DBTaskResult.objects.all().delete()
    with clock.frozen(now):
        note_charge.func(intent_id=payment.intent_id)
    sandbox.app.store.put("charge", charge["id"], charge)


@pytest.mark.breaks_the_books
def test_a_refund_that_failed_without_news_is_named_and_then_booked(
    sandbox, now, run_tasks
):
    order, _payment, event = a_paid_order(sandbox)
    post_event(sandbox, event)
    [refund] = payments.actions.refund(order_id=order.pk, price=50_00, now=now)
    run_tasks()
    refund.refresh_from_db()
    sandbox.http("POST", f"/sandbox/stripe/refunds/{refund.stripe_id}/fail")

    assert kinds(look(now)) == ["refund_not_booked"]
    run_tasks()
    assert kinds(look(now)) == []
    refund.refresh_from_db()
    assert refund.status == "failed"


@pytest.mark.breaks_the_books
def test_a_refund_made_at_stripe_without_news_is_named_and_then_booked(
    sandbox, now, run_tasks
):
    _order, payment, event = a_paid_order(sandbox)
    post_event(sandbox, event)
    run_tasks()
    params = {"payment_intent": payment.intent_id, "amount": 11_00}
    sandbox.stripe("POST", "/refunds", params)

    assert kinds(look(now)) == ["refund_not_booked"]
    run_tasks()
    assert kinds(look(now)) == []


@pytest.mark.breaks_the_books
@pytest.mark.parametrize("heard", [[], ["charge.dispute.created"]])
def test_a_chargeback_without_news_is_named_and_then_booked(
    sandbox, now, run_tasks, heard
):
    _order, payment, event = a_paid_order(sandbox)
    post_event(sandbox, event)
    run_tasks()
    sandbox.http("POST", f"/sandbox/stripe/payments/{payment.intent_id}/dispute")
    hear(sandbox, *heard)

    assert kinds(look(now)) == ["chargeback_not_booked"]
    run_tasks()
    assert kinds(look(now)) == []


@pytest.mark.breaks_the_books
def test_two_lines_for_one_posting_are_named_and_stop_no_comparison(
    sandbox, now, run_tasks
):
    _order, _payment, event = a_paid_order(sandbox)
    post_event(sandbox, event)
    run_tasks()
    look(now)
    line = StripeLine.objects.get()
    line.pk, line.line_id = uuid4(), "txn_again"
    line.posting_key = line.fee_key = line.explained_at = None
    line.save(force_insert=True)

    report = look(now)

    assert kinds(report) == ["told_twice"]
    assert report.drift == {"usd": -line.net}


def test_refunds_and_withdrawals_agree_at_every_step(sandbox, now, run_tasks):
    order, _payment, event = a_paid_order(sandbox)
    post_event(sandbox, event)
    payments.actions.refund(order_id=order.pk, price=50_00, now=now)
    fund_free_seller(sandbox, now)
    run_tasks()
    payout = Payout.objects.get()
    assert payout.status == PayoutStatus.SUBMITTED
    on_the_way = look(now)
    hear(sandbox, "payout.paid")
    arrived = look(now)
    sandbox.http("POST", f"/sandbox/stripe/payouts/{payout.stripe_id}/fail")
    hear(sandbox, "payout.failed")
    run_tasks()

    assert [kinds(each) for each in (on_the_way, arrived, look(now))] == [[], [], []]
    payout.refresh_from_db()
    assert payout.status == PayoutStatus.RETURNED


def earned(sandbox, now):
    """An order that was paid at the sandbox, and whose money has cleared."""
    order, _payment, event = a_paid_order(sandbox)
    post_event(sandbox, event)
    order.refresh_from_db()
    actions.deliver(
        order_id=order.pk,
        actor=order.seller,
        message="x",
        files=[a_stored_file()],
        now=now,
    )
    actions.accept(order_id=order.pk, actor=order.buyer, now=now)
    lot = order.earnings.get()
    payments.actions.clear(earning_id=lot.pk, now=lot.clears_at)
    return order


def fund_free_seller(sandbox, now, **bank):
    """A withdrawal from what another buyer paid at the sandbox."""
    seller = earned(sandbox, now).seller
    onboard(sandbox, seller, now, **bank)
    return withdraw(seller, now)


def test_a_chargeback_agrees_when_it_is_taken_and_when_it_comes_back(
    sandbox, now, run_tasks
):
    _order, payment, event = a_paid_order(sandbox)
    post_event(sandbox, event)
    bank = "/sandbox/stripe"
    sandbox.http("POST", f"{bank}/payments/{payment.intent_id}/dispute")
    hear(sandbox, "charge.dispute.funds_withdrawn")
    run_tasks()
    taken = look(now)
    dispute = Chargeback.objects.get()
    sandbox.http(
        "POST", f"{bank}/disputes/{dispute.stripe_id}/close", {"outcome": "won"}
    )
    payments.actions.look_up_chargeback(chargeback_id=dispute.pk, now=now)
    run_tasks()

    assert [kinds(taken), kinds(look(now))] == [[], []]
    dispute.refresh_from_db()
    assert dispute.status == "won"


def test_money_that_came_too_late_agrees_and_so_does_its_way_back(
    sandbox, now, run_tasks
):
    order, _payment, event = a_paid_order(sandbox)
    actions.expire(order_id=order.pk, now=order.expires_at)
    post_event(sandbox, event)
    run_tasks()

    assert kinds(look(now)) == []
    assert UnappliedPayment.objects.get().reason == "late"


def test_a_withdrawal_that_no_bank_took_leaves_two_lines_and_no_posting(
    sandbox, now, run_tasks
):
    payout = fund_free_seller(sandbox, now, number=NO_ACCOUNT)
    run_tasks()
    hear(sandbox, "payout.failed")
    run_tasks()

    assert kinds(look(now)) == []
    payout.refresh_from_db()
    assert payout.status == PayoutStatus.FAILED
    assert StripeLine.objects.filter(posting_key=None).count() == 2


def test_what_left_from_a_bank_of_ours_is_not_looked_for_at_stripe(
    sandbox, now, run_tasks
):
    seller, finance = earned(sandbox, now).seller, a_finance()
    a_payout_method(seller)
    said = {"payout_id": withdraw(seller, now).pk, "actor": finance, "now": now}
    payments.actions.approve_payout(**said)
    payments.actions.confirm_payout(**said)
    run_tasks()

    assert kinds(look(now)) == []


@pytest.mark.breaks_the_books
def test_each_line_that_no_posting_explains_is_named_for_what_it_is(sandbox, now):
    order = an_order(status="in_progress")
    for kind in ("charge", "payment", "refund", "transfer", "adjustment", "topup"):
        StripeLine.objects.create(
            line_id=f"txn_{kind}",
            kind=kind,
            amount=1_00,
            fee=0,
            currency="usd",
            source=f"x_{kind}",
            intent_id=order.payments.get().intent_id if kind == "charge" else "pi_x",
            created_at=now,
        )

    found = {each["about"]: each["kind"] for each in look(now).differences}

    assert found == {
        "txn_charge": "other_amount",
        "txn_payment": "payment_not_booked",
        "txn_refund": "refund_not_booked",
        "txn_transfer": "transfer_not_booked",
        "txn_adjustment": "unknown_line",
        "txn_topup": "unknown_line",
    }


@pytest.mark.breaks_the_books
def test_of_a_line_and_a_posting_that_differ_only_the_difference_is_drift(sandbox, now):
    payment = an_order(status="in_progress").payments.get()
    StripeLine.objects.create(
        line_id="txn_less",
        kind="charge",
        amount=109_00,
        currency="usd",
        intent_id=payment.intent_id,
        created_at=now,
    )

    report = look(now)

    assert kinds(report) == ["other_amount"]
    assert report.drift == {"usd": 1_00}


def stuck(report):
    return [each["kind"] for each in report.stuck]


def on_their_way(sandbox, now):
    """A payment that a bank thinks about, a refund and a withdrawal, and nobody's task."""
    waiting = an_order(now=now).payments.get()
    Payment.objects.update(status="processing")
    order = an_order(status="in_progress", now=now)
    [refund] = payments.actions.refund(order_id=order.pk, price=1_00, now=now)
    seller = a_seller_with(100_00)
    PayoutMethod.objects.all().delete()
    onboard(sandbox, seller, now)
    payout = withdraw(seller, now)
    DBTaskResult.objects.all().delete()
    return waiting, refund, payout


@pytest.mark.breaks_the_books
def test_what_is_on_its_way_and_forgotten_for_two_hours_is_named(sandbox, now):
    on_their_way(sandbox, now)

    in_time = look(now, timedelta(minutes=119))
    late = look(now, timedelta(minutes=121))

    assert stuck(in_time) == []
    assert stuck(late) == ["payment_stuck", "refund_stuck", "payout_stuck"]
    assert len(invariants.check()["I12"]) == 3


@pytest.mark.breaks_the_books
def test_what_a_task_is_to_ask_about_is_no_more_forgotten_than_the_task(sandbox, now):
    order = an_order(status="in_progress", now=now)
    DBTaskResult.objects.all().delete()
    payments.actions.refund(order_id=order.pk, price=1_00, now=now)
    Refund.objects.update(requested_at=now - timedelta(days=1))

    in_time = look(now, timedelta(minutes=14))
    late = look(now, timedelta(minutes=16))

    assert stuck(in_time) == []
    assert set(stuck(late)) == {"tasks_late"}


@pytest.mark.breaks_the_books
def test_what_stripe_was_asked_about_is_not_forgotten_however_long_it_takes(
    sandbox, now, settings
):
    payment, refund, payout = on_their_way(sandbox, now)
    there, settings.STRIPE_API_BASE = settings.STRIPE_API_BASE, "http://127.0.0.1:9"
    asked = now + timedelta(minutes=90)
    for ask in (
        lambda: payments.actions.look_up(payment_id=payment.pk, now=asked),
        lambda: payments.actions.submit_refund(refund_id=refund.pk, now=asked),
        lambda: payments.actions.submit_payout(payout_id=payout.pk, now=asked),
    ):
        with pytest.raises(stripe.StripeUnavailable):
            ask()
    settings.STRIPE_API_BASE = there

    assert stuck(look(now, timedelta(minutes=209))) == []
    assert len(stuck(look(now, timedelta(minutes=211)))) == 3


@pytest.mark.breaks_the_books
def test_tasks_that_nobody_runs_are_named_after_a_quarter_of_an_hour(sandbox, now):
    an_order(now=now)
    enqueue("payments.tasks.look_up", delay=timedelta(hours=1), payment_id=uuid4())
    begun = enqueue("payments.tasks.look_up", payment_id=uuid4())
    DBTaskResult.objects.filter(pk=begun).update(status="RUNNING", started_at=now)
    failed = enqueue("payments.tasks.look_up", payment_id=uuid4())
    DBTaskResult.objects.filter(pk=failed).update(status="FAILED")

    assert look(now, timedelta(minutes=14)).stuck == []
    late = look(now, timedelta(minutes=16)).stuck

    assert [(each["kind"], each["about"]) for each in late] == [
        ("tasks_late", "payments.tasks.look_up (1)"),
        ("tasks_late", "payments.tasks.open_intent (1)"),
    ]


@pytest.mark.breaks_the_books
def test_books_that_nobody_compares_any_more_are_named(sandbox, now):
    look(now, timedelta())

    with clock.frozen(now + timedelta(minutes=119)):
        assert invariants.check()["I12"] == []
    with clock.frozen(now + timedelta(minutes=121)):
        assert len(invariants.check()["I12"]) == 1


def test_whom_nobody_asked_about_comes_before_whom_somebody_did(now):
    asked, forgotten = an_order().payments.get(), an_order().payments.get()
    Payment.objects.filter(pk=asked.pk).update(asked_at=now)
    DBTaskResult.objects.all().delete()

    look_up_open_payments.func()

    tasks = DBTaskResult.objects.order_by("pk").values_list("args_kwargs", flat=True)
    named = [each["kwargs"]["payment_id"] for each in tasks]
    assert named == [str(forgotten.pk), str(asked.pk)]


@pytest.mark.breaks_the_books
def test_while_the_books_differ_withdrawals_by_stripe_wait_for_finance(
    sandbox, now, run_tasks
):
    seller = a_seller_with(100_00)
    PayoutMethod.objects.all().delete()
    onboard(sandbox, seller, now)
    fund(sandbox, 500_00)
    assert not look(now).is_right, "the books know nothing of this money"

    payout = withdraw(seller, now)
    payments.actions.submit_payout(payout_id=payout.pk, now=now)

    payout.refresh_from_db()
    assert payout.status == PayoutStatus.REVIEW
    assert sandbox.stripe("GET", "/transfers")["data"] == []


@pytest.mark.breaks_the_books
def test_the_command_names_each_difference_and_fails(sandbox):
    fund(sandbox, 500_00)
    out = StringIO()

    with clock.frozen(clock.now() + LATER), pytest.raises(CommandError):
        call_command("reconcile", "--json", stdout=out)

    told = json.loads(out.getvalue())
    assert told["ok"] is False
    assert [each["kind"] for each in told["differences"]] == ["payment_not_booked"]
    assert all(each["fix"] for each in told["differences"])


def test_the_command_is_content_with_right_books(sandbox):
    out = StringIO()

    call_command("reconcile", "--json", stdout=out)

    assert json.loads(out.getvalue())["ok"] is True
