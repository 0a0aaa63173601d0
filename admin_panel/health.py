"""The health page: what works by itself, what it is waiting for, and what can be mended with a button.

A repair is a post of somebody who may, is written into the audit log, and does no harm twice.
"""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.db.models import Count, F, Max, Min, Q
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.http import require_POST, require_safe
from django_tasks_db.models import DBTaskResult

import orders.actions
import payments.actions
from accounts.models import User
from admin_panel import figures
from admin_panel.site import site
from gigs import listings
from gigs.models import Gig
from gigstream.core import clock, jobs
from gigstream.core.errors import NotAllowed, Refusal
from gigstream.core.jobs import schedule
from gigstream.core.jobs.queue import due
from gigstream.core.models import AuditEntry, PeriodicJob
from gigstream.services import stripe
from messaging.models import Message, Participant
from orders.models import Order
from orders.ratings import drifted
from orders.status import OrderStatus
from payments.models import Reconciliation, StripeEvent

MAY_REPAIR = "core.change_periodicjob"
MOST = 100
LATELY = timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class Counter:
    """A number that is kept beside what it counts: `wrong` names rows, `mend` counts them anew."""

    label: str | Promise
    wrong: Callable[[], list[Any]]
    mend: Callable[[list[Any]], None]


# --- Counters ----------------------------------------------------------------------


def _wrong_ratings() -> list[Any]:
    return list(islice(drifted(), MOST))


def _mend_ratings(found: list[Any]) -> None:
    for drift in found:
        if drift.kind == "seller":
            orders.actions.count_ratings(seller_id=drift.pk)
        else:
            seller = Gig.objects.values_list("seller_id", flat=True).get(pk=drift.pk)
            orders.actions.count_ratings(seller_id=seller, gig_id=drift.pk)


def _completed() -> Any:
    done = Q(orders__status=OrderStatus.COMPLETED)
    return Gig.objects.annotate(made=Count("orders", filter=done))


def _wrong_completions() -> list[Any]:
    wrong = _completed().exclude(completed_orders=F("made")).order_by("pk")
    return list(wrong.values_list("pk", flat=True)[:MOST])


def _mend_completions(found: list[Any]) -> None:
    for pk in found:
        done = Order.objects.filter(gig=pk, status=OrderStatus.COMPLETED).count()
        Gig.objects.filter(pk=pk).update(completed_orders=done)


def _wrong_listings() -> list[Any]:
    return listings.out_of_step()[:MOST]


def _unread() -> Any:
    """Each side of a conversation that claims to have read it all, or not, wrongly."""
    theirs = ~Q(conversation__messages__sender=F("user"))
    later = Q(last_read_at=None) | Q(
        conversation__messages__sent_at__gt=F("last_read_at")
    )
    return Participant.objects.annotate(
        made=Count("conversation__messages", filter=theirs & later)
    )


def _wrong_unread() -> list[Any]:
    wrong = _unread().exclude(unread_count=F("made")).order_by("pk")
    return list(wrong.values_list("pk", flat=True)[:MOST])


def _mend_unread(found: list[Any]) -> None:
    for side in Participant.objects.filter(pk__in=found):
        unread = Message.objects.filter(conversation=side.conversation_id)
        unread = unread.exclude(sender=side.user_id)
        if side.last_read_at:
            unread = unread.filter(sent_at__gt=side.last_read_at)
        Participant.objects.filter(pk=side.pk).update(unread_count=unread.count())


def _wrong_figures() -> list[Any]:
    today = figures.today(clock.now())
    return list(islice(figures.differences(today - 30 * figures.DAY, today), MOST))


def _mend_figures(_found: list[Any]) -> None:
    today = figures.today(clock.now())
    figures.repair(today - 30 * figures.DAY, today)


COUNTERS: dict[str, Counter] = {
    "ratings": Counter(
        label=gettext_lazy("Ratings of gigs and sellers"),
        wrong=_wrong_ratings,
        mend=_mend_ratings,
    ),
    "completions": Counter(
        label=gettext_lazy("Completed orders of gigs"),
        wrong=_wrong_completions,
        mend=_mend_completions,
    ),
    "listings": Counter(
        label=gettext_lazy("What the market lists"),
        wrong=_wrong_listings,
        mend=listings.mend,
    ),
    "unread": Counter(
        label=gettext_lazy("Unread messages"), wrong=_wrong_unread, mend=_mend_unread
    ),
    "figures": Counter(
        label=gettext_lazy("Figures of the last 30 days"),
        wrong=_wrong_figures,
        mend=_mend_figures,
    ),
}


# --- Repairs -----------------------------------------------------------------------


def repair(*, what: str, actor: User, now: datetime) -> int:
    """Mend one thing; the answer is how much there was to mend. Twice finds nothing more."""
    if not actor.has_perm(MAY_REPAIR):
        raise NotAllowed(gettext("This is not yours to do."))
    kind, _, name = what.partition(":")
    mend = REPAIRS.get(kind)
    if mend is None:
        raise NotAllowed(gettext("There is no such repair."))
    mended = mend(name, now)
    AuditEntry.objects.create(
        at=now,
        actor=actor,
        verb="core.repair",
        target=f"core.health:{what}"[:120],
        after={"mended": mended},
    )
    return mended


def _run_job(name: str, now: datetime) -> int:
    """Have a job run at once, by whichever worker comes first."""
    if not (found := PeriodicJob.objects.filter(name=name).update(next_run_at=now)):
        raise NotAllowed(gettext("There is no such job."))
    return found


def _retry_tasks(_name: str, _now: datetime) -> int:
    keys = list(jobs.dead_letters().values_list("pk", flat=True)[:MOST])
    for key in keys:
        jobs.retry(key)
    return len(keys)


def _replay(_name: str, now: datetime) -> int:
    waiting = StripeEvent.objects.filter(processed_at=None).count()
    payments.actions.replay_events(now=now)
    return waiting - StripeEvent.objects.filter(processed_at=None).count()


def _reconcile(_name: str, now: datetime) -> int:
    try:
        return payments.actions.reconcile(now=now).lines
    except stripe.StripeFailure as error:
        raise NotAllowed(gettext("Stripe does not answer; try again later.")) from error


def _count_anew(name: str, _now: datetime) -> int:
    if name not in COUNTERS:
        raise NotAllowed(gettext("There is no such counter."))
    found = COUNTERS[name].wrong()
    COUNTERS[name].mend(found)
    return len(found)


REPAIRS: dict[str, Callable[[str, datetime], int]] = {
    "job": _run_job,
    "tasks": _retry_tasks,
    "webhooks": _replay,
    "books": _reconcile,
    "counter": _count_anew,
}


# --- The page ----------------------------------------------------------------------


@site().page("health/", name="health")
@require_safe
def page(request: HttpRequest) -> HttpResponse:
    now = clock.now()
    latest = Reconciliation.objects.latest_one()
    context = {
        **site().each_context(request),
        "title": gettext("Health"),
        "may_repair": request.user.has_perm(MAY_REPAIR),
        "now": now,
        "jobs": schedule.rows(),
        "queue": _queue(now),
        "webhooks": list(_webhooks(now)),
        "waiting": StripeEvent.objects.filter(processed_at=None)[:MOST].count(),
        "bounces": User.objects.exclude(mail_trouble="").order_by()[:MOST].count(),
        "disk": shutil.disk_usage(settings.BASE_DIR),
        "sandbox": settings.SANDBOX,
        "shift": clock.shift(),
        "latest": latest,
        "drift": list((latest.drift or {}).items()) if latest else [],
        "counters": [
            (name, each.label, len(each.wrong())) for name, each in COUNTERS.items()
        ],
        "most": MOST,
    }
    return TemplateResponse(request, "admin/health.html", context)


def _queue(now: datetime) -> dict[str, Any]:
    waiting = due().aggregate(depth=Count("pk"), oldest=Min("enqueued_at"))
    running = DBTaskResult.objects.running().count()
    dead = jobs.dead_letters().order_by()[:MOST].count()
    return {**waiting, "running": running, "dead": dead}


def _webhooks(now: datetime) -> Iterator[tuple[str, int, datetime, bool]]:
    """Each kind of news in seven days: how often, when last, and whether it does anything here."""
    lately = StripeEvent.objects.filter(received_at__gte=now - LATELY).order_by("kind")
    kinds = lately.values_list("kind").annotate(Count("pk"), Max("received_at"))
    for kind, count, last in kinds:
        yield kind, count, last, payments.actions.is_handled(kind)


@site().page("health/repair/", name="health_repair")
@require_POST
def mend(request: Any) -> HttpResponseBase:
    try:
        what = request.POST.get("what", "")
        mended = repair(what=what, actor=request.user, now=clock.now())
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(
            request, gettext("Done. Mended: %(count)s.") % {"count": mended}
        )
    return redirect("admin:health")
