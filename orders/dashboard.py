"""What the dashboard counts: this month beside the one before, and a newcomer's first steps."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, F, OuterRef, Q, Subquery, Sum
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from accounts.models import Side, User
from gigs.models import Gig
from gigstream.core.models import PlatformSetting
from orders.models import Order
from orders.status import OrderStatus
from payments.models import Purpose, Refund

PERIOD = timedelta(days=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A number of the last 30 days, and the same number of the 30 days before."""

    now: int
    before: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """`orders` were paid in the period; `money` was earned by completed ones, or spent.

    It is of the currency in which most of the orders are.
    """

    orders: Figure
    money: Figure
    currency: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstStep:
    text: str
    url_name: str
    is_done: bool


def figures(user: User, side: str, *, at: datetime) -> Figures:
    """One query. What was given back, or a part, is no longer spent, nor earned."""
    selling = side == Side.SELLING
    mine = (
        Order.objects.filter(seller=user)
        if selling
        else Order.objects.filter(buyer=user)
    )
    began, before = at - PERIOD, at - 2 * PERIOD
    given_back = Q(status=OrderStatus.CANCELLED)
    paid = Q(paid_at__gt=began, paid_at__lte=at) & ~given_back
    paid_before = Q(paid_at__gt=before, paid_at__lte=began) & ~given_back
    done = Q(completed_at__gt=began, completed_at__lte=at, status=OrderStatus.COMPLETED)
    done_before = Q(
        completed_at__gt=before, completed_at__lte=began, status=OrderStatus.COMPLETED
    )
    added = F("added_price") - F("added_commission")
    amount = (
        F("price") - F("commission") + added - _returned(F("price") - F("commission"))
        if selling
        else F("total") + F("added_price") + F("added_fee") - _returned(F("amount"))
    )
    found = mine.filter(Q(paid_at__gt=before) | Q(completed_at__gt=before))
    rows = (
        found.values("currency")
        .order_by()
        .annotate(
            orders=Count("pk", filter=paid),
            orders_before=Count("pk", filter=paid_before),
            money=Sum(amount, filter=done if selling else paid),
            money_before=Sum(amount, filter=done_before if selling else paid_before),
        )
    )
    # Amounts of two currencies make no sum; most of the time there is one.
    by_currency = sorted(rows, key=lambda row: row["orders"] + row["orders_before"])
    main: dict[str, Any] = dict(by_currency[-1]) if by_currency else {}
    return Figures(
        orders=Figure(
            now=sum(row["orders"] for row in by_currency),
            before=sum(row["orders_before"] for row in by_currency),
        ),
        money=Figure(now=main.get("money") or 0, before=main.get("money_before") or 0),
        currency=main.get("currency") or PlatformSetting.objects.in_force().currency,
    )


def _returned(amount: Combinable) -> Combinable:
    """What refunds took back of an order and its extras."""
    mine = Refund.objects.filter(payment__order=OuterRef("pk"))
    refunds = mine.exclude(payment__purpose=Purpose.TIP).order_by()
    sums = refunds.values("payment__order").values(sum=Sum(amount))
    return Coalesce(Subquery(sums), 0)


def first_steps(user: User, side: str) -> list[FirstStep]:
    """What a newcomer does first; nothing once all of it is done. At most two queries.

    A seller is no newcomer to the site, and need not buy.
    """
    selling = side == Side.SELLING
    if user.is_seller and not selling:
        return []
    has_profile = bool(user.bio and user.avatar_id)
    profile = FirstStep(
        text=_("Complete your profile"),
        url_name="accounts:settings_profile",
        is_done=has_profile,
    )
    steps = [profile, *(_as_seller(user) if selling else _as_buyer(user))]
    return [] if all(step.is_done for step in steps[1:]) else steps


def _as_seller(user: User) -> list[FirstStep]:
    return [
        FirstStep(
            text=_("Publish your first gig"),
            url_name="gigs:create",
            is_done=Gig.objects.of(user).filter(published_at__isnull=False).exists(),
        ),
        FirstStep(
            text=_("Deliver your first order"),
            url_name="gigs:mine",
            is_done=Order.objects.filter(
                seller=user, delivered_at__isnull=False
            ).exists(),
        ),
    ]


def _as_buyer(user: User) -> list[FirstStep]:
    return [
        FirstStep(
            text=_("Place your first order"),
            url_name="gigs:market",
            is_done=Order.objects.filter(buyer=user, paid_at__isnull=False).exists(),
        )
    ]
