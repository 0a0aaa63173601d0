"""The worker: runs what is due, survives bad rows, lost databases and its own death.

It replaces the one that django-tasks-db ships, on the same rows. That one leaves the
task of a killed worker running for ever, never tries again, and asks the real clock.
"""

import logging
import os
import random
import socket
import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.db import close_old_connections, transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.crypto import get_random_string
from django_tasks import TaskResultStatus
from django_tasks.base import TASK_MIN_PRIORITY
from django_tasks_db.models import DBTaskResult

from gigstream.core import clock
from gigstream.core.jobs import schedule
from gigstream.core.jobs.queue import Row, due
from gigstream.core.jobs.runs import LEASE, Outcome, attempt, kept_alive

logger = logging.getLogger(__name__)

# A quarter of an hour in all: a company that is away for so long costs nobody a mail.
MAX_ATTEMPTS = 10
LONGEST_DELAY = timedelta(minutes=10)
LONGEST_PAUSE = 30.0


def backoff(attempts: int) -> timedelta:
    """The wait after so many attempts: 2, 4, 8… seconds, spread so that none march in step."""
    seconds: float = 2 ** min(attempts, 10) * random.uniform(1, 1.25)
    return min(timedelta(seconds=seconds), LONGEST_DELAY)


class Worker:
    """Runs tasks and periodic jobs one after another; start as many as you like."""

    def __init__(self, *, interval: float = 1.0, lease: timedelta = LEASE) -> None:
        self.name = f"{socket.gethostname()[:30]}:{os.getpid()}"
        self.interval = interval
        self.lease = lease
        self._stopping = threading.Event()
        self._next_look_around = 0.0

    def stop(self) -> None:
        """Finish what is running, begin nothing more. Safe from a signal handler."""
        self._stopping.set()

    def run(self) -> None:
        """Work until stopped. Trouble with the database is waited out."""
        troubles = 0
        while not self._stopping.is_set():
            try:
                busy = self.look_around() or self.run_next() is not None
                troubles = 0
            except Exception:
                # The whole story once, not once per second of an outage.
                if not troubles:
                    logger.exception("The worker cannot look for work; it keeps trying")
                busy = False
                troubles += 1
            finally:
                close_old_connections()
            if not busy:
                pause = self.interval * 2 ** min(troubles, 5)
                self._stopping.wait(min(pause, LONGEST_PAUSE))

    def look_around(self) -> bool:
        """Once per interval: take over from the dead, run the periodic jobs that are due."""
        if time.monotonic() < self._next_look_around:
            return False
        self._next_look_around = time.monotonic() + self.interval
        self.take_over()
        return bool(schedule.run_due(lease=self.lease))

    def drain(self) -> Iterator[Outcome]:
        """Run due tasks until none is left."""
        while outcome := self.run_next():
            yield outcome

    def run_next(self) -> Outcome | None:
        """Run the most urgent task that is due; None if there is none."""
        task = self._claim()
        if task is None:
            return None
        claim = _still_claimed(task)

        def renew() -> None:
            claim.update(started_at=timezone.now())

        with kept_alive(renew, lease=self.lease):
            outcome = attempt(task.task_path, lambda: _call(task))
        if not claim.update(**_verdict(task, outcome)):
            logger.warning("%s %s was taken over meanwhile", task.task_path, task.pk)
        return outcome

    def take_over(self) -> None:
        """Put back what a dead worker left behind. That run counts as an attempt."""
        silent_since = timezone.now() - self.lease
        lost = DBTaskResult.objects.running().filter(started_at__lt=silent_since)
        for task in lost:
            outcome = Outcome(name=task.task_path, error="WorkerLost")
            claim = _still_claimed(task).filter(started_at=task.started_at)
            if claim.update(**_verdict(task, outcome)):
                logger.warning("%s %s lost its worker", task.task_path, task.pk)

    def _claim(self) -> Row | None:
        # Looking first keeps an idle worker from taking SQLite's one write lock.
        if not due().exists():
            return None
        with transaction.atomic():
            task = due().select_for_update(skip_locked=True).first()
            if task is not None:
                task.claim(f"{self.name}:{get_random_string(8)}")
        return task


def _still_claimed(task: Row) -> QuerySet[Row]:
    """The row for as long as this very claim holds; every claim adds a unique id."""
    return DBTaskResult.objects.running().filter(pk=task.pk, worker_ids=task.worker_ids)


def _call(row: Row) -> Any:
    return row.task.call(*row.args_kwargs["args"], **row.args_kwargs["kwargs"])


def _verdict(row: Row, outcome: Outcome) -> dict[str, Any]:
    """What to write on the row after a run: done, again later, or given up."""
    seen = {
        "exception_class_path": outcome.error,
        "traceback": outcome.traceback,
        "finished_at": clock.now(),
    }
    if not outcome.error:
        return seen | {"status": TaskResultStatus.SUCCESSFUL}
    attempts = len(row.worker_ids)
    if attempts >= MAX_ATTEMPTS:
        logger.error("%s %s is given up", row.task_path, row.pk)
        return seen | {"status": TaskResultStatus.FAILED}
    later = clock.now() + backoff(attempts)
    return seen | {
        "status": TaskResultStatus.READY,
        "finished_at": None,
        "run_after": later,
        # While a company is away, what waits for it holds up nothing else.
        "priority": max(row.priority - 1, TASK_MIN_PRIORITY),
    }
