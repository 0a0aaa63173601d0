"""Issuing papers: once for each payment, sale and refund, in numbers without a gap."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from gigstream.core.jobs import enqueue
from payments.models import (
    AccountKind,
    LedgerEntry,
    Paper,
    PaperCounter,
    Payment,
    Purpose,
    Refund,
    Series,
)
from payments.status import PaymentStatus, RefundStatus

Line = dict[str, Any]


def issue_receipt(*, payment_id: UUID, now: datetime) -> Paper | None:
    """Confirm to a buyer what they paid; None for a payment that has not succeeded."""
    payment = _payments().get(pk=payment_id)
    if payment.status != PaymentStatus.SUCCEEDED or payment.succeeded_at is None:
        return None
    card = f"{payment.card_brand.title()} •••• {payment.card_last4}".strip()
    content = _parties(payment) | {
        "lines": _lines(payment.price, payment.fee),
        "total": payment.amount,
        "purpose": payment.purpose,
        "card": card if payment.card_last4 else "",
        "paid_at": payment.succeeded_at.isoformat(),
    }
    return _issue(Series.RECEIPT, payment.pk, payment.order_id, content, now=now)


def issue_invoice(*, order_id: UUID, now: datetime) -> Paper | None:
    """Bill what an order was when it was completed, with all fees; None where nothing was left.

    That is what E2 posted, whenever this is written: what goes back later has its own paper.
    """
    legs = LedgerEntry.objects.filter(transaction__key=f"done:{order_id}")
    done = dict(legs.values_list("account__kind", "amount"))
    if not done:
        return None
    price, fee = done.get(AccountKind.ESCROW, 0), done.get(AccountKind.FEE_DEFERRED, 0)
    commission = -done.get(AccountKind.COMMISSION, 0)
    payment = _payments().get(
        order_id=order_id, purpose=Purpose.ORDER, status=PaymentStatus.SUCCEEDED
    )
    content = _parties(payment) | {
        "lines": _lines(price, fee),
        "total": price + fee,
        "commission": commission,
        "earned": price - commission,
    }
    return _issue(Series.INVOICE, order_id, order_id, content, now=now)


def issue_credit_note(*, refund_id: UUID, now: datetime) -> Paper | None:
    """Confirm to a buyer what went back; None for money that paid no order."""
    refund = Refund.objects.get(pk=refund_id)
    if refund.payment_id is None or refund.status != RefundStatus.SUCCEEDED:
        return None
    payment = _payments().get(pk=refund.payment_id)
    receipt = Paper.objects.filter(series=Series.RECEIPT, subject=payment.pk).first()
    content = _parties(payment) | {
        "lines": _lines(refund.price, refund.fee),
        "total": refund.amount,
        "receipt": receipt.name if receipt else "",
        "reason": refund.reason,
    }
    return _issue(Series.CREDIT_NOTE, refund.pk, payment.order_id, content, now=now)


@transaction.atomic
def _issue(
    series: Series,
    subject: UUID,
    order_id: UUID,
    content: dict[str, Any],
    *,
    now: datetime,
) -> Paper:
    """Write the next paper of a series, unless its subject has one; then that is returned."""
    PaperCounter.objects.get_or_create(series=series)
    counter = PaperCounter.objects.select_for_update().get(series=series)
    if earlier := Paper.objects.filter(series=series, subject=subject).first():
        return earlier
    counter.last += 1
    counter.save(update_fields=["last"])
    paper = Paper.objects.create(
        series=series,
        number=counter.last,
        subject=subject,
        order_id=order_id,
        content=content,
        issued_at=now,
    )
    if series != Series.INVOICE:
        enqueue("payments.tasks.mail_paper", paper_id=paper.pk)
    return paper


def _payments() -> QuerySet[Payment]:
    return Payment.objects.select_related("order__buyer", "order__seller")


def _parties(payment: Payment) -> dict[str, Any]:
    order = payment.order
    return {
        "buyer": order.buyer.full_name,
        "buyer_email": order.buyer.email,
        "seller": order.seller.full_name,
        "order": order.reference,
        "title": order.title,
        "currency": payment.currency,
    }


def _lines(price: int, fee: int) -> list[Line]:
    lines = [{"kind": "price", "amount": price}, {"kind": "fee", "amount": fee}]
    return [line for line in lines if line["amount"]]
