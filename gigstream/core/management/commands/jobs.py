"""`manage.py jobs`: do all background work now, or show how it stands."""

import time
from argparse import ArgumentParser
from collections.abc import Iterator
from typing import Any

from django.core.management.base import BaseCommand
from django.db.models import Count
from django_tasks_db.models import DBTaskResult

from gigstream.core.jobs import Outcome, Worker, schedule
from gigstream.core.models import PeriodicJob

# How long to wait for work that another worker has in hand.
PATIENCE_SECONDS = 30.0


class Command(BaseCommand):
    help = "Run every periodic job and every due task now, or list their state."

    def add_arguments(self, parser: ArgumentParser) -> None:
        what = parser.add_mutually_exclusive_group(required=True)
        what.add_argument(
            "--now", action="store_true", help="Run all; end with 1 if one failed."
        )
        what.add_argument("--list", action="store_true", help="Show the state.")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["list"]:
            self._list()
            return
        failed = False
        for outcome in run_everything():
            self._report(outcome)
            failed = failed or bool(outcome.error)
        if failed:
            raise SystemExit(1)

    def _report(self, outcome: Outcome) -> None:
        end = f"FAILED: {outcome.error}" if outcome.error else outcome.result or "ok"
        self.stdout.write(
            f"{outcome.name:<50} {outcome.seconds * 1000:>7.0f} ms  {end}"
        )

    def _list(self) -> None:
        for job in schedule.rows():
            self.stdout.write(
                f"{job.name:<50} next {job.next_run_at:%Y-%m-%d %H:%M:%S}  "
                f"runs {job.runs}  {_last_line(job) or 'ok'}"
            )
        counts = DBTaskResult.objects.order_by().values_list("status")
        for status, count in counts.annotate(Count("pk")):
            self.stdout.write(f"tasks {status.lower()}: {count}")


def run_everything() -> Iterator[Outcome]:
    """Run the periodic jobs, then the tasks, those too that the jobs gave rise to."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    for job in schedule.rows():
        yield _run_or_wait(job, deadline=deadline)
    worker = Worker()
    yield from worker.drain()
    while _others_are_busy() and time.monotonic() < deadline:
        time.sleep(0.1)
        yield from worker.drain()


def _run_or_wait(job: PeriodicJob, *, deadline: float) -> Outcome:
    """Run the job; if another worker is at it, wait and run it once more after that."""
    while time.monotonic() < deadline:
        if outcome := schedule.run(job):
            return outcome
        time.sleep(0.1)
        job.refresh_from_db()
    return Outcome(name=job.name, error="another worker is still running it")


def _others_are_busy() -> bool:
    return DBTaskResult.objects.running().exists()


def _last_line(job: PeriodicJob) -> str:
    return job.last_error.strip().rpartition("\n")[2]
