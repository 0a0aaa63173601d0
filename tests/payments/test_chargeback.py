"""Payments that a bank takes back: from whom, for how long, and never twice."""

import itertools
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import transaction

import payments.actions
from accounts.closing import reasons
from gigstream.core import clock
from gigstream.core.errors import NotAllowed
from gigstream.core.models import StaffTask
from gigstream.services import stripe
from orders import actions
from payments.models import AccountKind as Kind
from payments.models import Chargeback, LedgerAccount, LedgerTransaction, StripeEvent
from payments.tasks import look_up_chargebacks
from tests.factories import a_contested, a_finance, a_payout_method, a_stored_file
from tests.payments.webhooks import a_paid_order, post_event

pytestmark = pytest.mark.django_db


class Story:
    """A paid order at the sandbox, whose bank does what it is told."""

    def __init__(self, sandbox):
        self.sandbox = sandbox
        self.order, self.payment, event = a_paid_order(sandbox)
        post_event(sandbox, event)
        self.told = len(sandbox.events())
        self.refresh()

    def refresh(self):
        self.order.refresh_from_db()
        return self

    def deliver(self):
        actions.deliver(
            order_id=self.order.pk,
            actor=self.order.seller,
            message="Here.",
            files=[a_stored_file()],
            now=clock.now(),
        )
        return self.refresh()

    def complete(self):
        self.deliver()
        actions.accept(order_id=self.order.pk, actor=self.order.buyer, now=clock.now())
        return self.refresh()

    def clear(self):
        lot = self.order.earnings.get()
        payments.actions.clear(earning_id=lot.pk, now=lot.clears_at)
        return self

    def withdraw(self, amount):
        a_payout_method(self.order.seller)
        payments.actions.request_payout(
            user_id=self.order.seller_id, amount=amount, key=uuid4(), now=clock.now()
        )
        return self

    def contest(self, **form):
        self.sandbox.http(
            "POST",
            f"/sandbox/stripe/payments/{self.payment.intent_id}/dispute",
            form,
        )
        return self.hear()

    def decide(self, outcome):
        [dispute] = self.sandbox.stripe("GET", "/disputes")["data"]
        self.sandbox.http(
            "POST",
            f"/sandbox/stripe/disputes/{dispute['id']}/close",
            {"outcome": outcome},
        )
        return self.hear()

    def news(self):
        fresh = self.sandbox.events()[self.told :]
        self.told += len(fresh)
        return [event for event in fresh if "dispute" in event["type"]]

    def hear(self):
        for event in self.news():
            assert post_event(self.sandbox, event).status_code == 204
        return self.refresh()

    def holds(self, kind, subject=None):
        return payments.actions.balance(kind, subject, "usd")

    @property
    def sellers(self):
        seller = self.order.seller_id
        kinds = (Kind.SELLER_PENDING, Kind.SELLER_AVAILABLE, Kind.SELLER_RECEIVABLE)
        return tuple(self.holds(kind, seller) for kind in kinds)


@pytest.fixture
def story(sandbox):
    return Story(sandbox)


def rules():
    return list(LedgerTransaction.objects.order_by("id").values_list("kind", flat=True))


# --- The order stands still ---------------------------------------------------------------


def test_a_chargeback_takes_the_money_and_holds_the_order(story):
    story.deliver().contest()

    order = story.order
    assert order.on_hold
    assert story.holds(Kind.ESCROW, order.pk) == 0
    assert story.holds(Kind.FEE_DEFERRED, order.pk) == 0
    assert story.holds(Kind.STRIPE) == -15_00
    assert story.holds(Kind.DISPUTE_FEES) == 15_00
    with pytest.raises(NotAllowed, match="bank holds"):
        actions.accept(order_id=order.pk, actor=order.buyer, now=clock.now())


def test_one_that_is_won_puts_everything_back(story):
    story.deliver().contest().decide("won")

    assert not story.order.on_hold
    assert story.holds(Kind.ESCROW, story.order.pk) == 100_00
    assert story.holds(Kind.FEE_DEFERRED, story.order.pk) == 10_00
    actions.accept(order_id=story.order.pk, actor=story.order.buyer, now=clock.now())
    assert story.sellers == (100_00, 0, 0)


def test_one_that_is_lost_ends_the_hold_and_asks_staff(story):
    story.deliver().contest().decide("lost")

    assert not story.order.on_hold
    assert story.holds(Kind.ESCROW, story.order.pk) == 0
    assert rules()[-2:] == ["E11", "E13"]
    assert StaffTask.objects.open().filter(kind="orders.chargeback_lost").exists()
    # Staff may call it off: nothing is left to refund, and nothing breaks.
    refunds = actions.cancel_as_staff(
        order_id=story.order.pk, actor=a_finance(), reason="Lost.", now=clock.now()
    )
    assert refunds == []


def test_work_that_the_bank_does_not_let_us_pay_may_still_be_accepted(story):
    story.deliver().contest().decide("lost")

    actions.accept(order_id=story.order.pk, actor=story.order.buyer, now=clock.now())

    assert story.sellers == (0, 0, 0)
    assert not story.order.earnings.exists()


def test_the_seller_of_uncleared_earnings_gives_them(story):
    story.complete().contest()
    assert story.sellers == (0, 0, 0)
    lot = story.order.earnings.get()
    payments.actions.clear(earning_id=lot.pk, now=lot.clears_at)
    assert rules()[-1] == "E11"

    story.decide("won").clear()

    assert story.sellers == (0, 100_00, 0)


def test_a_seller_who_has_withdrawn_owes_it(story):
    story.complete().clear().withdraw(70_00).contest()

    assert story.sellers == (0, 0, 70_00)


def test_when_it_is_won_the_debt_goes_first(story):
    story.complete().clear().withdraw(70_00).contest().decide("won")

    assert story.sellers == (0, 30_00, 0)


def test_a_lost_one_is_not_taken_from_the_seller_again(story):
    story.complete().clear().contest().decide("lost")

    assert story.sellers == (0, 0, 0)
    assert story.holds(Kind.SERVICE_FEE) == 0


# --- Inquiries move nothing ----------------------------------------------------------------


@pytest.mark.parametrize("kind", ["inquiry", "prevented"])
def test_what_is_no_dispute_moves_no_money_and_holds_nothing(story, kind):
    story.complete().contest(kind=kind)

    assert not story.order.on_hold
    assert rules() == ["E1", "E2"]
    assert Chargeback.objects.count() == 1


def test_an_inquiry_may_become_a_dispute(story):
    story.deliver().contest(kind="inquiry")
    assert StaffTask.objects.open().filter(kind="payments.chargeback").count() == 1

    story.decide("escalate")

    assert story.order.on_hold
    assert story.holds(Kind.ESCROW, story.order.pk) == 0


def test_an_inquiry_that_was_closed_may_still_become_a_dispute(story):
    story.complete().contest(kind="inquiry").decide("warning_closed")
    name = Chargeback.objects.get().stripe_id

    for status in ("needs_response", "warning_closed", "lost"):
        told = a_contested(story.payment, id=name, status=status)
        actions.note_chargeback(order_id=story.order.pk, dispute=told, now=clock.now())

    assert (Chargeback.objects.get().status, story.refresh().order.on_hold) == (
        "lost",
        False,
    )
    assert rules()[-2:] == ["E11", "E13"]


def test_late_news_of_the_inquiry_does_not_let_go_of_what_the_bank_has(story):
    story.complete().contest(amount="1000")
    [opened] = story.sandbox.events("charge.dispute.created")
    inquiry = {**opened["data"]["object"], "status": "warning_under_review"}
    late = {**opened, "id": "evt_late", "data": {"object": inquiry}}
    post_event(story.sandbox, late)

    story.refresh().clear()

    assert story.order.on_hold
    assert story.sellers[1] == 0
    story.decide("won")
    assert story.sellers == (100_00, 0, 0)


def test_an_inquiry_that_is_closed_leaves_the_desk(story):
    story.deliver().contest(kind="inquiry").decide("warning_closed")

    assert not StaffTask.objects.open().exists()
    assert story.holds(Kind.ESCROW, story.order.pk) == 100_00


# --- Together with refunds -----------------------------------------------------------------


def test_what_was_refunded_is_not_taken_a_second_time(story, run_tasks):
    story.complete()
    payments.actions.refund(order_id=story.order.pk, price=40_00, now=clock.now())
    run_tasks()

    story.contest(amount="11000")

    assert story.sellers == (0, 0, 0)
    assert story.holds(Kind.BAD_DEBT) == 44_00
    chargeback = Chargeback.objects.get()
    assert (chargeback.price, chargeback.fee) == (60_00, 6_00)

    story.decide("won")
    assert story.sellers == (60_00, 0, 0)
    assert story.holds(Kind.BAD_DEBT) == 0


def test_what_the_bank_took_cannot_be_refunded_as_well(story):
    story.complete().contest()

    assert payments.actions.refundable(story.order.pk) == 0
    assert payments.actions.refund(order_id=story.order.pk, now=clock.now()) == []
    with pytest.raises(NotAllowed, match="bank holds"):
        actions.refund_as_staff(
            order_id=story.order.pk,
            actor=a_finance(),
            price=1,
            most=0,
            reason="Twice?",
            now=clock.now(),
        )


def test_after_a_part_was_lost_the_rest_can_be_refunded_to_the_cent(story):
    story.deliver().contest(amount="3333").decide("lost")
    chargeback = Chargeback.objects.get()
    assert chargeback.price + chargeback.fee == 33_33

    [refund] = payments.actions.refund(order_id=story.order.pk, now=clock.now())

    assert refund.amount == 110_00 - 33_33
    assert story.holds(Kind.ESCROW, story.order.pk) == 0
    assert story.holds(Kind.FEE_DEFERRED, story.order.pk) == 0


def test_a_refund_that_stripe_refuses_for_a_dispute_is_owed_and_lies_on_a_desk(
    story, run_tasks
):
    story.complete()
    payments.actions.refund(order_id=story.order.pk, price=40_00, now=clock.now())
    story.contest()

    run_tasks()

    assert story.holds(Kind.BUYER_PAYABLE, story.order.buyer_id) == 44_00
    assert StaffTask.objects.filter(kind="payments.refund_failed").exists()


# --- News in any order ---------------------------------------------------------------------


def books():
    accounts = LedgerAccount.objects.order_by("code")
    return [
        (
            account.kind,
            payments.actions.balance(Kind(account.kind), account.subject, "usd"),
        )
        for account in accounts
    ]


def _read(sandbox, event):
    body, signature = sandbox.signed(event)
    return stripe.read_event(payload=body, signature=signature)


@pytest.mark.parametrize(
    ("form", "outcomes", "ways_to_tell"),
    [
        ({}, ["won"], 12),
        ({}, ["lost"], 4),
        ({"kind": "inquiry"}, ["escalate", "lost"], 12),
    ],
)
def test_every_order_of_the_same_news_ends_in_the_same_books(
    story, form, outcomes, ways_to_tell
):
    story.complete()
    sandbox, intent = story.sandbox, story.payment.intent_id
    sandbox.http("POST", f"/sandbox/stripe/payments/{intent}/dispute", form)
    [dispute] = sandbox.stripe("GET", "/disputes")["data"]
    close = f"/sandbox/stripe/disputes/{dispute['id']}/close"
    for outcome in outcomes:
        sandbox.http("POST", close, {"outcome": outcome})
    news = [_read(sandbox, event) for event in story.news()]
    endings = []
    opened, *facts = news
    ways = list(itertools.permutations(facts))
    for order in [*((opened, *way) for way in ways), *((*way, opened) for way in ways)]:
        with transaction.atomic():
            for event in [*order, order[0]]:
                payments.actions.receive_event(event, now=clock.now())
            story.refresh()
            status = Chargeback.objects.get().status
            endings.append((books(), status, story.order.on_hold, story.sellers))
            transaction.set_rollback(True)

    assert len(endings) == ways_to_tell
    assert all(ending == endings[0] for ending in endings)
    assert endings[0][1:3] == (outcome, False)


def test_lost_webhooks_are_made_good_by_asking(story, run_tasks):
    story.complete().contest(kind="inquiry")
    [dispute] = story.sandbox.stripe("GET", "/disputes")["data"]
    close = f"/sandbox/stripe/disputes/{dispute['id']}/close"
    story.sandbox.http("POST", close, {"outcome": "escalate"})
    story.sandbox.http("POST", close, {"outcome": "lost"})

    look_up_chargebacks.func()
    run_tasks()

    assert Chargeback.objects.get().status == "lost"
    assert rules()[-2:] == ["E11", "E13"]
    assert story.holds(Kind.DISPUTE_FEES) == 15_00


def test_money_that_comes_back_after_all_was_lost_waits_for_a_decision(story):
    story.complete().contest().decide("lost")
    [withdrawn] = story.sandbox.events("charge.dispute.funds_withdrawn")

    late = {**withdrawn, "id": "evt_x", "type": "charge.dispute.funds_reinstated"}
    post_event(story.sandbox, late)

    chargeback = Chargeback.objects.get()
    assert story.holds(Kind.UNAPPLIED, chargeback.pk) == 110_00
    assert StaffTask.objects.filter(kind="payments.chargeback_returned_late").exists()
    # It was taken from the seller, and nobody takes it a second time.
    assert payments.actions.refundable(story.order.pk) == 0
    assert story.sellers == (0, 0, 0)


def test_a_chargeback_of_a_payment_we_do_not_know_waits_and_is_then_our_loss(sandbox):
    intent = sandbox.stripe(
        "POST",
        "/payment_intents",
        {
            "amount": "5000",
            "currency": "usd",
            "confirm": "true",
            "payment_method": "pm_card_visa",
        },
    )
    sandbox.http("POST", f"/sandbox/stripe/payments/{intent['id']}/dispute")
    [event] = sandbox.events("charge.dispute.funds_withdrawn")

    assert post_event(sandbox, event).status_code == 409
    with clock.frozen(clock.now() + timedelta(minutes=20)):
        payments.actions.replay_events(now=clock.now())

    assert StripeEvent.objects.get().processed_at
    assert payments.actions.balance(Kind.BAD_DEBT, None, "usd") == 50_00
    assert Chargeback.objects.get().order is None


def test_contested_money_that_fitted_no_order_is_not_taken_from_one(sandbox, run_tasks):
    order, payment, late = a_paid_order(sandbox)
    actions.expire(order_id=order.pk, now=order.expires_at)
    post_event(sandbox, late)
    run_tasks()

    sandbox.http("POST", f"/sandbox/stripe/payments/{payment.intent_id}/dispute")
    [event] = sandbox.events("charge.dispute.funds_withdrawn")

    assert post_event(sandbox, event).status_code == 204
    order.refresh_from_db()
    assert not order.on_hold
    assert payments.actions.balance(Kind.BAD_DEBT, None, "usd") == order.total


def test_a_chargeback_that_comes_before_its_payment_waits_for_it(sandbox):
    order, payment, paid = a_paid_order(sandbox)
    sandbox.http("POST", f"/sandbox/stripe/payments/{payment.intent_id}/dispute")
    [event] = sandbox.events("charge.dispute.funds_withdrawn")

    early = post_event(sandbox, event)
    post_event(sandbox, paid)
    again = post_event(sandbox, event)

    assert (early.status_code, again.status_code) == (409, 204)
    order.refresh_from_db()
    assert order.on_hold
    assert Chargeback.objects.get().price == order.price


def test_the_rest_of_a_lot_does_not_clear_while_the_bank_decides(story):
    story.complete().contest(amount="1000")

    assert story.sellers[0] == 100_00 - Chargeback.objects.get().price
    lot = story.order.earnings.get()
    payments.actions.clear(earning_id=lot.pk, now=lot.clears_at)
    assert story.sellers[1] == 0


def test_a_seller_who_may_still_win_does_not_leave(story):
    story.complete().contest()
    words = "A bank has not decided yet about a payment to you."

    before = [reason.text for reason in reasons(story.order.seller)]
    story.decide("lost")
    after = [reason.text for reason in reasons(story.order.seller)]

    assert (words in before, words in after) == (True, False)
