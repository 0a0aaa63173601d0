"""What other fees and timers would have done to the orders of the last 90 days.

Nothing is guessed: fees are computed anew from what each payment was frozen with, and
timers from the moments of each order. The newest orders are looked at, up to a bound, so
that the page costs the same however old the site gets.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Sum
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from gigstream.core.models import Policy
from orders.models import Dispute, Order, OrderEvent, Proposal, Review
from orders.status import OrderStatus, Role
from payments.models import Earning, Payment, Purpose
from payments.status import PaymentStatus

DAYS = 90
MOST = 5000
"""How many orders are looked at, the newest first."""
SHOWN = 25

Orders = QuerySet[Order]


@dataclass(frozen=True, slots=True, kw_only=True)
class Money:
    """What buyers and sellers paid us in one currency, and what it would have been."""

    currency: str
    payments: int
    fees: int
    new_fees: int
    commission: int
    new_commission: int

    @property
    def gain(self) -> int:
        return self.new_fees + self.new_commission - self.fees - self.commission


@dataclass(frozen=True, slots=True, kw_only=True)
class Timer:
    """One timer that is to change, and the orders that it would have touched."""

    name: str
    old: int
    new: int
    effect: StrOrPromise
    orders: list[Order]
    count: int

    @property
    def left_out(self) -> int:
        return self.count - len(self.orders)


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    since: datetime
    looked_at: int
    is_all: bool
    money: list[Money]
    timers: list[Timer]


def preview(old: Policy, new: Policy, *, now: datetime) -> Preview:
    since = now - timedelta(days=DAYS)
    recent = Order.objects.filter(placed_at__gte=since)
    last = recent.order_by("-id").values_list("pk", flat=True)[MOST : MOST + 1].first()
    orders = recent.filter(pk__gt=last) if last else recent
    fees_change = (old.service_fee_bps, old.commission_bps) != (
        new.service_fee_bps,
        new.commission_bps,
    )
    return Preview(
        since=since,
        looked_at=orders.count(),
        is_all=last is None,
        money=_money(orders, new) if fees_change else [],
        timers=[
            _timer(name, orders, getattr(old, name), getattr(new, name))
            for name in TIMERS
            if getattr(old, name) != getattr(new, name)
        ],
    )


def _money(orders: Orders, new: Policy) -> list[Money]:
    """Equal prices are computed once: what is added up are the same whole cents."""
    paid = Payment.objects.filter(
        order__in=orders, status=PaymentStatus.SUCCEEDED
    ).exclude(purpose=Purpose.TIP)
    sums: dict[str, list[int]] = {}
    for row in (
        paid.order_by()
        .values("currency", "price")
        .annotate(count=Count("pk"), fees=Sum("fee"), kept=Sum("commission"))
    ):
        count, price = row["count"], row["price"]
        added = [
            count,
            row["fees"],
            new.service_fee(price) * count,
            row["kept"],
            new.commission(price) * count,
        ]
        known = sums.setdefault(row["currency"], [0] * len(added))
        sums[row["currency"]] = [a + b for a, b in zip(known, added, strict=True)]
    return [
        Money(
            currency=currency,
            payments=count,
            fees=fees,
            new_fees=new_fees,
            commission=kept,
            new_commission=new_kept,
        )
        for currency, (count, fees, new_fees, kept, new_kept) in sorted(sums.items())
    ]


def _timer(name: str, orders: Orders, old: int, new: int) -> Timer:
    effect, find = TIMERS[name]
    found = find(orders, old, new)
    return Timer(
        name=name,
        old=old,
        new=new,
        effect=effect,
        count=found.count(),
        orders=list(found.select_related("buyer", "seller").order_by("-id")[:SHOWN]),
    )


# --- Which orders a timer touches: each gets the orders, the old and the new value --------


def _unpaid(orders: Orders, _old: int, new: int) -> Orders:
    slow = Q(paid_at__gt=F("placed_at") + timedelta(minutes=new))
    return orders.filter(Q(status=OrderStatus.EXPIRED) | slow)


def _by_itself() -> Exists:
    """Accepted by nobody: the time was over."""
    return Exists(
        OrderEvent.objects.filter(
            order=OuterRef("pk"),
            from_status=OrderStatus.DELIVERED,
            to_status=OrderStatus.COMPLETED,
            role=Role.SYSTEM,
        )
    )


def _review_window(orders: Orders, _old: int, new: int) -> Orders:
    slow = Q(completed_at__gt=F("delivered_at") + timedelta(days=new))
    return orders.filter(slow | Q(_by_itself()), delivered_at__isnull=False)


def _extension(orders: Orders, _old: int, _new: int) -> Orders:
    return orders.filter(review_extended_at__isnull=False)


def _late(orders: Orders, old: int, new: int) -> Orders:
    """Work that came, or did not, between the two limits after its day."""
    first, last = sorted((old, new))
    late = Q(delivered_at__gt=F("due_at") + timedelta(hours=first))
    cancelled = Exists(
        OrderEvent.objects.filter(
            order=OuterRef("pk"),
            to_status=OrderStatus.CANCELLED,
            role=Role.BUYER,
            at__gt=OuterRef("due_at") + timedelta(hours=first),
            at__lte=OuterRef("due_at") + timedelta(hours=last),
        )
    )
    return orders.filter(late | Q(cancelled))


def _clearance(orders: Orders, _old: int, _new: int) -> Orders:
    return orders.filter(
        Exists(Earning.objects.filter(order=OuterRef("pk"), tip__isnull=True))
    )


def _proposals(orders: Orders, _old: int, new: int) -> Orders:
    lapsed = Q(status=Proposal.Status.LAPSED)
    slow = Q(answered_at__gt=F("made_at") + timedelta(hours=new))
    asked = Proposal.objects.exclude(kind=Proposal.Kind.EXTRA)
    return orders.filter(Exists(asked.filter(lapsed | slow, order=OuterRef("pk"))))


def _disputes(orders: Orders, old: int, new: int) -> Orders:
    slow = Q(escalated_at__gt=F("opened_at") + timedelta(hours=min(old, new)))
    return orders.filter(Exists(Dispute.objects.filter(slow, order=OuterRef("pk"))))


def _reviews(orders: Orders, _old: int, new: int) -> Orders:
    slow = Review.objects.filter(
        order=OuterRef("pk"),
        written_at__gt=OuterRef("completed_at") + timedelta(days=new),
    )
    return orders.filter(Exists(slow))


Find = Callable[[Orders, int, int], Orders]
TIMERS: dict[str, tuple[StrOrPromise, Find]] = {
    "unpaid_expires_minutes": (
        _("Would have expired at another moment, or before they were paid."),
        _unpaid,
    ),
    "review_window_days": (
        _("Would have been accepted by themselves at another moment, or at all."),
        _review_window,
    ),
    "review_extension_days": (
        _("Were extended by their buyers; the extension would have been another."),
        _extension,
    ),
    "late_grace_hours": (
        _("Were so late that their buyers could have cancelled, or could not."),
        _late,
    ),
    "clearance_days": (
        _("Earned their sellers money that would have cleared on another day."),
        _clearance,
    ),
    "proposal_hours": (
        _("Had a proposal that lapsed at another moment, or before its answer."),
        _proposals,
    ),
    "dispute_hours": (
        _("Had a dispute that would have come to staff at another moment."),
        _disputes,
    ),
    "review_days": (
        _("Have a review that would have come too late."),
        _reviews,
    ),
}
