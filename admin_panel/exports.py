"""Tables to take away: orders, earnings, the ledger, people. Each is noted in the audit log.

Rows come key by key, a few thousand at a time, so that a million of them need no more
memory than one page; keys are made in order, so what comes meanwhile comes last.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.template.response import TemplateResponse
from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from accounts.fresh import fresh_login_required
from accounts.models import User
from admin_panel import figures
from admin_panel.site import site
from gigstream.core import clock, csv
from gigstream.core.forms import PeriodForm
from gigstream.core.models import AuditEntry
from gigstream.core.money import exact
from orders.models import Order
from payments.models import Earning, LedgerEntry

AT_ONCE = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class Export:
    """A table: its head, its rows, which moment of theirs a period is about, and who may take it."""

    label: str | Promise
    permission: str
    moment: str
    head: list[str]
    rows: Callable[[], QuerySet[Any]]
    line: Callable[[Any], csv.Row]


def _moment(at: datetime | None) -> str:
    return at.isoformat(timespec="seconds") if at else ""


def _order(order: Order) -> csv.Row:
    amounts = [order.price, order.fee, order.total, order.commission]
    return [
        str(order.pk),
        order.title,
        order.status,
        order.buyer.email,
        order.seller.email,
        *(exact(each, order.currency) for each in amounts),
        order.currency.upper(),
        _moment(order.placed_at),
        _moment(order.paid_at),
        _moment(order.completed_at),
    ]


def _earning(earning: Earning) -> csv.Row:
    amounts = [earning.amount, earning.given_back]
    return [
        str(earning.pk),
        str(earning.order_id),
        earning.seller.email,
        *(exact(each, earning.currency) for each in amounts),
        earning.currency.upper(),
        _moment(earning.clears_at),
        _moment(earning.cleared_at),
    ]


def _leg(leg: LedgerEntry) -> csv.Row:
    posting = leg.transaction
    return [
        str(leg.pk),
        _moment(posting.at),
        posting.kind,
        posting.key,
        str(posting.order_id or ""),
        leg.account.code,
        exact(leg.amount, posting.currency),
        posting.currency.upper(),
    ]


def _person(user: User) -> csv.Row:
    return [
        str(user.pk),
        user.email,
        user.username or "",
        user.full_name,
        user.standing,
        str(user.country),
        _moment(user.joined_at),
        _moment(user.selling_since),
        _moment(user.seller_verified_at),
    ]


EXPORTS: dict[str, Export] = {
    "orders": Export(
        label=gettext_lazy("Orders"),
        permission="payments.view_ledgertransaction",
        moment="placed_at",
        head=[
            *("id", "title", "status", "buyer", "seller"),
            *("price", "fee", "total", "commission", "currency"),
            *("placed", "paid", "completed"),
        ],
        rows=lambda: Order.objects.select_related("buyer", "seller"),
        line=_order,
    ),
    "earnings": Export(
        label=gettext_lazy("Earnings"),
        permission="payments.view_earning",
        moment="earned_at",
        head=[
            *("id", "order", "seller", "amount", "returned", "currency"),
            *("clears", "cleared"),
        ],
        rows=lambda: Earning.objects.select_related("seller"),
        line=_earning,
    ),
    "ledger": Export(
        label=gettext_lazy("Ledger"),
        permission="payments.view_ledgertransaction",
        moment="transaction__at",
        head=["id", "at", "kind", "key", "order", "account", "amount", "currency"],
        rows=lambda: LedgerEntry.objects.select_related("transaction", "account"),
        line=_leg,
    ),
    "users": Export(
        label=gettext_lazy("People"),
        permission="accounts.appoint_user",
        moment="joined_at",
        head=[
            *("id", "email", "username", "name", "standing", "country"),
            *("joined", "selling since", "verified"),
        ],
        rows=lambda: User.objects.all(),
        line=_person,
    ),
}


def lines(export: Export, period: Mapping[str, datetime]) -> Iterator[csv.Row]:
    """The head, and the rows of a period; its names are lookups, as `PeriodForm` makes them."""
    within = {f"{export.moment}__{name}": at for name, at in period.items()}
    yield list(export.head)
    for row in _by_key(export.rows().filter(**within)):
        yield export.line(row)


def _by_key(rows: QuerySet[Any]) -> Iterator[Model]:
    """All rows in the order of their keys; no transaction and no cursor stays open."""
    last = None
    while True:
        page = rows if last is None else rows.filter(pk__gt=last)
        found = list(page.order_by("pk")[:AT_ONCE])
        yield from found
        if len(found) < AT_ONCE:
            return
        last = found[-1].pk


@site().page("exports/", name="exports")
@require_safe
def page(request: HttpRequest) -> HttpResponse:
    return _show(request, PeriodForm())


def _show(request: HttpRequest, form: PeriodForm, *, status: int = 200) -> HttpResponse:
    context = {
        **site().each_context(request),
        "title": gettext("Exports"),
        "form": form,
        "zone": figures.zone().key,
        "exports": [
            (name, each.label, each.head)
            for name, each in EXPORTS.items()
            if request.user.has_perm(each.permission)
        ],
    }
    return TemplateResponse(request, "admin/exports.html", context, status=status)


@site().page("exports/<str:name>.csv", name="export")
@require_POST
@partial(fresh_login_required, back="admin:exports")
def download(request: Any, name: str) -> HttpResponseBase:
    """Written down before the first line is sent. Who may not take it finds nothing here."""
    export = EXPORTS.get(name)
    if export is None or not request.user.has_perm(export.permission):
        raise Http404
    form = PeriodForm(request.POST)
    if not form.is_valid():
        return _show(request, form, status=422)
    now = clock.now()
    AuditEntry.objects.create(
        at=now,
        actor=request.user,
        verb="core.export",
        target=f"core.export:{name}",
        after={key: f"{day}" for key, day in form.cleaned_data.items() if day},
    )
    rows = lines(export, form.moments(figures.zone()))
    return csv.download(rows, name=f"{name}-{now:%Y-%m-%d}.csv")
