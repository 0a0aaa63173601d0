"""The verbs by which an order moves on."""

from uuid import UUID

from django.utils.translation import gettext as _
from ninja import Body

from accounts.api_access import needs, refuse_stale_login, require
from accounts.http import AuthedRequest
from gigstream.core import clock
from gigstream.core.api import Problem
from orders import actions
from orders.api.common import MONEY, ORDERS, do, find, routes
from orders.models import Order
from orders.paying import close_payments
from orders.schemas import DeliverIn, OrderOut, ReasonIn, StatusIn, WishesIn
from orders.status import OrderStatus
from orders.uploads import opened


@routes.post("/orders/{uuid:pk}/deliver", auth=needs(ORDERS), answer=OrderOut)
def deliver(request: AuthedRequest, pk: UUID, wanted: Body[DeliverIn]) -> OrderOut:
    """Hand the work to the buyer, with files sent to /api/upload before."""
    return _deliver(request, find(request, pk), wanted.message, wanted.files)


@routes.post("/orders/{uuid:pk}/request-revision", auth=needs(ORDERS), answer=OrderOut)
def request_revision(
    request: AuthedRequest, pk: UUID, wanted: Body[WishesIn]
) -> OrderOut:
    """Send delivered work back, as often as was agreed."""
    order = find(request, pk)
    return do(request, order, actions.request_revision, wishes=wanted.message)


@routes.post("/orders/{uuid:pk}/accept", auth=needs(MONEY), answer=OrderOut)
def accept(request: AuthedRequest, pk: UUID) -> OrderOut:
    """Accept what was delivered: the seller has earned the money."""
    order = find(request, pk)
    refuse_stale_login(request)
    return do(request, order, actions.accept)


@routes.post("/orders/{uuid:pk}/extend-review", auth=needs(ORDERS), answer=OrderOut)
def extend_review(request: AuthedRequest, pk: UUID) -> OrderOut:
    """Take some more days to look at what was delivered; once per order."""
    return do(request, find(request, pk), actions.extend_review)


@routes.post("/orders/{uuid:pk}/cancel", auth=needs(ORDERS), answer=OrderOut)
def cancel(request: AuthedRequest, pk: UUID) -> OrderOut:
    """Take an order back that is not paid."""
    return _cancel_unpaid(request, find(request, pk))


@routes.post("/orders/{uuid:pk}/cancel-late", auth=needs(ORDERS), answer=OrderOut)
def cancel_late(request: AuthedRequest, pk: UUID, wanted: Body[ReasonIn]) -> OrderOut:
    """Stop waiting for work that is late; the buyer gets everything back."""
    order = find(request, pk)
    return do(request, order, actions.cancel_late, reason=wanted.reason)


@routes.post("/orders/{uuid:pk}/decline", auth=needs(ORDERS), answer=OrderOut)
def decline(request: AuthedRequest, pk: UUID, wanted: Body[ReasonIn]) -> OrderOut:
    """Give an order back that cannot be done; the buyer gets everything back."""
    order = find(request, pk)
    return do(request, order, actions.decline, reason=wanted.reason)


@routes.patch("/orders/{uuid:pk}/status", auth=needs(ORDERS), answer=OrderOut)
def change_status(request: AuthedRequest, pk: UUID, wanted: Body[StatusIn]) -> OrderOut:
    """Move an order on, by the verb that leads to this status for whoever asks."""
    order, words = find(request, pk), wanted.message or ""
    aim = OrderStatus(wanted.status)
    if aim == OrderStatus.COMPLETED:
        require(request, MONEY)
        refuse_stale_login(request)
        return do(request, order, actions.accept)
    if aim == OrderStatus.CANCELLED and order.status == OrderStatus.PENDING:
        return _cancel_unpaid(request, order)
    if not words:
        raise Problem(422, _("Say it in words, as `message`."), code="invalid")
    if aim == OrderStatus.DELIVERED:
        return _deliver(request, order, words, wanted.files)
    if aim == OrderStatus.REVISION:
        return do(request, order, actions.request_revision, wishes=words)
    is_buyer = order.buyer_id == request.user.pk
    verb = actions.cancel_late if is_buyer else actions.decline
    return do(request, order, verb, reason=words)


def _deliver(
    request: AuthedRequest, order: Order, message: str, files: list[str]
) -> OrderOut:
    stored = opened(files, by=request.user)
    return do(request, order, actions.deliver, message=message, files=stored)


def _cancel_unpaid(request: AuthedRequest, order: Order) -> OrderOut:
    if order.status == OrderStatus.PENDING and order.buyer_id == request.user.pk:
        close_payments(order, now=clock.now())
    return do(request, order, actions.cancel_unpaid)
