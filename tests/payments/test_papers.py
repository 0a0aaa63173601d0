"""Receipts, invoices and credit notes: to whom, in which numbers, and what they say."""

import re
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django_tasks_db.models import DBTaskResult

import payments.actions
from gigstream.core import clock
from orders import actions
from orders.status import OrderStatus
from payments.models import Paper, Payment, Refund
from payments.printing import printed
from payments.status import RefundStatus
from payments.tasks import issue_missing_papers
from tests.factories import NOON, a_gig, a_seller, a_user, an_order

pytestmark = pytest.mark.django_db


def receipt_of(order):
    return payments.actions.issue_receipt(payment_id=order.payments.get().pk, now=NOON)


def refund_of(order, **fields):
    payments.actions.refund(order_id=order.pk, now=NOON, **fields)
    refund = Refund.objects.get()
    payments.actions.settle_refund(
        refund_id=refund.pk, new=RefundStatus.SUCCEEDED, now=NOON
    )
    return refund


def test_numbers_follow_each_other_whoever_asks_and_however_often():
    orders = [an_order(status=OrderStatus.IN_PROGRESS) for _ in range(3)]

    names = [receipt_of(order).name for order in [*orders, *orders]]

    assert names == ["R-000001", "R-000002", "R-000003"] * 2


def test_a_paper_that_is_not_written_takes_no_number():
    order = an_order(status=OrderStatus.IN_PROGRESS)
    with transaction.atomic():
        receipt_of(order)
        transaction.set_rollback(True)

    assert receipt_of(order).name == "R-000001"


def test_a_receipt_says_what_was_paid_and_for_what():
    receipt = receipt_of(an_order(status=OrderStatus.IN_PROGRESS))

    assert receipt.content["lines"] == [
        {"kind": "price", "amount": 100_00},
        {"kind": "fee", "amount": 10_00},
    ]
    assert receipt.content["total"] == 110_00


def test_an_invoice_bills_what_is_left_after_a_refund(sandbox):
    order = an_order(status=OrderStatus.DELIVERED)
    refund = refund_of(order, price=40_00)
    actions.accept(order_id=order.pk, actor=order.buyer, now=NOON)

    invoice = payments.actions.issue_invoice(order_id=order.pk, now=NOON)
    note = payments.actions.issue_credit_note(refund_id=refund.pk, now=NOON)

    assert invoice.content["total"] == 66_00
    assert invoice.content["earned"] == 60_00
    assert (note.name, note.content["total"]) == ("C-000001", 44_00)


def test_an_invoice_is_of_what_was_earned_whenever_it_is_written():
    order = an_order(status=OrderStatus.COMPLETED)
    payments.actions.refund(order_id=order.pk, price=40_00, now=NOON)

    invoice = payments.actions.issue_invoice(order_id=order.pk, now=NOON)

    assert (invoice.content["total"], invoice.content["earned"]) == (110_00, 100_00)


def test_an_invoice_leaves_out_what_was_taken_for_a_refund_that_was_cancelled():
    order = an_order(status=OrderStatus.DELIVERED)
    [refund] = payments.actions.refund(order_id=order.pk, price=40_00, now=NOON)
    payments.actions.settle_refund(
        refund_id=refund.pk, new=RefundStatus.CANCELED, now=NOON
    )
    actions.accept(order_id=order.pk, actor=order.buyer, now=NOON)

    invoice = payments.actions.issue_invoice(order_id=order.pk, now=NOON)

    assert invoice.content["earned"] == order.earnings.get().amount == 60_00


def test_paying_brings_the_receipt_by_itself_and_by_mail(
    sandbox, mailoutbox, run_tasks
):
    from tests.payments.webhooks import a_paid_order, post_event

    order, payment, event = a_paid_order(sandbox)
    post_event(sandbox, event)
    run_tasks()

    receipt = Paper.objects.get(subject=payment.pk)
    assert receipt.content["card"] == "Visa •••• 4242"
    (mail,) = [m for m in mailoutbox if m.subject.startswith("Receipt R-000001")]
    name, content, media_type = mail.attachments[0]
    assert (mail.to, name, media_type) == (
        [order.buyer.email],
        "R-000001.pdf",
        "application/pdf",
    )
    assert content == printed(receipt, reader=order.buyer), "again is the same mail"


def test_only_its_people_see_a_paper(as_user):
    order = an_order(status=OrderStatus.COMPLETED)
    receipt = receipt_of(order)
    invoice = payments.actions.issue_invoice(order_id=order.pk, now=NOON)
    seen = {
        name: [
            as_user(person).get(paper.get_absolute_url()).status_code
            for paper in (receipt, invoice)
        ]
        for name, person in {
            "buyer": order.buyer,
            "seller": order.seller,
            "stranger": a_user(),
        }.items()
    }

    assert seen == {
        "buyer": [200, 200],
        "seller": [404, 200],
        "stranger": [404, 404],
    }


def test_a_paper_opens_as_a_file_whatever_people_are_called(as_user):
    seller = a_seller(full_name="李小龙 Дмитрий")
    order = an_order(
        status=OrderStatus.IN_PROGRESS,
        gig=a_gig(seller=seller, title='=cmd|"<b>" 🎉'),
        buyer=a_user(full_name="محمد Zoë"),
    )

    answer = as_user(order.buyer).get(receipt_of(order).get_absolute_url())

    assert answer.content.startswith(b"%PDF-")
    assert (
        answer.headers["Content-Disposition"] == 'attachment; filename="R-000001.pdf"'
    )
    assert "sandbox" in answer.headers["Content-Security-Policy"]


def test_the_order_page_links_its_papers(as_user):
    order = an_order(status=OrderStatus.IN_PROGRESS)
    receipt = receipt_of(order)

    page = as_user(order.buyer).get(order.get_absolute_url()).content.decode()

    assert re.search(
        rf'href="{receipt.get_absolute_url()}".*?Receipt R-000001', page, re.S
    )


@pytest.mark.breaks_the_books
def test_no_paper_is_changed_even_by_raw_sql():
    receipt_of(an_order(status=OrderStatus.IN_PROGRESS))

    with pytest.raises(IntegrityError), connection.cursor() as cursor:
        cursor.execute("UPDATE payments_paper SET number = 7")


def test_a_payment_that_failed_has_no_receipt():
    order = an_order()

    assert receipt_of(order) is None
    assert not Payment.objects.get().succeeded_at


def test_papers_whose_task_died_are_written_by_a_job(sandbox, run_tasks):
    order = an_order(status=OrderStatus.COMPLETED)
    refund_of(order, price=10_00)
    DBTaskResult.objects.all().delete()

    with clock.frozen(NOON + timedelta(minutes=59)):
        issue_missing_papers.call()
        assert not DBTaskResult.objects.exists()
    for _ in range(2):
        with clock.frozen(NOON + timedelta(hours=2)):
            issue_missing_papers.call()
            run_tasks()

    papers = Paper.objects.values_list("series", flat=True)
    assert sorted(papers) == ["credit_note", "invoice", "receipt"]
