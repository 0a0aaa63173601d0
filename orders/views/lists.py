"""The dashboard and the lists of orders."""

from uuid import UUID

from django.db.models import QuerySet, Sum
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

import accounts.actions
from accounts.http import AuthedRequest
from accounts.models import Side, User
from gigstream.core import clock
from orders import wording
from orders.dashboard import figures, first_steps
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
    """What needs me, first; then how the last month went, and the latest orders."""
    user = request.user
    side = user.last_side if user.is_seller else Side.BUYING
    context = {
        "side": side,
        "needs_you": [_row(order, user) for order in _waiting_for(user)[:10]],
        "rows": [
            _row(order, user) for order in _of_side(user, side).order_by("-pk")[:5]
        ],
        "figures": figures(user, side, at=clock.now()),
        "first_steps": first_steps(user, side),
    }
    if side == Side.SELLING:
        context["held"] = _held(user)
    return render(request, "orders/dashboard.html", context)


@require_POST
def choose_side(request: AuthedRequest) -> HttpResponse:
    """Look at the other half of the dashboard, and begin there next time."""
    side = request.POST.get("side", "")
    if side in Side.values:
        accounts.actions.look_at(user_id=request.user.pk, side=Side(side))
    return redirect("orders:dashboard")


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


def _held(user: User) -> int:
    """What buyers have paid for this person's work that is not finished; one query."""
    held = Order.objects.filter(seller=user, status__in=HOLDS_MONEY)
    return held.aggregate(sum=Sum("price"))["sum"] or 0


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
