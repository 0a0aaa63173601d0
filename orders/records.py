"""A seller's record: what their completed orders say of them. One query, however many."""

from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef, Q, Sum

from accounts.models import User
from orders.models import Delivery, Order
from orders.status import OrderStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    completed: int
    on_time: int
    buyers: int
    repeat_buyers: int

    @property
    def on_time_percent(self) -> int | None:
        return self.on_time * 100 // self.completed if self.completed else None

    @property
    def repeat_percent(self) -> int | None:
        return self.repeat_buyers * 100 // self.buyers if self.buyers else None


def record_of(seller: User) -> Record:
    """On time is an order whose first delivery came by the agreed moment."""
    done = Order.objects.filter(seller=seller, status=OrderStatus.COMPLETED)
    punctual = Delivery.objects.filter(
        order=OuterRef("pk"), number=1, at__lte=OuterRef("due_at")
    )
    per_buyer = (
        done.annotate(was_on_time=Exists(punctual))
        .values("buyer")
        .annotate(times=Count("pk"), punctual=Count("pk", filter=Q(was_on_time=True)))
        .order_by()
    )
    totals = per_buyer.aggregate(
        completed=Sum("times", default=0),
        on_time=Sum("punctual", default=0),
        buyers=Count("buyer"),
        repeat_buyers=Count("buyer", filter=Q(times__gte=2)),
    )
    return Record(**totals)
