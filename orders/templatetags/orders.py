"""What pages of the apps below show of orders."""

from typing import Any

from django import template
from django.db.models import F

from accounts.models import User
from gigs.models import Gig
from orders.models import Order
from orders.queue import Queue, is_closed, queue_of
from orders.records import record_of
from orders.status import OPEN, OrderStatus
from orders.wording import row

register = template.Library()

SHOWN = 3


@register.simple_tag
def orders_in_queue(gig: Gig) -> int:
    """How many orders of a gig its seller is at work on; one query."""
    at_work = [OrderStatus.IN_PROGRESS, OrderStatus.REVISION]
    return Order.objects.filter(gig=gig, status__in=at_work).count()


@register.inclusion_tag("orders/_under_way.html")
def orders_under_way(person: User) -> dict[str, Any]:
    """What somebody buys or sells right now, the most urgent first; one query."""
    mine = Order.objects.visible_to(person).filter(status__in=OPEN)
    soonest = mine.with_people().order_by(F("due_at").asc(nulls_last=True), "pk")
    return {"rows": [row(order, person) for order in soonest[:SHOWN]]}


@register.simple_tag
def seller_queue(person: User) -> Queue:
    """The open orders of a seller, and how many they take at once; one query."""
    return queue_of(person)


@register.filter
def is_full(person: User) -> bool:
    """Whether a seller takes no more orders now; a query only where there is a limit."""
    return is_closed(person)


@register.inclusion_tag("orders/_record.html")
def seller_record(person: User) -> dict[str, Any]:
    """Completed orders, on-time rate and repeat buyers; one query."""
    return {"record": record_of(person)}
