"""Looking at orders and their files."""

from uuid import UUID

from django.http import StreamingHttpResponse
from django.shortcuts import get_object_or_404
from ninja import Query

from accounts.api_access import needs
from accounts.http import AuthedRequest
from gigstream.core import client, clock
from gigstream.core.api import Page
from gigstream.core.api.paging import encoded
from gigstream.core.api.routes import FILE
from orders.api.common import READ, find, routes, whole
from orders.downloads import hand_over
from orders.finding import Wish
from orders.models import OrderFile
from orders.schemas import OrderOut, OrderRow, OrderSearch


@routes.get("/orders", auth=needs(READ), answer=Page[OrderRow])
def list_orders(request: AuthedRequest, wanted: Query[OrderSearch]) -> Page[OrderRow]:
    """Your orders, as their buyer or as their seller."""
    wish = Wish(
        side=wanted.side,
        tab=wanted.status,
        q=wanted.q.strip(),
        sort=wanted.sort,
        before=str(wanted.after_key or ""),
    )
    page = wish.page(request.user, size=wanted.limit)
    return Page[OrderRow](
        items=[OrderRow.of(order, request.user) for order in page.rows],
        next=encoded(page.older) if page.older else None,
    )


@routes.get("/orders/{uuid:pk}", auth=needs(READ), answer=OrderOut)
def get_order(request: AuthedRequest, pk: UUID) -> OrderOut:
    """All of an order of yours."""
    return whole(request, find(request, pk))


@routes.get("/files/{uuid:pk}", auth=needs(READ), answer=FILE)
def get_file(request: AuthedRequest, pk: UUID) -> StreamingHttpResponse:
    """A private file of one of your orders, as a download."""
    file = get_object_or_404(OrderFile.objects.visible_to(request.user), pk=pk)
    address = client.address(request)
    return hand_over(file, to=request.user, address=address, now=clock.now())
