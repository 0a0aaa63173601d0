"""The business clock of a demo: what comes due in the next days, and moving time there.

Only where the sandbox is; elsewhere the page says so, and nothing can be moved.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.contrib import messages
from django.db.models import Count, QuerySet
from django.db.models.functions import TruncDate
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from accounts.models import User
from admin_panel import figures
from admin_panel.site import site
from gigstream.core import clock
from gigstream.core.errors import NotAllowed, Refusal
from gigstream.core.models import AuditEntry
from orders.models import CustomOffer, Dispute, Order, Proposal, Reminder
from orders.models.orders import REMIND_BEFORE
from orders.status import WORKING, OrderStatus
from payments.models import Earning

MAY_MOVE = "core.change_periodicjob"
STEPS: dict[str, tuple[timedelta, str | Promise]] = {
    "1h": (timedelta(hours=1), gettext_lazy("1 hour")),
    "1d": (timedelta(days=1), gettext_lazy("1 day")),
    "7d": (timedelta(days=7), gettext_lazy("7 days")),
}
AHEAD = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Coming:
    """So many of one kind come due on a day."""

    label: str
    count: int


def advance(*, step: str, actor: User, now: datetime) -> timedelta:
    """Move the business forward by a step, for everybody; the answer is the whole shift."""
    if not actor.has_perm(MAY_MOVE):
        raise NotAllowed(gettext("This is not yours to do."))
    if not clock.can_be_moved():
        raise NotAllowed(gettext("Here time is what it is: only a demo can move it."))
    if step not in STEPS:
        raise NotAllowed(gettext("Time goes forward, by an hour, a day or a week."))
    before = clock.shift()
    try:
        after = clock.advance(STEPS[step][0])
    except ValueError as error:
        raise NotAllowed(gettext("That is too far ahead.")) from error
    AuditEntry.objects.create(
        at=now,
        actor=actor,
        verb="core.move_clock",
        target="core.clock",
        before={"seconds": int(before.total_seconds())},
        after={"seconds": int(after.total_seconds())},
    )
    return after


def coming(now: datetime) -> list[tuple[date, list[Coming]]]:
    """What fires in the next seven days, day by day; what is due already counts for today."""
    first = figures.today(now)
    last = first + (AHEAD - 1) * figures.DAY
    end = datetime.combine(last + figures.DAY, time(), figures.zone())
    found: dict[date, list[Coming]] = defaultdict(list)
    for label, rows, field, before in _timers():
        until = rows.filter(**{f"{field}__lt": end + before}).order_by()
        days = until.values_list(TruncDate(field, tzinfo=figures.zone()))
        sums: dict[date, int] = defaultdict(int)
        for day, count in days.annotate(Count("pk")):
            sums[max(first, day - before)] += count
        for day, count in sums.items():
            found[day].append(Coming(label=str(label), count=count))
    return [(day, found[day]) for day in sorted(found)]


def _timers() -> list[tuple[str, QuerySet[Any], str, timedelta]]:
    """What happens, to which rows, at which moment of theirs, and how long before it."""
    none = timedelta()
    working = Order.objects.filter(status__in=WORKING, on_hold=False)
    delivered = Order.objects.filter(status=OrderStatus.DELIVERED, on_hold=False)
    kinds = Reminder.Kind
    to_deliver = working.filter(delivery_days__gt=1).exclude(
        Reminder.was_sent(kinds.DELIVER, "due_at")
    )
    to_accept = delivered.exclude(Reminder.was_sent(kinds.ACCEPT, "review_ends_at"))
    earnings = Earning.objects.uncleared().filter(frozen_at=None)
    pending = Order.objects.filter(status=OrderStatus.PENDING)
    offers = CustomOffer.objects.filter(status=CustomOffer.Status.OPEN)
    disputes = Dispute.objects.filter(status=Dispute.Status.OPEN, order__on_hold=False)
    return [
        (gettext("Orders to be delivered"), working, "due_at", none),
        (gettext("Reminders to deliver"), to_deliver, "due_at", REMIND_BEFORE),
        (gettext("Orders accepted by themselves"), delivered, "review_ends_at", none),
        (gettext("Reminders to accept"), to_accept, "review_ends_at", REMIND_BEFORE),
        (gettext("Earnings cleared"), earnings, "clears_at", none),
        (gettext("Unpaid orders expired"), pending, "expires_at", none),
        (gettext("Offers expired"), offers, "expires_at", none),
        (gettext("Proposals lapsed"), Proposal.objects.open(), "lapses_at", none),
        (gettext("Disputes handed to staff"), disputes, "answer_by", none),
    ]


@site().page("clock/", name="clock")
@require_safe
def page(request: HttpRequest) -> HttpResponse:
    now = clock.now()
    context = {
        **site().each_context(request),
        "title": gettext("Business clock"),
        "now": now,
        "shift": clock.shift(),
        "can_move": clock.can_be_moved() and request.user.has_perm(MAY_MOVE),
        "is_real": not clock.can_be_moved(),
        "steps": [(name, label) for name, (_by, label) in STEPS.items()],
        "days": coming(now),
        "zone": figures.zone().key,
    }
    return TemplateResponse(request, "admin/clock.html", context)


@site().page("clock/move/", name="clock_move")
@require_POST
def move(request: Any) -> HttpResponseBase:
    try:
        step = request.POST.get("step", "")
        advance(step=step, actor=request.user, now=clock.now())
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        text = gettext("Time has moved on by %(step)s; what is due happens now.")
        messages.success(request, text % {"step": STEPS[step][1]})
    return redirect("admin:clock")
