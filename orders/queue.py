"""A seller's queue: with as many orders open as they want at once, their gigs close by themselves."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from accounts.models import User
from gigstream.core.errors import NotAllowed
from orders.models import Order
from orders.status import OPEN


@dataclass(frozen=True, slots=True, kw_only=True)
class Queue:
    """How many orders are open, and how many the seller takes at most; None: any number."""

    open: int
    most: int | None

    @property
    def is_full(self) -> bool:
        return self.most is not None and self.open >= self.most


def queue_of(seller: User) -> Queue:
    """One query. An order that waits for its payment counts: it may be paid any moment."""
    open_orders = Order.objects.filter(seller=seller, status__in=OPEN)
    return Queue(open=open_orders.count(), most=seller.most_open_orders)


def is_closed(seller: User) -> bool:
    """Whether nobody can order now; asks nothing where the seller set no limit."""
    return seller.most_open_orders is not None and queue_of(seller).is_full


def refuse_full_queue(seller: User) -> None:
    if is_closed(seller):
        text = _("%(seller)s has enough to do at the moment. Please come back later.")
        raise NotAllowed(text % {"seller": seller.get_short_name()})
