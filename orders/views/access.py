"""How every page finds its order: a party to it sees it, for anybody else it does not exist."""

from uuid import UUID

from django.shortcuts import get_object_or_404

from accounts.http import AuthedRequest
from orders.models import Order


def get_order(request: AuthedRequest, pk: UUID) -> Order:
    orders = Order.objects.visible_to(request.user).with_people()
    return get_object_or_404(orders, pk=pk)
