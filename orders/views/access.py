"""How every page finds its order: a party to it sees it, for anybody else it does not exist."""

from uuid import UUID

from django.db.models import Exists, OuterRef
from django.shortcuts import get_object_or_404

from accounts.http import AuthedRequest
from orders.models import Order, Review


def get_order(request: AuthedRequest, pk: UUID) -> Order:
    """With its people, and whether there are reviews: one's own, and any to read."""
    reviews = Review.objects.filter(order=OuterRef("pk"))
    orders = Order.objects.visible_to(request.user).with_people()
    noted = orders.annotate(
        has_own_review=Exists(reviews.filter(author=request.user)),
        has_shown_review=Exists(reviews.filter(published_at__isnull=False)),
    )
    return get_object_or_404(noted, pk=pk)
