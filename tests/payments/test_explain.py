"""Lines of Stripe's that only people can explain: two of them say what they are."""

from datetime import timedelta

import pytest

import payments.actions
from gigstream.core import clock
from gigstream.core.errors import NotAllowed, Stale
from payments.models import AccountKind as Kind
from payments.models import Adjustment, LedgerTransaction, PayoutMethod, StripeLine
from tests.accounts.codes import prove
from tests.factories import a_finance, a_seller_with, a_user
from tests.payments.test_connect import fund, onboard, withdraw
from tests.payments.test_reconcile import LATER, hear, kinds, look
from tests.payments.webhooks import a_paid_order, post_event

pytestmark = [pytest.mark.django_db, pytest.mark.breaks_the_books]


@pytest.fixture
def now():
    return clock.now()


def a_line(kind, amount, now, fee=0, **fields):
    return StripeLine.objects.create(
        line_id=f"txn_{kind}",
        kind=kind,
        amount=amount,
        fee=fee,
        currency="usd",
        created_at=now,
        **fields,
    )


def propose(line, now, actor=None, after=LATER):
    return payments.actions.propose_for_line(
        line_id=line.pk,
        reason="As billed.",
        actor=actor or a_finance(),
        now=now + after,
    )


def approve(adjustment, now):
    payments.actions.approve_adjustment(
        adjustment_id=adjustment.pk, actor=a_finance(), now=now
    )


def holds(kind, subject=None):
    return payments.actions.balance(kind, subject, "usd")


@pytest.mark.parametrize("amount", [-2_00, 2_00])
def test_what_stripe_takes_for_its_services_is_a_fee_once_two_agree(
    sandbox, now, amount
):
    line = a_line("stripe_fee", amount, now)
    assert kinds(look(now)) == ["unknown_line"]

    adjustment = propose(line, now)
    assert kinds(look(now)) == ["unknown_line"], "until a colleague agrees"
    approve(adjustment, now)

    assert (holds(Kind.STRIPE), holds(Kind.STRIPE_FEES)) == (amount, -amount)
    assert LedgerTransaction.objects.get().key == "line:txn_stripe_fee"
    assert look(now).is_right


@pytest.mark.parametrize(
    ("kind", "amount"), [("payout", -90_00), ("payout_failure", 90_00), ("topup", 5_00)]
)
def test_money_between_stripe_and_a_bank_of_ours_is_ours_before_and_after(
    sandbox, now, kind, amount
):
    approve(propose(a_line(kind, amount, now), now), now)

    assert not LedgerTransaction.objects.exists()
    assert look(now).is_right


def test_only_the_fee_of_a_payout_of_ours_is_booked(sandbox, now):
    approve(propose(a_line("payout", -90_00, now, fee=90), now), now)

    assert (holds(Kind.STRIPE), holds(Kind.STRIPE_FEES)) == (-90, 90)
    assert look(now).is_right


def test_a_fee_that_stripe_gives_back_with_contested_money_is_the_rest(
    sandbox, now, run_tasks
):
    _order, payment, event = a_paid_order(sandbox)
    post_event(sandbox, event)
    bank = "/sandbox/stripe"
    sandbox.http("POST", f"{bank}/payments/{payment.intent_id}/dispute")
    hear(sandbox, "charge.dispute.funds_withdrawn")
    dispute = payment.chargebacks.get().stripe_id
    sandbox.http("POST", f"{bank}/disputes/{dispute}/close", {"outcome": "won"})
    hear(sandbox, "charge.dispute.funds_reinstated", "charge.dispute.closed")
    run_tasks()
    look(now)
    StripeLine.objects.filter(kind="adjustment", amount__gt=0).update(
        fee=-15_00, posting_key=None, explained_at=None
    )
    report = look(now)
    assert (kinds(report), report.drift) == (["other_amount"], {"usd": -15_00})
    fees = holds(Kind.STRIPE_FEES)

    approve(propose(StripeLine.objects.open().get(), now), now)

    assert holds(Kind.STRIPE_FEES) == fees - 15_00
    assert look(now).is_right


def test_a_refund_made_by_hand_that_leaves_ours_nothing_is_made_good_by_two(
    sandbox, now, run_tasks
):
    order, payment, event = a_paid_order(sandbox)
    post_event(sandbox, event)
    sandbox.stripe("POST", "/refunds", {"payment_intent": payment.intent_id})
    payments.actions.refund(order_id=order.pk, price=50_00, now=now)
    run_tasks()
    assert holds(Kind.BUYER_PAYABLE, order.buyer_id) == 55_00, "Stripe refused it"
    look(now)
    run_tasks()
    assert kinds(look(now)) == ["refund_not_booked"]

    approve(propose(StripeLine.objects.open().get(), now), now)
    has_it = payments.actions.propose_adjustment(
        kind="buyer_has_it",
        person=order.buyer,
        amount=55_00,
        currency="usd",
        reason="From the refund by hand.",
        actor=a_finance(),
        now=now,
    )
    approve(has_it, now)

    assert look(now).is_right
    assert holds(Kind.BAD_DEBT) == 110_00 - 55_00, "the seller still has the rest"


def test_a_transfer_that_somebody_made_by_hand_is_our_loss(sandbox, now):
    approve(propose(a_line("transfer", -7_00, now), now), now)

    assert holds(Kind.BAD_DEBT) == 7_00
    assert look(now).is_right


def test_what_needs_no_people_is_not_theirs_to_explain(sandbox, now, run_tasks):
    _order, _payment, event = a_paid_order(sandbox)
    unheard = look(now)
    assert kinds(unheard) == ["payment_not_booked"]
    line = StripeLine.objects.get()
    with pytest.raises(NotAllowed, match="Nobody needs"):
        propose(line, now)
    post_event(sandbox, event)
    run_tasks()
    look(now)

    with pytest.raises(NotAllowed, match="Nobody needs"):
        propose(line, now)


def test_what_may_still_be_heard_of_is_not_explained_yet(sandbox, now):
    line = a_line("refund", -5_00, now)

    with pytest.raises(NotAllowed, match="Nobody needs"):
        propose(line, now, after=timedelta(minutes=14))

    assert propose(line, now).line == line


def test_a_transfer_whose_payout_is_on_its_way_is_no_loss(sandbox, now):
    seller = a_seller_with(100_00)
    PayoutMethod.objects.all().delete()
    onboard(sandbox, seller, now)
    fund(sandbox, 500_00)
    payout = withdraw(seller, now)
    payments.actions.submit_payout(payout_id=payout.pk, now=now)
    look(now)
    line = StripeLine.objects.get(kind="transfer")

    with pytest.raises(NotAllowed, match="Nobody needs"):
        propose(line, now)


def test_a_line_is_explained_once(sandbox, now):
    line = a_line("stripe_fee", -2_00, now)
    adjustment = propose(line, now)
    with pytest.raises(Stale, match="proposed already"):
        propose(line, now)
    with pytest.raises(NotAllowed):
        propose(line, now, actor=a_user())

    StripeLine.objects.update(explained_at=now)
    with pytest.raises(Stale, match="meanwhile"):
        approve(adjustment, now)
    payments.actions.reject_adjustment(
        adjustment_id=adjustment.pk, actor=a_finance(), now=now
    )

    assert not LedgerTransaction.objects.exists()


def test_finance_explains_on_the_page_of_the_line_and_a_colleague_agrees(
    sandbox, now, as_user
):
    line = a_line("stripe_fee", -2_00, now - LATER)
    browser, colleague = as_user(a_finance()), as_user(a_finance())
    prove(browser)
    prove(colleague)
    page = f"/admin/payments/stripeline/{line.pk}/"
    assert "Say what it is" in browser.get(f"{page}change/").content.decode()

    answer = browser.post(f"{page}explain/", {"reason": "Connect, November."})

    assert answer.status_code == 302
    assert "Say what it is" not in browser.get(f"{page}change/").content.decode()
    pk = Adjustment.objects.get().pk
    decision = f"/admin/payments/adjustment/{pk}"
    assert "txn_stripe_fee" in colleague.get(f"{decision}/change/").content.decode()
    assert colleague.post(f"{decision}/approve/").status_code == 302
    assert look(now).is_right
