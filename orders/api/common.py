"""What all operations of orders share: their heading, finding an order, and telling it."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import Prefetch
from django.shortcuts import get_object_or_404

from accounts.http import AuthedRequest
from accounts.models import Scope
from gigstream.core import clock
from gigstream.core.api import Routes
from orders.models import Order, OrderFile
from orders.schemas import (
    AnswerOut,
    DeliveryOut,
    EventOut,
    FileOut,
    OrderOut,
    OrderRow,
    PaymentOut,
)
from payments.models import Payment

routes = Routes("Orders")
READ, ORDERS, MONEY = Scope.READ, Scope.ORDERS, Scope.MONEY


def find(request: AuthedRequest, pk: UUID) -> Order:
    """A party to it sees it; for anybody else it does not exist."""
    orders = Order.objects.visible_to(request.user).with_people()
    return get_object_or_404(orders, pk=pk)


def whole(request: AuthedRequest, order: Order) -> OrderOut:
    files = Prefetch("files", OrderFile.objects.order_by("id"))
    deliveries = order.deliveries.prefetch_related(files).order_by("-number")
    answers = order.answers.select_related("file").order_by("position")
    return OrderOut(
        **dict(OrderRow.of(order, request.user)),
        delivery_days=order.delivery_days,
        revisions_agreed=order.revisions_agreed,
        revisions_used=order.revision_count,
        paid_at=order.paid_at,
        due_at=order.due_at,
        delivered_at=order.delivered_at,
        review_ends_at=order.review_ends_at,
        completed_at=order.completed_at,
        on_hold=order.on_hold,
        dispute=order.dispute_id,
        deliveries=[DeliveryOut.of(each) for each in deliveries],
        answers=[
            AnswerOut(
                question=each.question,
                text=each.text,
                file=FileOut.of(each.file) if each.file else None,
            )
            for each in answers
        ],
        history=[
            EventOut(
                status=event.to_status,
                role=event.role,
                reason=event.reason,
                at=event.at,
            )
            for event in order.events.order_by("at", "id")
        ],
    )


def do(request: AuthedRequest, order: Order, verb: Any, **said: Any) -> OrderOut:
    verb(order_id=order.pk, actor=request.user, now=clock.now(), **said)
    return whole(request, find(request, order.pk))


def payment_out(payment: Payment) -> PaymentOut:
    return PaymentOut.of(payment, publishable_key=settings.STRIPE_PUBLISHABLE_KEY)
