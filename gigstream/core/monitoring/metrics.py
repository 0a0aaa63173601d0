"""Figures for Prometheus: requests as this process saw them, work that waits for anyone.

Each web process answers for itself, so each is a target of its own.
"""

from collections.abc import Iterator

from django.db.models import Case, Count, F, Min, Q, When
from django.http import HttpRequest
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult, get_date_max
from prometheus_client import (
    CollectorRegistry,
    Counter,
    Histogram,
    PlatformCollector,
    ProcessCollector,
    generate_latest,
)
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from gigstream.core import clock
from gigstream.core.jobs.queue import due
from gigstream.core.models.jobs import PeriodicJob

METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}

registry = CollectorRegistry()
ProcessCollector(registry=registry)
PlatformCollector(registry=registry)
_requests = Counter(
    "gigstream_requests",
    "Requests answered.",
    ["method", "route", "status"],
    registry=registry,
)
_seconds = Histogram(
    "gigstream_request_seconds",
    "Time to answer.",
    ["route"],
    buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
    registry=registry,
)


def method_of(request: HttpRequest) -> str:
    """One of the usual methods; anybody can make up others, and would fill the memory."""
    return request.method if request.method in METHODS else "OTHER"


def observe(method: str, route: str, status: int, seconds: float) -> None:
    _requests.labels(method, route, status).inc()
    _seconds.labels(route).observe(seconds)


class _Background(Collector):
    """How the background work stands, asked of the database when somebody asks us."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        tasks = GaugeMetricFamily(
            "gigstream_tasks", "Tasks by state.", labels=["status"]
        )
        # What went well is pruned, and counting it would tell nobody anything.
        unfinished = ~Q(status=TaskResultStatus.SUCCESSFUL)
        counts = DBTaskResult.objects.filter(unfinished).order_by()
        known = dict(counts.values_list("status").annotate(Count("pk")))
        for status in (
            TaskResultStatus.READY,
            TaskResultStatus.RUNNING,
            TaskResultStatus.FAILED,
        ):
            tasks.add_metric([status.lower()], known.get(status, 0))
        yield tasks
        yield GaugeMetricFamily(
            "gigstream_task_oldest_seconds",
            "How long the oldest due task has waited.",
            value=oldest_wait(),
        )
        late = GaugeMetricFamily(
            "gigstream_job_late_seconds",
            "How far a periodic job is behind.",
            labels=["job"],
        )
        now = clock.now()
        for job in PeriodicJob.objects.order_by("name"):
            behind = (now - job.next_run_at).total_seconds()
            late.add_metric([job.name], max(0.0, behind))
        yield late

    def describe(self) -> list[GaugeMetricFamily]:
        """Asked when registering, which must not ask the database."""
        return []


def oldest_wait() -> float:
    """Seconds for which the oldest task could have run: since it was asked for, or due."""
    at_once = When(run_after=get_date_max(), then=F("enqueued_at"))
    since = Case(at_once, default=F("run_after"))
    oldest = due().aggregate(at=Min(since))["at"]
    return max(0.0, (clock.now() - oldest).total_seconds()) if oldest else 0.0


registry.register(_Background())


def exposed() -> bytes:
    """All figures in Prometheus' text format."""
    return generate_latest(registry)
