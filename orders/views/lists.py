"""The dashboard and the lists of orders."""

from django.db.models import F, QuerySet, Sum
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

import accounts.actions
from accounts.http import AuthedRequest
from accounts.models import Side, User
from gigstream.core import clock, csv, money
from gigstream.core.http import render_page_or_fragment
from orders.dashboard import figures, first_steps
from orders.finding import SORTS, Wish
from orders.models import Order
from orders.status import HOLDS_MONEY, WORKING, OrderStatus, Role
from orders.wording import row

MOST_EXPORTED = 5000


@require_safe
def listing(request: AuthedRequest) -> HttpResponse:
    """My orders as buyer or as seller; pages go by key, not by number."""
    wish = Wish.read(request.GET)
    page = wish.page(request.user)
    context = {
        "wish": wish,
        "side": wish.side,
        "tabs": wish.tabs(request.user),
        "sorts": SORTS,
        "rows": [row(order, request.user) for order in page.rows],
        "older": page.older and wish.query(before=page.older),
        "other_side": wish.query(side=_across(wish.side), tab=""),
    }
    return render_page_or_fragment(
        request, "orders/list.html", "orders/_list.html", context
    )


def _across(side: str) -> str:
    return Side.BUYING if side == Side.SELLING else Side.SELLING


@require_safe
def export(request: AuthedRequest) -> StreamingHttpResponse:
    """The orders of the list as a table, up to the 5,000 that stand first in it."""
    wish = Wish.read(request.GET)
    found = wish.in_order(wish.apply(wish.of(request.user)))
    orders = found.select_related("buyer", "seller").defer("terms")[:MOST_EXPORTED]
    head: csv.Row = [
        gettext("Reference"),
        gettext("Title"),
        gettext("Package"),
        gettext("Status"),
        gettext("With"),
        gettext("Currency"),
        gettext("Price"),
        gettext("Service fee"),
        gettext("Total"),
        gettext("Commission"),
        # Moments as in the statement: a table has no clock of its reader's.
        *(
            f"{moment} (UTC)"
            for moment in (
                gettext("Placed"),
                gettext("Paid"),
                gettext("Due"),
                gettext("Completed"),
            )
        ),
    ]
    rows = [_line(order, request.user) for order in orders]
    return csv.download([head, *rows], name=f"orders-{wish.side}.csv")


def _line(order: Order, user: User) -> csv.Row:
    """A seller reads what they earn of it, a buyer what they pay."""
    is_buyer = order.buyer_id == user.pk
    amounts = [
        order.whole_price,
        order.whole_fee if is_buyer else None,
        order.whole_total if is_buyer else None,
        None if is_buyer else order.whole_commission,
    ]
    moments = [order.placed_at, order.paid_at, order.due_at, order.completed_at]
    return [
        order.reference,
        order.title,
        order.get_tier_display(),
        order.get_status_display(),
        order.other_side(user).full_name,
        order.currency.upper(),
        *(
            "" if each is None else money.exact(each, order.currency)
            for each in amounts
        ),
        *(f"{moment:%Y-%m-%d %H:%M}" if moment else "" for moment in moments),
    ]


@require_safe
def dashboard(request: AuthedRequest) -> HttpResponse:
    """What needs me, first; then how the last month went, and the latest orders."""
    user = request.user
    side = user.last_side if user.is_seller else Side.BUYING
    shown = figures(user, side, at=clock.now())
    context = {
        "side": side,
        "needs_you": [row(order, user) for order in _waiting_for(user)[:10]],
        "rows": [
            row(order, user) for order in _of_side(user, side).order_by("-pk")[:5]
        ],
        "figures": shown,
        "first_steps": first_steps(user, side),
    }
    if side == Side.SELLING:
        context["held"] = _held(user, shown.currency)
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
    disputed = OrderStatus.DISPUTED
    moving = Order.objects.filter(on_hold=False)
    selling = moving.filter(seller=user, status__in=[*WORKING, disputed])
    waiting = [OrderStatus.PENDING, OrderStatus.DELIVERED, disputed]
    buying = moving.filter(buyer=user, status__in=waiting)
    found = [
        *selling.not_waiting_for_others(Role.SELLER).with_people()[:50],
        *buying.not_waiting_for_others(Role.BUYER).with_people()[:50],
    ]
    return sorted(found, key=lambda order: order.deadline or order.placed_at)


def _held(user: User, currency: str) -> int:
    """What buyers have paid for this person's work that is not finished; one query."""
    mine = Order.objects.filter(seller=user, currency=currency)
    held = mine.filter(status__in=HOLDS_MONEY)
    return held.aggregate(sum=Sum(F("price") + F("added_price")))["sum"] or 0
