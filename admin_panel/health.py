"""The health page: what works by itself, what it is waiting for, and what can be mended with a button.

A repair is asked for by somebody who may, is written into the audit log, and is done by a
worker, whom nobody waits for; twice does no harm.
"""

import shutil
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.db.models import Count, Max, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe
from django_tasks_db.models import DBTaskResult

import payments.actions
from accounts.models import User
from admin_panel import counters
from admin_panel.counters import COUNTERS
from admin_panel.site import site
from gigstream.core import checks, clock, jobs
from gigstream.core.errors import NotAllowed, Refusal
from gigstream.core.ids import first_of
from gigstream.core.jobs import schedule
from gigstream.core.jobs.queue import due
from gigstream.core.models import AuditEntry
from payments.models import Reconciliation, StripeEvent

MAY_REPAIR = "core.change_periodicjob"
MOST = 100
LATELY = timedelta(days=7)


def repair(*, what: str, actor: User, now: datetime) -> None:
    """Have a worker mend one thing, or look at it again. Twice finds nothing more to do."""
    if not actor.has_perm(MAY_REPAIR):
        raise NotAllowed(gettext("This is not yours to do."))
    kind, _, name = what.partition(":")
    begin = REPAIRS.get(kind)
    if begin is None:
        raise NotAllowed(gettext("There is no such repair."))
    with transaction.atomic():
        begin(name, actor, now)
        AuditEntry.objects.create(
            at=now,
            actor=actor,
            verb="core.repair",
            target=f"core.health:{what}"[:120],
        )


def _run_job(name: str, _actor: User, now: datetime) -> None:
    if not jobs.hurry(name, now=now):
        raise NotAllowed(gettext("There is no such job."))


def _retry_tasks(_name: str, _actor: User, _now: datetime) -> None:
    for key in list(jobs.dead_letters().values_list("pk", flat=True)[:MOST]):
        jobs.retry(key)


def _check(name: str, _actor: User, _now: datetime) -> None:
    jobs.enqueue("admin_panel.tasks.check_counter", name=_counter(name))


def _count_anew(name: str, actor: User, _now: datetime) -> None:
    jobs.enqueue("admin_panel.tasks.count_anew", name=_counter(name), actor_id=actor.pk)


def _counter(name: str) -> str:
    if name not in COUNTERS:
        raise NotAllowed(gettext("There is no such counter."))
    return name


REPAIRS: dict[str, Callable[[str, User, datetime], None]] = {
    "job": _run_job,
    "tasks": _retry_tasks,
    "check": _check,
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
        "queue": _queue(),
        "webhooks": list(_webhooks()),
        "waiting": _counted(StripeEvent.objects.filter(processed_at=None)),
        "bounces": _counted(User.objects.exclude(mail_trouble="")),
        "disk": shutil.disk_usage(settings.BASE_DIR),
        "sandbox": settings.SANDBOX,
        "shift": clock.shift(),
        "latest": latest,
        "drift": list((latest.drift or {}).items()) if latest else [],
        "counters": counters.latest(),
        "most": checks.MOST,
        "reconcile": payments.actions.RECONCILE,
        "replay": "payments.tasks.replay_events",
    }
    return TemplateResponse(request, "admin/health.html", context)


def _queue() -> dict[str, Any]:
    oldest = due().order_by("enqueued_at").values_list("enqueued_at", flat=True)
    return {
        "depth": _counted(due()),
        "oldest": oldest.first(),
        "running": _counted(DBTaskResult.objects.running()),
        "dead": _counted(jobs.dead_letters()),
    }


def _counted(rows: QuerySet[Any]) -> str:
    """How many there are; past a limit nobody needs to know."""
    count = rows.order_by()[: MOST + 1].count()
    return f"{MOST}+" if count > MOST else str(count)


def _webhooks() -> Iterator[tuple[str, int, datetime, bool]]:
    """Each kind of news in seven days: how often, when last, and whether it does anything here.

    Found by their keys, which follow the real clock, so that older ones are not read.
    """
    first = first_of(clock.unmoved() - LATELY)
    lately = StripeEvent.objects.filter(pk__gte=first).order_by("kind")
    kinds = lately.values_list("kind").annotate(Count("pk"), Max("received_at"))
    for kind, count, last in kinds:
        yield kind, count, last, payments.actions.is_handled(kind)


@site().page("health/repair/", name="health_repair")
@require_POST
def mend(request: Any) -> HttpResponseBase:
    try:
        repair(what=request.POST.get("what", ""), actor=request.user, now=clock.now())
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        text = gettext("A worker sees to it now; look here again in a moment.")
        messages.success(request, text)
    return redirect("admin:health")
