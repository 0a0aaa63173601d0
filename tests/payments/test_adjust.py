"""Corrections by hand: two of the staff agree, and the books say why."""

import re
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from django.contrib import admin
from django.core.exceptions import PermissionDenied

import payments.actions
from gigstream.core.errors import NotAllowed, Stale
from gigstream.core.models import AuditEntry
from orders.models import Order
from payments.admin import AdjustmentAdmin
from payments.models import AccountKind as Kind
from payments.models import Adjustment, AdjustmentKind, LedgerTransaction
from tests.accounts.codes import prove
from tests.factories import NOON, a_finance, a_seller, a_seller_with, a_user

pytestmark = pytest.mark.django_db


def holds(kind, subject=None):
    return payments.actions.balance(kind, subject, "usd")


def propose(person, kind, amount, actor=None):
    return payments.actions.propose_adjustment(
        kind=kind,
        person=person,
        amount=amount,
        currency="usd",
        reason="As agreed on the phone.",
        actor=actor or a_finance(),
        now=NOON,
    )


def approve(adjustment, actor=None):
    payments.actions.approve_adjustment(
        adjustment_id=adjustment.pk, actor=actor or a_finance(), now=NOON
    )


def a_debtor(amount):
    """A seller who has withdrawn what then went back to its buyer."""
    seller = a_seller_with(amount)
    payments.actions.request_payout(
        user_id=seller.pk, amount=None, key=uuid4(), now=NOON + timedelta(days=8)
    )
    payments.actions.refund(order_id=Order.objects.get().pk, now=NOON)
    return seller


def a_creditor(amount):
    """A buyer to whom we owe that much."""
    buyer = a_user()
    payments.actions.post(
        "E10b",
        payments.actions.debit(Kind.GOODWILL, amount),
        payments.actions.credit(Kind.BUYER_PAYABLE, amount, buyer.pk),
        key=f"x:{buyer.pk}",
        currency="usd",
        at=NOON,
    )
    return buyer


def test_a_debt_is_written_off_when_a_colleague_agrees():
    seller = a_debtor(30_00)

    adjustment = propose(seller, AdjustmentKind.WRITE_OFF, 30_00)
    assert holds(Kind.SELLER_RECEIVABLE, seller.pk) == 30_00
    approve(adjustment)

    assert holds(Kind.SELLER_RECEIVABLE, seller.pk) == 0
    assert holds(Kind.BAD_DEBT) == 30_00
    verbs = AuditEntry.objects.order_by("id").values_list("verb", flat=True)
    assert list(verbs) == [
        "payments.propose_adjustment",
        "payments.approve_adjustment",
    ]


def test_the_same_correction_is_not_proposed_twice_at_a_time():
    seller, actor = a_seller_with(10_00), a_finance()
    adjustment = propose(seller, AdjustmentKind.GOODWILL, 5_00, actor)

    with pytest.raises(Stale, match="proposed already"):
        propose(seller, AdjustmentKind.GOODWILL, 5_00, actor)

    approve(adjustment)
    propose(seller, AdjustmentKind.GOODWILL, 5_00, actor)


def test_goodwill_pays_what_the_seller_owes_first():
    seller = a_debtor(30_00)

    approve(propose(seller, AdjustmentKind.GOODWILL, 50_00))

    assert holds(Kind.SELLER_RECEIVABLE, seller.pk) == 0
    assert holds(Kind.SELLER_AVAILABLE, seller.pk) == 20_00


@pytest.mark.parametrize(
    ("kind", "other", "rule"),
    [
        (AdjustmentKind.BUYER_PAID, Kind.STRIPE, "E10c"),
        (AdjustmentKind.BUYER_HAS_IT, Kind.BAD_DEBT, "E15"),
    ],
)
def test_what_a_buyer_is_owed_is_settled(kind, other, rule):
    buyer = a_creditor(44_00)

    approve(propose(buyer, kind, 44_00))

    assert holds(Kind.BUYER_PAYABLE, buyer.pk) == 0
    assert holds(other) == -44_00
    assert LedgerTransaction.objects.order_by("id").last().kind == rule


def test_nobody_agrees_with_themselves_or_decides_for_themselves():
    finance, colleague = a_finance(), a_finance()
    adjustment = propose(a_seller(), AdjustmentKind.GOODWILL, 10_00, actor=finance)

    with pytest.raises(NotAllowed, match="colleague"):
        approve(adjustment, actor=finance)
    with pytest.raises(NotAllowed):
        approve(adjustment, actor=a_user(is_staff=True))
    with pytest.raises(NotAllowed):
        propose(colleague, AdjustmentKind.GOODWILL, 10_00, actor=colleague)

    assert not LedgerTransaction.objects.exists()


def test_a_decision_is_made_once():
    adjustment = propose(a_seller(), AdjustmentKind.GOODWILL, 10_00)
    approve(adjustment)

    with pytest.raises(Stale):
        approve(adjustment)
    with pytest.raises(Stale):
        payments.actions.reject_adjustment(
            adjustment_id=adjustment.pk, actor=a_finance(), now=NOON
        )

    assert LedgerTransaction.objects.count() == 1


def test_a_seller_owes_no_less_than_nothing():
    adjustment = propose(a_seller(), AdjustmentKind.WRITE_OFF, 10_00)

    with pytest.raises(payments.actions.NotEnough):
        approve(adjustment)

    adjustment.refresh_from_db()
    assert adjustment.status == "proposed"


def test_finance_proposes_and_a_colleague_approves_on_their_pages(as_user):
    one, other = as_user(a_finance()), as_user(a_finance())
    prove(one)
    prove(other)
    seller = a_seller()
    page = "/admin/payments/adjustment/add/"
    said = {
        "kind": "goodwill",
        "person": seller.email.upper(),
        "amount": "12.50",
        "reason": "Our fault.",
    }

    assert one.get(page).status_code == 200
    assert one.post(page, {**said, "person": "x@example.com"}).status_code == 422
    assert one.post(page, said).status_code == 302
    row = f"/admin/payments/adjustment/{Adjustment.objects.get().pk}"
    assert one.post(f"{row}/approve/").status_code == 422
    assert other.post(f"{row}/approve/").status_code == 302

    assert holds(Kind.SELLER_AVAILABLE, seller.pk) == 12_50
    assert "approve" not in other.get(f"{row}/change/").content.decode()


def test_what_is_owed_in_an_earlier_currency_can_be_corrected_too(as_user):
    browser, seller = as_user(a_finance()), a_seller()
    prove(browser)
    said = {"kind": "goodwill", "person": seller.email, "reason": "Our fault."}
    yen = {**said, "currency": "jpy"}
    page = "/admin/payments/adjustment/add/"

    assert browser.post(page, {**yen, "amount": "12.50"}).status_code == 422
    assert browser.post(page, {**said, "currency": "x"}).status_code == 422
    assert browser.post(page, {**yen, "amount": "1,250"}).status_code == 302

    adjustment = Adjustment.objects.get()
    assert (adjustment.amount, adjustment.currency) == (1_250, "jpy")


def test_turning_one_down_changes_nothing(as_user):
    adjustment = propose(a_seller(), AdjustmentKind.GOODWILL, 10_00)
    browser = as_user(a_finance())
    prove(browser)

    browser.post(f"/admin/payments/adjustment/{adjustment.pk}/reject/")

    adjustment.refresh_from_db()
    assert adjustment.status == "rejected"
    assert not LedgerTransaction.objects.exists()


def test_a_moderator_cannot_propose(as_user):
    browser = as_user(a_user(is_staff=True))
    prove(browser)

    assert browser.get("/admin/payments/adjustment/add/").status_code == 403


def test_the_form_itself_refuses_them_whatever_the_table_of_roles_says(rf):
    request = rf.get("/")
    request.user = a_user(is_staff=True)

    with pytest.raises(PermissionDenied):
        AdjustmentAdmin(Adjustment, admin.site).add_view(request)


def test_no_other_way_leads_to_goodwill_or_a_write_off():
    """Two people agree to each, because only what two agree to is posted so."""
    actions = Path(payments.actions.__file__).parent
    posting = {
        path.name
        for path in actions.glob("*.py")
        if re.search(
            r'"E1[56]"|"E10c"|debit\(\s*(Account)?Kind\.GOODWILL', path.read_text()
        )
    }

    assert posting == {"adjustments.py", "returned_late.py"}
