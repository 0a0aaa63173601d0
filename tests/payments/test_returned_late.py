"""Money that a bank returns after all was lost: two of the staff say whose it is."""

from uuid import uuid4

import pytest
from django.contrib.auth.models import Group
from django.db import IntegrityError
from django.utils.translation import override

import payments.actions
from accounts import closing
from gigstream.core.errors import NotAllowed, Stale
from gigstream.core.models import AuditEntry, PlatformSetting, Policy, StaffTask
from messaging.models import Notification
from orders import actions
from orders.status import OrderStatus
from payments import statement
from payments.models import AccountKind as Kind
from payments.models import (
    Adjustment,
    AdjustmentKind,
    Chargeback,
    LedgerTransaction,
    UnappliedPayment,
)
from tests.accounts.codes import prove
from tests.factories import (
    NOON,
    a_contested,
    a_finance,
    a_late_return,
    a_paid_intent,
    a_payout_method,
    a_user,
    an_order,
    open_dispute,
)

pytestmark = pytest.mark.django_db

TO_SELLER, TO_BUYER, KEPT = (
    AdjustmentKind.TO_SELLER,
    AdjustmentKind.TO_BUYER,
    AdjustmentKind.KEPT,
)


def holds(kind, subject=None):
    return payments.actions.balance(kind, subject, "usd")


def propose(chargeback, kind, actor=None, now=NOON):
    return payments.actions.propose_for_returned_late(
        chargeback_id=chargeback.pk,
        kind=kind,
        reason="The bank found its mistake.",
        actor=actor or a_finance(),
        now=now,
    )


def approve(adjustment, actor=None):
    payments.actions.approve_adjustment(
        adjustment_id=adjustment.pk, actor=actor or a_finance(), now=NOON
    )


@pytest.fixture
def order():
    """Completed, with a commission of a fifth, and 40 of its 100 refunded before."""
    rules = Policy(commission_bps=2000).model_dump()
    PlatformSetting.objects.create(version=1, values=rules)
    order = an_order(status=OrderStatus.COMPLETED)
    payments.actions.refund(order_id=order.pk, price=40_00, now=NOON)
    return order


@pytest.fixture
def chargeback(order):
    return a_late_return(order)


def left(order):
    """What is held for whom; the bank had taken 44 more than there was left to take."""
    return {
        "seller": holds(Kind.SELLER_AVAILABLE, order.seller_id),
        "buyer": holds(Kind.BUYER_PAYABLE, order.buyer_id),
        "ours": holds(Kind.SERVICE_FEE) + holds(Kind.COMMISSION),
        "lost": holds(Kind.BAD_DEBT),
    }


# --- The three decisions ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        (TO_SELLER, {"seller": 48_00, "buyer": 0, "ours": 18_00, "lost": 0}),
        (TO_BUYER, {"seller": 0, "buyer": 66_00, "ours": 0, "lost": 0}),
        (KEPT, {"seller": 0, "buyer": 0, "ours": 0, "lost": -66_00}),
    ],
)
def test_each_gets_what_was_theirs_once_a_colleague_agrees(
    order, chargeback, kind, expected
):
    waiting = {"seller": 0, "buyer": 0, "ours": 0, "lost": 44_00}
    adjustment = propose(chargeback, kind)
    assert (holds(Kind.UNAPPLIED, chargeback.pk), left(order)) == (110_00, waiting)

    approve(adjustment)

    assert (holds(Kind.UNAPPLIED, chargeback.pk), left(order)) == (0, expected)
    posting = LedgerTransaction.objects.order_by("id").last()
    assert (posting.kind, posting.key) == ("E16", f"cblate:{chargeback.pk}")
    assert posting.order == order


def test_what_a_seller_owes_is_paid_first(order):
    lot = order.earnings.get()
    payments.actions.clear(earning_id=lot.pk, now=lot.clears_at)
    a_payout_method(order.seller)
    payments.actions.request_payout(
        user_id=order.seller_id, amount=40_00, key=uuid4(), now=lot.clears_at
    )
    chargeback = a_late_return(order)
    assert holds(Kind.SELLER_RECEIVABLE, order.seller_id) == 40_00

    approve(propose(chargeback, TO_SELLER))

    assert holds(Kind.SELLER_RECEIVABLE, order.seller_id) == 0
    assert holds(Kind.SELLER_AVAILABLE, order.seller_id) == 8_00


def test_it_stays_taken_for_the_payment_whoever_got_it(order, chargeback):
    approve(propose(chargeback, TO_SELLER))

    assert payments.actions.refundable(order.pk) == 0


def test_the_seller_reads_it_in_the_statement(order, chargeback):
    approve(propose(chargeback, TO_SELLER))

    [line] = statement.page(order.seller, statement.Wish(), currency="usd").lines
    assert (line.words, line.about, line.amount, line.balance) == (
        "Chargeback, money back after all",
        str(order),
        48_00,
        48_00,
    )


def test_the_desk_is_cleared_and_the_log_says_who_did_it(chargeback):
    proposer, colleague = a_finance(), a_finance()
    task = StaffTask.objects.get(kind="payments.chargeback_returned_late")
    adjustment = propose(chargeback, KEPT, actor=proposer)
    assert list(StaffTask.objects.open()) == [task]

    approve(adjustment, actor=colleague)

    task.refresh_from_db()
    assert (task.closed_at, task.closed_by) == (NOON, colleague)
    assert not StaffTask.objects.open().exists()
    logged = AuditEntry.objects.order_by("id").values_list("verb", "actor", "reason")
    assert list(logged) == [
        ("payments.propose_adjustment", proposer.pk, "The bank found its mistake."),
        ("payments.approve_adjustment", colleague.pk, "The bank found its mistake."),
    ]
    assert AuditEntry.objects.last().after == {
        "kind": "kept",
        "amount": "$110.00",
        "chargeback": str(chargeback.pk),
    }


def test_what_a_buyer_is_owed_is_put_on_the_desk_and_paid_by_hand(order, chargeback):
    proposed = propose(chargeback, TO_BUYER)
    with override("de"):
        approve(proposed)

    task = StaffTask.objects.open().get()
    assert task.target == f"payments.chargeback:{chargeback.pk}"
    assert task.text.startswith("A buyer is owed $66.00 that a bank returned.")
    paid = payments.actions.propose_adjustment(
        kind=AdjustmentKind.BUYER_PAID,
        person=order.buyer,
        amount=66_00,
        currency="usd",
        reason="By bank transfer.",
        actor=a_finance(),
        now=NOON,
    )
    approve(paid)
    assert holds(Kind.BUYER_PAYABLE, order.buyer_id) == 0


@pytest.mark.parametrize(
    ("kind", "side", "amount"),
    [(TO_SELLER, "seller", "$48.00"), (TO_BUYER, "buyer", "$66.00")],
)
def test_whoever_gets_it_is_told(order, chargeback, kind, side, amount):
    Notification.objects.all().delete()

    approve(propose(chargeback, kind))

    news = Notification.objects.get()
    assert news.user == getattr(order, side)
    assert news.title == f"{amount} of “{order.title}” is yours after all"
    assert news.path == order.get_absolute_url()


def test_that_we_keep_it_is_told_to_nobody(chargeback):
    Notification.objects.all().delete()

    approve(propose(chargeback, KEPT))

    assert not Notification.objects.exists()


def test_until_it_is_decided_neither_of_the_two_leaves(order, chargeback):
    words = "A bank returned money, and whose it is has not been decided."

    def reasons(person):
        return [reason.text for reason in closing.reasons(person)]

    assert all(words in reasons(each) for each in (order.buyer, order.seller))
    approve(propose(chargeback, KEPT))

    assert not any(words in reasons(each) for each in (order.buyer, order.seller))


# --- Who, and when not -------------------------------------------------------------------


def test_it_takes_two_and_neither_of_them_is_concerned(order, chargeback):
    finance = Group.objects.get(name="finance")
    for person in (order.buyer, order.seller):
        person.is_staff = True
        person.save()
        person.groups.add(finance)
    proposer = a_finance()

    for person in (order.buyer, order.seller, a_user(is_staff=True)):
        with pytest.raises(NotAllowed, match="not yours"):
            propose(chargeback, KEPT, actor=person)
    adjustment = propose(chargeback, KEPT, actor=proposer)
    for person in (order.buyer, order.seller, a_user(is_staff=True)):
        with pytest.raises(NotAllowed, match="not yours"):
            approve(adjustment, actor=person)
    with pytest.raises(NotAllowed, match="your own proposal"):
        approve(adjustment, actor=proposer)

    assert holds(Kind.UNAPPLIED, chargeback.pk) == 110_00


def test_one_is_proposed_at_a_time_and_none_after_it_was_decided(chargeback):
    first = propose(chargeback, TO_BUYER)
    with pytest.raises(Stale, match="proposed already"):
        propose(chargeback, TO_SELLER)
    payments.actions.reject_adjustment(
        adjustment_id=first.pk, actor=a_finance(), now=NOON
    )
    assert StaffTask.objects.open().exists()

    second = propose(chargeback, TO_SELLER)
    approve(second)

    with pytest.raises(Stale, match="decided already"):
        approve(second)
    with pytest.raises(Stale, match="decided already"):
        propose(chargeback, KEPT)
    assert LedgerTransaction.objects.filter(kind="E16").count() == 1


@pytest.mark.parametrize(
    "news", [{}, {"status": "lost"}, {"status": "won", "reinstated": True}]
)
def test_there_is_nothing_to_decide_where_nothing_came_back_late(order, news):
    dispute = a_contested(order.payments.get(), **news)
    actions.note_chargeback(order_id=order.pk, dispute=dispute, now=NOON)

    with pytest.raises(NotAllowed, match="No bank has returned"):
        propose(Chargeback.objects.get(), KEPT)


def test_an_order_under_way_ends_first():
    order = an_order(status=OrderStatus.DELIVERED)
    chargeback = a_late_return(order)
    with pytest.raises(NotAllowed, match="still under way"):
        propose(chargeback, TO_SELLER)

    actions.accept(order_id=order.pk, actor=order.buyer, now=NOON)
    approve(propose(chargeback, TO_SELLER))

    assert holds(Kind.SELLER_AVAILABLE, order.seller_id) == 100_00
    assert holds(Kind.SERVICE_FEE) == 10_00


def test_an_order_that_is_disputed_meanwhile_ends_first_too():
    order = an_order(status=OrderStatus.COMPLETED)
    adjustment = propose(a_late_return(order, amount=50_00), TO_SELLER)
    open_dispute(order, refund=1_00)

    with pytest.raises(NotAllowed, match="still under way"):
        approve(adjustment)

    adjustment.refresh_from_db()
    assert adjustment.status == "proposed"


def test_where_all_had_gone_back_before_only_we_can_have_it(order):
    payments.actions.refund(order_id=order.pk, now=NOON)
    chargeback = a_late_return(order)

    for kind in (TO_SELLER, TO_BUYER):
        with pytest.raises(NotAllowed, match="None of this money"):
            propose(chargeback, kind)
    approve(propose(chargeback, KEPT))

    assert holds(Kind.BAD_DEBT) == 0


def test_of_money_that_fitted_no_order_only_we_can_have_it():
    intent = a_paid_intent(an_order(), id="pi_loose", metadata={})
    payments.actions.book_unapplied(
        intent=intent, order_id=None, reason=UnappliedPayment.Reason.MODE, now=NOON
    )
    for news in ({}, {"status": "lost"}, {"status": "lost", "reinstated": True}):
        loose = UnappliedPayment.objects.get()
        dispute = a_contested(loose, id="du_loose", **news)
        payments.actions.note_chargeback(dispute=dispute, now=NOON)
    chargeback = Chargeback.objects.get()

    with pytest.raises(NotAllowed, match="None of this money"):
        propose(chargeback, TO_BUYER)
    approve(propose(chargeback, KEPT))

    assert holds(Kind.BAD_DEBT) == -loose.amount
    assert holds(Kind.UNAPPLIED, chargeback.pk) == 0


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "to_seller"},
        {"kind": "kept", "with_person": True},
        {"kind": "goodwill", "with_person": True},
        {"kind": "goodwill", "without_chargeback": True},
    ],
)
def test_the_database_refuses_what_names_too_much_or_too_little(chargeback, wrong):
    person = a_user() if wrong.pop("with_person", False) else None
    about = None if wrong.pop("without_chargeback", False) else chargeback

    with pytest.raises(IntegrityError):
        Adjustment.objects.create(
            **wrong,
            person=person,
            chargeback=about,
            amount=1,
            currency="usd",
            proposed_by=a_finance(),
        )


# --- On the pages of the staff -----------------------------------------------------------


def a_browser(as_user, person):
    browser = as_user(person)
    prove(browser)
    return browser


def test_finance_finds_it_proposes_and_a_colleague_approves(as_user, order, chargeback):
    one, other = a_browser(as_user, a_finance()), a_browser(as_user, a_finance())
    page = f"/admin/payments/chargeback/{chargeback.pk}"
    form = {"kind": "to_seller", "reason": "The bank found its mistake."}

    assert f"{page}/change/" in one.get("/admin/core/stafftask/").text
    assert f"{page}/decide/" in one.get(f"{page}/change/").text
    asked = one.get(f"{page}/decide/").text
    without = one.post(f"{page}/decide/", {**form, "reason": ""})
    done = one.post(f"{page}/decide/", form, follow=True)
    again = one.post(f"{page}/decide/", form)

    for words in (
        "<strong>$110.00 (Lost)</strong>",
        "To the seller: $48.00",
        "To the buyer: $66.00",
        "We keep it: $110.00",
    ):
        assert words in asked
    assert (without.status_code, again.status_code) == (422, 409)
    row = f"/admin/payments/adjustment/{Adjustment.objects.get().pk}"
    assert "Proposed; a colleague has to agree." in done.text
    assert f"{row}/change/" in done.text
    assert f"{page}/decide/" not in done.text
    assert one.post(f"{row}/approve/").status_code == 422
    assert other.post(f"{row}/approve/").status_code == 302
    assert holds(Kind.SELLER_AVAILABLE, order.seller_id) == 48_00
    assert f"{page}/change/" in other.get(f"{row}/change/").text
    assert "Approved" in other.get(f"{page}/change/").text


def test_support_looks_and_decides_nothing(as_user, chargeback):
    support = a_user(is_staff=True)
    support.groups.add(Group.objects.get(name="support"))
    browser = a_browser(as_user, support)
    page = f"/admin/payments/chargeback/{chargeback.pk}"
    propose(chargeback, KEPT)

    shown = browser.get(f"{page}/change/").text
    refused = browser.post(f"{page}/decide/", {"kind": "kept", "reason": "So."})

    assert "The bank found its mistake." not in shown
    assert refused.status_code == 403


def test_the_desk_is_not_cleared_by_saying_that_it_is_done(as_user, chargeback):
    browser, task = a_browser(as_user, a_finance()), StaffTask.objects.open().get()

    answer = browser.post(f"/admin/core/stafftask/{task.pk}/settle/", {"reason": "So."})

    assert answer.status_code == 422
    assert "on the page of its chargeback" in answer.text
    assert list(StaffTask.objects.open()) == [task]


def test_other_adjustments_are_no_way_around_it(as_user, chargeback):
    browser = a_browser(as_user, a_finance())
    form = {"kind": "kept", "person": a_user().email, "amount": "1", "reason": "So."}

    answer = browser.post("/admin/payments/adjustment/add/", form)

    assert answer.status_code == 422
    assert not Adjustment.objects.exists()
