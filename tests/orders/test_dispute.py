"""Disagreeing about an order: what stands still, who may say what, and how it ends."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils.translation import override

import payments.actions
from accounts.models import Standing
from gigstream.core import clock
from gigstream.core.errors import NotAllowed, Stale
from gigstream.core.models import AuditEntry, StaffTask
from messaging.models import Notification
from orders import actions
from orders.actions import Ending
from orders.models import Dispute, Order
from orders.options import ways
from orders.status import OrderStatus
from orders.tasks import accept_in_silence, escalate_disputes
from payments.models import AccountKind, Earning, Refund
from tests.factories import (
    NOON,
    a_finance,
    a_stored_file,
    a_user,
    an_order,
    open_dispute,
)

pytestmark = pytest.mark.django_db
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
S = OrderStatus


@pytest.fixture
def order():
    return an_order(status=OrderStatus.DISPUTED)


def answer(order, actor=None, now=NOON, **offer):
    return actions.answer_dispute(
        order_id=order.pk,
        actor=actor or order.seller,
        text="That was never asked for.",
        files=[],
        offer=Ending(**offer) if offer else None,
        now=now,
    )


def settle(order, actor, statement, now=NOON):
    actions.settle_dispute(
        order_id=order.pk, statement_id=statement.pk, actor=actor, now=now
    )
    order.refresh_from_db()


def agree(order, actor, now=NOON, **offer):
    """The other side offers this, and `actor` agrees."""
    settle(order, actor, answer(order, order.other_side(actor), now, **offer), now)


def decide(order, refund, actor=None, **said):
    dispute = order.dispute
    said = {
        "ruling": "The brief says so.",
        "seen": dispute.statements.order_by("-at", "-id").first().pk,
        "most": 100_00,
        "now": NOON,
        **said,
    }
    staff = actor or a_finance()
    actions.decide_dispute(order_id=order.pk, actor=staff, refund=refund, **said)
    order.refresh_from_db()


def hand_over(order, actor=None):
    """To staff, by the side that need not wait for the other."""
    actor = actor or order.seller
    actions.escalate_dispute(order_id=order.pk, actor=actor, now=NOON)
    order.refresh_from_db()


def holds(kind, subject=None):
    return payments.actions.balance(kind, subject, "usd")


def told(user, kind):
    return Notification.objects.filter(user=user, kind=kind).count()


# --- Opening ----------------------------------------------------------------------


def test_opening_a_dispute_stops_the_order_and_tells_the_other_side():
    order = an_order(status=S.DELIVERED)
    file = a_stored_file()

    dispute = open_dispute(order, files=[file])

    order.refresh_from_db()
    assert (order.status, order.dispute) == (S.DISPUTED, dispute)
    assert (dispute.turn, dispute.answer_by) == ("seller", NOON + 72 * HOUR)
    assert dispute.statements.get().files.get().public_id == file.public_id
    assert (
        told(order.seller, "dispute_opened"),
        told(order.buyer, "dispute_opened"),
    ) == (1, 0)
    with clock.frozen(NOON + 30 * DAY):
        accept_in_silence.func()
    assert Order.objects.get().status == S.DISPUTED


def test_a_dispute_overtakes_the_proposal_that_was_waiting():
    order = an_order(status=S.IN_PROGRESS)
    proposal = actions.ask_for_time(
        order_id=order.pk, actor=order.seller, days=3, reason="Ill.", now=NOON
    )

    open_dispute(order)

    proposal.refresh_from_db()
    assert proposal.status == "overtaken"


def test_a_complete_order_is_disputed_by_its_buyer_while_the_money_rests():
    order = an_order(status=S.COMPLETED)
    lot = Earning.objects.get()

    with pytest.raises(NotAllowed):
        open_dispute(order, actor=order.seller)
    with pytest.raises(NotAllowed, match="time in which"):
        open_dispute(order, now=lot.clears_at)
    open_dispute(order)
    payments.actions.clear(earning_id=lot.pk, now=lot.clears_at + DAY)

    lot.refresh_from_db()
    assert (lot.frozen_at, lot.cleared_at) == (NOON, None)


def test_money_that_has_cleared_already_is_not_disputed():
    order = an_order(status=S.COMPLETED)
    payments.actions.clear(earning_id=Earning.objects.get().pk, now=NOON + 7 * DAY)

    with pytest.raises(NotAllowed):
        open_dispute(order)


@pytest.mark.parametrize(
    ("offer", "words"),
    [
        ({"kind": "split", "refund": 100_01}, r"at most \$100"),
        ({"kind": "split", "refund": -1}, r"at most \$100"),
        ({"kind": "split"}, r"at most \$100"),
        ({"kind": "revision", "days": 0}, "one to 60"),
        ({"kind": "time", "days": 61}, "one to 60"),
    ],
)
def test_what_could_not_be_done_is_not_offered(offer, words):
    order = an_order(status=S.DELIVERED)

    with pytest.raises(NotAllowed, match=words):
        open_dispute(order, offer=Ending(**offer))


def test_of_a_complete_order_only_the_money_can_be_divided():
    with pytest.raises(NotAllowed, match="only its money"):
        open_dispute(
            an_order(status=S.COMPLETED), offer=Ending(kind="revision", days=3)
        )


@pytest.mark.parametrize("text", ["", "  ", "x" * 10_001])
def test_a_dispute_says_what_happened(text):
    with pytest.raises(NotAllowed, match="10,000"):
        open_dispute(an_order(status=S.DELIVERED), text=text)


# --- Whoever may not act ------------------------------------------------------------


def test_a_bank_that_holds_the_order_holds_its_dispute_too(order):
    Order.objects.update(on_hold=True)
    offer = order.dispute.statements.get()

    for act in (
        lambda: answer(order),
        lambda: settle(order, order.seller, offer),
        lambda: hand_over(order),
        lambda: decide(order, 0),
        lambda: actions.withdraw_dispute(
            order_id=order.pk, actor=order.buyer, now=NOON
        ),
    ):
        with pytest.raises(NotAllowed, match="bank holds"):
            act()


def test_who_is_suspended_says_nothing_and_staff_decide_for_them(order):
    order.seller.standing = Standing.SUSPENDED
    order.seller.save()

    with pytest.raises(NotAllowed, match="This account"):
        answer(order, Order.objects.get().seller)
    hand_over(order, a_finance())
    decide(order, 100_00)

    assert order.status == S.CANCELLED


# --- Between the two ----------------------------------------------------------------


def test_an_offer_turns_the_table_and_words_do_not(order):
    later = NOON + HOUR

    answer(order, now=later)
    order.dispute.refresh_from_db()
    assert (order.dispute.turn, order.dispute.answer_by) == ("seller", NOON + 3 * DAY)
    answer(order, now=later, kind="split", refund=20_00)

    order.dispute.refresh_from_db()
    assert (order.dispute.turn, order.dispute.answer_by) == ("buyer", later + 2 * DAY)
    assert told(order.buyer, "dispute_answered") == 2


def test_agreeing_divides_the_money_to_the_cent(order):
    agree(order, order.buyer, kind="split", refund=34_51)

    assert (order.status, order.dispute) == (S.COMPLETED, None)
    assert Dispute.objects.get().status == "split"
    refund = Refund.objects.get()
    assert (refund.price, refund.fee) == (34_51, 3_45)
    assert holds(AccountKind.SELLER_PENDING, order.seller_id) == 65_49
    assert holds(AccountKind.SERVICE_FEE) == 6_55
    assert holds(AccountKind.ESCROW, order.pk) == 0
    assert Earning.objects.get().clears_at == NOON + 7 * DAY
    assert (order.completed_at, order.gig.completed_orders) == (NOON, 1)
    assert (
        told(order.seller, "dispute_ended"),
        told(order.buyer, "dispute_ended"),
    ) == (1, 0)


@pytest.mark.parametrize(
    ("refund", "status", "end", "returned"),
    [(0, S.COMPLETED, "released", 0), (100_00, S.CANCELLED, "refunded", 110_00)],
)
def test_agreeing_on_all_or_nothing(order, refund, status, end, returned):
    agree(order, order.seller, kind="split", refund=refund)

    assert (order.status, Dispute.objects.get().status) == (status, end)
    assert sum(Refund.objects.values_list("amount", flat=True)) == returned


def test_only_the_newest_offer_of_the_other_side_can_be_agreed_to(order):
    first = order.dispute.statements.get()
    with pytest.raises(NotAllowed, match="other side"):
        settle(order, order.buyer, first)
    counter = answer(order, kind="split", refund=10_00)

    with pytest.raises(Stale, match="newer offer"):
        settle(order, order.seller, first)
    settle(order, order.buyer, counter)
    with pytest.raises(Stale):
        settle(order, order.buyer, counter)

    assert Refund.objects.get().price == 10_00


def test_an_offer_that_a_refund_made_impossible_is_stale(order):
    offer = answer(order, kind="split", refund=80_00)
    payments.actions.refund(order_id=order.pk, price=30_00, now=NOON)

    with pytest.raises(Stale, match="meanwhile"):
        settle(order, order.buyer, offer)

    assert Order.objects.get().status == S.DISPUTED


def test_agreeing_on_changes_sends_the_work_back_without_using_a_revision(order):
    later = NOON + 5 * DAY

    agree(order, order.buyer, later, kind="revision", days=2)

    assert (order.status, order.due_at) == (S.REVISION, later + 2 * DAY)
    assert (order.revision_count, order.review_ends_at) == (0, None)
    assert Dispute.objects.get().status == "resumed"
    assert holds(AccountKind.ESCROW, order.pk) == 100_00


def test_agreeing_on_time_goes_on_with_the_work():
    order = an_order(status=S.IN_PROGRESS)
    open_dispute(
        order, actor=order.seller, reason="missing", offer=Ending(kind="time", days=4)
    )

    settle(order, order.buyer, Dispute.objects.get().statements.get())

    assert (order.status, order.due_at) == (S.IN_PROGRESS, NOON + 4 * DAY)


def test_withdrawn_the_order_goes_on_with_the_time_that_stood_still(order):
    ends = order.review_ends_at
    with pytest.raises(NotAllowed, match="Who opened"):
        actions.withdraw_dispute(order_id=order.pk, actor=order.seller, now=NOON)

    actions.withdraw_dispute(order_id=order.pk, actor=order.buyer, now=NOON + 5 * DAY)

    order.refresh_from_db()
    assert (order.status, order.review_ends_at) == (S.DELIVERED, ends + 5 * DAY)
    assert told(order.seller, "dispute_ended") == 1
    assert open_dispute(order).pk != Dispute.objects.earliest("pk").pk


def test_withdrawn_a_complete_order_is_complete_and_its_money_clears():
    order = an_order(status=S.COMPLETED)
    open_dispute(order)

    actions.withdraw_dispute(order_id=order.pk, actor=order.buyer, now=NOON + DAY)

    lot = Earning.objects.get()
    payments.actions.clear(earning_id=lot.pk, now=lot.clears_at)
    assert holds(AccountKind.SELLER_AVAILABLE, order.seller_id) == 100_00


@pytest.mark.parametrize(
    ("refund", "status", "left", "count"),
    [(30_00, S.COMPLETED, 70_00, 1), (100_00, S.CANCELLED, 0, 0)],
)
def test_a_complete_order_is_divided_out_of_what_rests(refund, status, left, count):
    order = an_order(status=S.COMPLETED)
    open_dispute(order)
    order.refresh_from_db()

    agree(order, order.buyer, kind="split", refund=refund)

    lot = Earning.objects.get()
    assert (order.status, lot.remaining, lot.frozen_at) == (status, left, None)
    assert holds(AccountKind.SELLER_PENDING, order.seller_id) == left
    order.gig.refresh_from_db()
    assert order.gig.completed_orders == count


# --- Silence, and staff -------------------------------------------------------------


@pytest.mark.breaks_the_books
def test_what_should_rest_and_does_not_is_not_divided():
    order = an_order(status=OrderStatus.COMPLETED)
    open_dispute(order, NOON)
    Earning.objects.update(frozen_at=None, cleared_at=NOON)
    hand_over(order)

    with pytest.raises(Stale), transaction.atomic():
        decide(order, 60_00)

    order.refresh_from_db()
    assert (order.status, Refund.objects.count()) == ("disputed", 0)


def test_silence_brings_in_staff_once_and_moves_no_money(order):
    over = NOON + 72 * HOUR
    for moment in (over - HOUR, over, over, over + 3 * DAY):
        with clock.frozen(moment):
            escalate_disputes.func()
        assert StaffTask.objects.count() == (moment >= over)

    order.dispute.refresh_from_db()
    assert (order.dispute.status, order.dispute.turn) == ("with_staff", "")
    assert order.dispute.escalated_at == over
    assert [told(each, "dispute_with_staff") for each in (order.buyer, order.seller)]
    assert holds(AccountKind.ESCROW, order.pk) == 100_00


def test_who_opened_it_gives_the_other_side_time_to_answer(order):
    with pytest.raises(NotAllowed, match="still has time"):
        hand_over(order, order.buyer)
    answer(order)

    hand_over(order, order.buyer)
    with pytest.raises(Stale, match="already"):
        hand_over(order)


def test_staff_read_in_their_language_what_a_german_hands_over(order):
    with override("de"):
        hand_over(order)

    assert StaffTask.objects.get().text == (
        f"Decide the dispute about order {order.reference}: It is not what we agreed."
    )


def test_before_staff_decide_the_two_may_still_agree(order):
    hand_over(order)

    agree(order, order.seller, kind="split", refund=50_00)

    assert StaffTask.objects.get().closed_at == NOON
    assert Refund.objects.get().price == 50_00


def test_staff_divide_the_money_and_both_read_why(order):
    hand_over(order)

    decide(order, 34_50)

    dispute = Dispute.objects.get()
    assert (dispute.status, dispute.refund) == ("split", 34_50)
    assert dispute.ruling == "The brief says so."
    assert order.events.last().role == "staff"
    assert [told(each, "dispute_ended") for each in (order.buyer, order.seller)] == [
        1
    ] * 2
    entry = AuditEntry.objects.get(verb="orders.decide_dispute")
    assert (entry.reason, entry.after["returned"]) == ("The brief says so.", "$34.50")
    assert entry.before["refundable"].startswith("$")


def test_staff_decide_on_what_they_have_read(order):
    with pytest.raises(NotAllowed, match="Take the dispute over"):
        decide(order, 0)
    hand_over(order)
    seen = order.dispute.statements.get().pk
    answer(order)

    with pytest.raises(Stale, match="said something"):
        decide(order, 0, seen=seen)
    with pytest.raises(Stale, match="refunded meanwhile"):
        decide(order, 0, most=1)
    with pytest.raises(NotAllowed, match="reasons"):
        decide(order, 0, ruling=" ")
    for refund in (-1, 100_01):
        with pytest.raises((NotAllowed, Stale)):
            decide(order, refund)
    assert Order.objects.get().status == S.DISPUTED


def test_nobody_but_staff_decides_and_staff_not_about_their_own():
    order = an_order(status=S.DISPUTED, buyer=a_finance())
    hand_over(order)

    for actor in (order.buyer, order.seller, a_user(), a_user(is_staff=True)):
        with pytest.raises(NotAllowed):
            decide(order, 100_00, actor)


# --- What the database holds ----------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"turn": ""}, "dispute_open_is_somebodys_turn"),
        ({"status": "with_staff"}, "dispute_"),
        ({"status": "split"}, "dispute_"),
        ({"refund": 1}, "dispute_settled_with_money"),
        ({"closed_at": NOON}, "dispute_ended_has"),
        ({"came_from": "pending"}, "dispute_came_from"),
    ],
)
def test_the_database_refuses(order, change, rule):
    with pytest.raises(IntegrityError, match=rule), transaction.atomic():
        Dispute.objects.update(**change)


def test_an_order_is_in_dispute_exactly_while_it_names_one(order):
    for change in ({"dispute": None}, {"status": "delivered"}):
        refused = pytest.raises(IntegrityError, match="names_the_dispute")
        with refused, transaction.atomic():
            Order.objects.update(**change)
    assert ways(order, order.buyer, at=NOON, proposal=None) == set()


def test_pressing_twice_says_it_once_and_saying_it_again_later_is_news(order):
    offer = {"kind": "split", "refund": 20_00}

    first, second = (answer(order, now=NOON, **offer) for _ in range(2))
    other_offer = answer(order, kind="split", refund=25_00)
    answer(order, order.buyer)
    again = answer(order, kind="split", refund=25_00)

    assert first == second
    assert len({first.pk, other_offer.pk, again.pk}) == 3
    told = Notification.objects.filter(kind="dispute_answered", user=order.buyer)
    assert told.count() == 3
