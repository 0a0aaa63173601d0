"""The books against Stripe's own list: nothing is missed, and each difference has a name."""

import json
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

import payments.actions
from gigstream.core import clock
from gigstream.core.models import StaffTask
from payments.models import (
    AccountKind,
    Payout,
    PayoutMethod,
    Reconciliation,
    StripeLine,
)
from payments.status import PayoutStatus
from tests.factories import a_seller_with, a_user
from tests.payments.test_connect import fund, onboard, withdraw
from tests.payments.webhooks import a_paid_order, post_event

pytestmark = pytest.mark.django_db

LATER = timedelta(minutes=20)


@pytest.fixture
def now():
    return clock.now()


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


def fund_free_seller(sandbox, now):
    """A withdrawal from what another buyer paid at the sandbox."""
    order, _payment, event = a_paid_order(sandbox)
    post_event(sandbox, event)
    from orders import actions
    from tests.factories import a_stored_file

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
    onboard(sandbox, order.seller, now)
    withdraw(order.seller, now)


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


def test_the_books_page_tells_all_and_looks_again(sandbox, as_user, run_tasks):
    _order, _payment, event = a_paid_order(sandbox)
    post_event(sandbox, event)
    run_tasks()
    browser = as_user(a_user(is_staff=True, is_superuser=True))

    browser.post("/admin/payments/reconciliation/")
    page = browser.get("/admin/payments/reconciliation/").content.decode()

    assert Reconciliation.objects.count() == 1
    assert "<strong>$0.00</strong>" in page
    assert "Held for an order" in page
    assert "$100.00" in page
    assert "Broken" not in page


def test_the_books_page_is_for_staff(as_user):
    assert as_user(a_user()).get("/admin/payments/reconciliation/").status_code == 302
