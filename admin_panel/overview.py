"""The first page of the admin: what needs somebody, and how the marketplace does.

What it adds up comes from the daily figures, what it counts is counted up to a limit, so
that it costs the same with a million orders as with ten.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet, Sum
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.http import require_safe

from accounts import roles
from accounts.models import Report
from admin_panel import counters, figures
from admin_panel.income import DAYS, PERIODS, Revenue, bars, revenue
from admin_panel.models import DailyFigure
from admin_panel.site import site
from admin_panel.todo import seen_by
from gigs.models import Category, Gig, GigChange
from gigs.paging import counts
from gigs.status import GigStatus
from gigstream.core import clock, csv, jobs
from gigstream.core.models import AuditEntry, PlatformSetting, StaffTask
from gigstream.core.money import CHARGED, exact
from orders.models import Dispute
from orders.status import OrderStatus
from payments.models import Payout, Reconciliation
from payments.models.stripe import UNAPPLIED
from payments.status import PayoutStatus

MOST = 100
"""Nobody needs to know how many more wait than these."""

SHOWN = 10
MONTH = timedelta(days=30)
MAY_SEE_MONEY = "payments.view_reconciliation"


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """So many things wait at a desk."""

    label: str
    address: str
    count: int

    @property
    def text(self) -> str:
        return f"{MOST - 1}+" if self.count >= MOST else str(self.count)


@site().page("", name="index")
@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    now, user = clock.now(), request.user
    sees_money = user.has_perm(MAY_SEE_MONEY)
    series = revenue(period=_period(request), currency=_currency(request), now=now)
    sums, stands = _month(now), _stands()
    context = {
        **site().each_context(request),
        "title": gettext("Overview"),
        "needs": list(_needs(user)),
        "revenue": series if sees_money else None,
        "bars": bars(series) if sees_money else [],
        "people": _people(sums, stands),
        "funnel": _funnel(sums),
        "states": _states(stands) if user.has_perm("orders.view_order") else [],
        "categories": list(_categories(series.currency, now)) if sees_money else [],
        "activity": _activity() if user.has_perm("core.view_auditentry") else [],
        "zone": figures.zone().key,
    }
    return TemplateResponse(request, "admin/index.html", context)


@site().page("revenue.csv", name="revenue_csv")
@require_safe
def revenue_csv(request: HttpRequest) -> HttpResponseBase:
    """The chart as a table, in whole units with their decimals."""
    series = revenue(
        period=_period(request), currency=_currency(request), now=clock.now()
    )
    return csv.download(_lines(series), name=f"revenue-{series.period}.csv")


def _lines(series: Revenue) -> Iterator[csv.Row]:
    yield ["from", "currency", "gross", "fees", "refunds", "net"]
    for point in series.points:
        sums = point.sums
        amounts = [sums.gross, sums.fees, sums.refunds, sums.net]
        written = [exact(amount, series.currency) for amount in amounts]
        yield [point.day.isoformat(), series.currency.upper(), *written]


def _period(request: HttpRequest) -> str:
    asked = request.GET.get("period", "")
    return asked if asked in PERIODS else DAYS


def _currency(request: HttpRequest) -> str:
    """The marketplace's, unless another one that it had is asked for."""
    asked = request.GET.get("currency", "")
    return asked if asked in CHARGED else PlatformSetting.objects.in_force().currency


# --- What needs somebody -----------------------------------------------------------


Rows = QuerySet[Any]


def _moderation(_person: Any) -> list[Rows]:
    return [
        Gig.objects.filter(status=GigStatus.IN_REVIEW),
        GigChange.objects.filter(refusal=""),
        Report.objects.open(),
    ]


DESKS: list[tuple[str, str | Promise, Callable[[Any], list[Rows]]]] = [
    (
        "orders_dispute_changelist",
        gettext_lazy("Disputes to decide"),
        lambda _person: [Dispute.objects.filter(status=Dispute.Status.WITH_STAFF)],
    ),
    (
        "payments_payout_changelist",
        gettext_lazy("Withdrawals to approve"),
        lambda _person: [Payout.objects.filter(status=PayoutStatus.REVIEW)],
    ),
    ("moderation", gettext_lazy("Cases to moderate"), _moderation),
    (
        "django_tasks_database_dbtaskresult_changelist",
        gettext_lazy("Failed tasks"),
        lambda _person: [jobs.dead_letters()],
    ),
    (
        "payments_unappliedpayment_changelist",
        gettext_lazy("Unapplied payments"),
        lambda _person: [
            StaffTask.objects.open().filter(target__startswith=f"{UNAPPLIED}:")
        ],
    ),
    (
        "core_stafftask_changelist",
        gettext_lazy("Other things to decide"),
        lambda person: [StaffTask.objects.open().filter(seen_by(person))],
    ),
]
BOOKS = "payments_reconciliation_changelist"


def _needs(user: Any) -> Iterator[Need]:
    """Each desk that this person may open and at which something waits; one query counts."""
    if roles.may_open(user, BOOKS) and _books_differ():
        differ = gettext("Books and Stripe differ")
        yield Need(label=differ, address=reverse(f"admin:{BOOKS}"), count=1)
    if roles.may_open(user, "health") and counters.are_wrong():
        wrong = gettext("Counters that are wrong")
        yield Need(label=wrong, address=reverse("admin:health"), count=1)
    open_to = [
        (page, label, rows(user))
        for page, label, rows in DESKS
        if roles.may_open(user, page)
    ]
    asked = [
        rows.order_by().values("pk")[:MOST] for *_, many in open_to for rows in many
    ]
    found = iter(counts([each.query.sql_with_params() for each in asked]))
    for page, label, many in open_to:
        if number := min(MOST, sum(next(found) for _rows in many)):
            address = reverse(f"admin:{page}")
            yield Need(label=str(label), address=address, count=number)


def _books_differ() -> bool:
    latest = Reconciliation.objects.latest_one()
    return latest is not None and not latest.is_right


# --- How it does -------------------------------------------------------------------


def _month(now: datetime) -> Counter[str]:
    """The counts of the last 30 days, and with `-` in front those of the 30 before."""
    today = figures.today(now)
    start, before = today - MONTH + figures.DAY, today - 2 * MONTH + figures.DAY
    late = Q(day__gte=start)
    rows = DailyFigure.objects.filter(currency="", day__range=(before, today))
    found: Counter[str] = Counter()
    for row in rows.values("metric").annotate(
        late=Sum("amount", filter=late, default=0),
        early=Sum("amount", filter=~late, default=0),
    ):
        found[row["metric"]] = row["late"]
        found[f"-{row['metric']}"] = row["early"]
    return found


def _people(
    sums: Counter[str], stands: dict[str, int]
) -> list[tuple[str, int, int | None]]:
    """What to say, how many, and how many in the 30 days before."""
    return [
        (gettext("New"), sums[figures.JOINED], sums[f"-{figures.JOINED}"]),
        (gettext("Here lately"), stands.get(figures.ACTIVE, 0), None),
        (gettext("Began to sell"), sums[figures.SELLERS], sums[f"-{figures.SELLERS}"]),
        (gettext("Verified"), sums[figures.VERIFIED], sums[f"-{figures.VERIFIED}"]),
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A step of the way from looking to buying; `share` is of the step before, in basis points.

    Orders come without a look too, as those of custom offers: of fewer looks they are no share.
    """

    label: str
    count: int
    share: int | None


def _funnel(sums: Counter[str]) -> list[Step]:
    labels = {
        figures.VIEWS: gettext("Looked at a gig"),
        figures.CHECKOUTS: gettext("Placed an order"),
        figures.PAID: gettext("Paid it"),
    }
    steps: list[Step] = []
    for metric, label in labels.items():
        count, before = sums[metric], steps[-1].count if steps else 0
        share = round(count * 10_000 / before) if before >= max(count, 1) else None
        steps.append(Step(label=label, count=count, share=share))
    return steps


def _stands() -> dict[str, int]:
    """How things stood when the figures were last added up."""
    rows = DailyFigure.objects.filter(metric__startswith=figures.SNAPSHOT)
    newest = rows.order_by("-day").values("day")[:1]
    return dict(rows.filter(day=newest).values_list("metric", "amount"))


def _states(stands: dict[str, int]) -> list[tuple[OrderStatus, int]]:
    return [
        (state, stands.get(f"{figures.STATE}{state.value}", 0)) for state in OrderStatus
    ]


def _categories(currency: str, now: datetime) -> Iterator[tuple[str, int]]:
    """The kinds of work for which most was paid in 30 days."""
    start = figures.today(now) - MONTH + figures.DAY
    rows = DailyFigure.objects.filter(
        metric__startswith=figures.CATEGORY, currency=currency, day__gte=start
    )
    sums = rows.order_by().values("metric").annotate(sum=Sum("amount"))
    best = list(sums.order_by("-sum")[:SHOWN])
    keys = [row["metric"].removeprefix(figures.CATEGORY) for row in best]
    names = {
        str(pk): name
        for pk, name in Category.objects.filter(pk__in=keys).values_list("pk", "name")
    }
    for key, row in zip(keys, best, strict=True):
        yield names.get(key, gettext("A category that is gone")), row["sum"]


def _activity() -> QuerySet[AuditEntry]:
    return AuditEntry.objects.select_related("actor").order_by("-at", "-id")[:SHOWN]
