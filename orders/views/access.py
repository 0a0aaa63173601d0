"""How every page finds its order: a party to it sees it, for anybody else it does not exist."""

from uuid import UUID

from django.db.models import Exists, OuterRef
from django.shortcuts import get_object_or_404

from accounts.http import AuthedRequest
from gigstream.core import clock
from orders.models import Order, Review
from payments.models import Earning


def get_order(request: AuthedRequest, pk: UUID) -> Order:
    """With its people, and what its page asks for.

    That is whether there are reviews, one's own and any to read, and whether the money
    that it brought waits to clear.
    """
    earnings = Earning.objects.clearing(at=clock.now())
    reviews = Review.objects.filter(order=OuterRef("pk"))
    orders = Order.objects.visible_to(request.user).with_people()
    noted = orders.annotate(
        has_own_review=Exists(reviews.filter(author=request.user)),
        has_shown_review=Exists(reviews.filter(published_at__isnull=False)),
        is_clearing=Exists(earnings.filter(order=OuterRef("pk"))),
    )
    return get_object_or_404(noted, pk=pk)
