"""Periodic jobs: who runs which one, and when. Any number of workers may ask at once."""

import math
from datetime import datetime, timedelta

from django.db.models import Case, F, QuerySet, Value, When
from django.utils import timezone

from gigstream.core import clock
from gigstream.core.jobs.registry import Schedule, schedules
from gigstream.core.jobs.runs import LEASE, Outcome, attempt, kept_alive
from gigstream.core.models.jobs import PeriodicJob

# A failed job need not wait for its next turn, which may be tomorrow.
RETRY_AFTER = timedelta(minutes=10)


def rows() -> list[PeriodicJob]:
    """One row per registered job; a job seen for the first time is due at once."""
    known = PeriodicJob.objects.filter(name__in=schedules).order_by("name")
    if len(known) < len(schedules):
        now = clock.now()
        PeriodicJob.objects.bulk_create(
            [PeriodicJob(name=name, next_run_at=now) for name in schedules],
            ignore_conflicts=True,
        )
        known = known.all()
    return list(known)


def run_due(*, lease: timedelta = LEASE) -> list[Outcome]:
    """Run each job whose time has come, leaving out those that another worker runs."""
    known, now = rows(), clock.now()
    ripe = [job for job in known if job.next_run_at <= now]
    outcomes = [run(job, lease=lease) for job in ripe]
    return [outcome for outcome in outcomes if outcome]


def hurry(name: str, *, now: datetime) -> bool:
    """Make a job due at once, for whichever worker comes first; whether there is such a job."""
    return PeriodicJob.objects.filter(name=name).update(next_run_at=now) > 0


def run(job: PeriodicJob, *, lease: timedelta = LEASE) -> Outcome | None:
    """Run a job as its row stands; None if another worker holds it or just did it."""
    claim = _claim(job, lease=lease)
    if claim is None:
        return None

    def renew() -> None:
        held = claim.exclude(claimed_until=None)  # not given back a moment ago
        held.update(claimed_until=timezone.now() + lease)

    schedule = schedules[job.name]
    started = clock.now()
    with kept_alive(renew, lease=lease):
        outcome = attempt(job.name, schedule.task.call)
    claim.update(
        claimed_until=None,
        last_finished_at=clock.now(),
        last_error=outcome.traceback,
        last_ms=math.ceil(outcome.seconds * 1000),
        failures=F("failures") + (1 if outcome.error else 0),
        next_run_at=Case(
            When(
                next_run_at=job.next_run_at,
                then=Value(_next_run(schedule, outcome, started=started)),
            ),
            # It was hurried meanwhile: this run may have missed what the next is to see.
            default=F("next_run_at"),
        ),
    )
    return outcome


def _claim(job: PeriodicJob, *, lease: timedelta) -> QuerySet[PeriodicJob] | None:
    """Take the job in one statement; the answer is the row for as long as it is ours."""
    now = timezone.now()
    untouched = PeriodicJob.objects.free(at=now).filter(pk=job.pk, runs=job.runs)
    taken = untouched.update(
        runs=F("runs") + 1, claimed_until=now + lease, last_started_at=clock.now()
    )
    if not taken:
        return None
    return PeriodicJob.objects.filter(pk=job.pk, runs=job.runs + 1)


def _next_run(schedule: Schedule, outcome: Outcome, *, started: datetime) -> datetime:
    if outcome.error:
        return started + min(schedule.every, RETRY_AFTER)
    return started + schedule.every
