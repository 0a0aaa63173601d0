"""The dashboard and the lists of orders."""

from uuid import UUID

from django.db.models import QuerySet, Sum
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.http import AuthedRequest
from accounts.models import User
from gigstream.core import clock
from orders import wording
from orders.models import Order
from orders.status import HOLDS_MONEY, WORKING, OrderStatus, Role

PAGE = 20


@require_safe
def listing(request: AuthedRequest) -> HttpResponse:
    """My orders, newest first, as buyer or as seller; pages go by key, not by number."""
    side = "selling" if request.GET.get("side") == "selling" else "buying"
    orders = _of_side(request.user, side)
    if before := _uuid(request.GET.get("before", "")):
        orders = orders.filter(pk__lt=before)
    found = list(orders.order_by("-pk")[: PAGE + 1])
    context = {
        "side": side,
        "rows": [_row(order, request.user) for order in found[:PAGE]],
        "older": found[PAGE - 1].pk if len(found) > PAGE else None,
    }
    return render(request, "orders/list.html", context)


@require_safe
def dashboard(request: AuthedRequest) -> HttpResponse:
    """What needs me, first; then the latest orders, and what there is to do next."""
    user = request.user
    mine = Order.objects.visible_to(user).with_people()
    context = {
        "needs_you": [_row(order, user) for order in _waiting_for(user)[:10]],
        "rows": [_row(order, user) for order in mine.order_by("-pk")[:5]],
        "figures": _figures(user),
    }
    return render(request, "orders/dashboard.html", context)


def _of_side(user: User, side: str) -> QuerySet[Order]:
    mine = Order.objects.visible_to(user).with_people()
    return mine.filter(seller=user) if side == "selling" else mine.filter(buyer=user)


def _waiting_for(user: User) -> list[Order]:
    """Orders in which it is this person's turn, the most urgent first."""
    selling = Order.objects.filter(seller=user, status__in=WORKING)
    buying = Order.objects.filter(
        buyer=user, status__in=[OrderStatus.PENDING, OrderStatus.DELIVERED]
    )
    found = [*selling.with_people()[:50], *buying.with_people()[:50]]
    return sorted(found, key=lambda order: order.deadline or order.placed_at)


def _figures(user: User) -> dict[str, object]:
    """Open orders on both sides, and what is held for this person's work; one query."""
    held = Order.objects.visible_to(user).filter(status__in=HOLDS_MONEY)
    rows = list(held.values("seller", "currency").annotate(sum=Sum("price"))[:50])
    selling = [row for row in rows if row["seller"] == user.pk]
    return {
        "held": sum(row["sum"] for row in selling),
        "currency": selling[0]["currency"] if selling else "usd",
    }


def _row(order: Order, user: User) -> dict[str, object]:
    role = order.role_of(user) or Role.BUYER
    return {
        "order": order,
        "other": order.other_side(user),
        "is_buyer": role == Role.BUYER,
        "headline": wording.headline(order, role),
        "tone": wording.TONES[OrderStatus(order.status)],
        "is_late": order.is_late(at=clock.now()),
    }


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
