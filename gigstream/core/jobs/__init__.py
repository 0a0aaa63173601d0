"""Background work: tasks that must not be lost, and jobs that come round.

`enqueue` writes a row in the caller's transaction; a worker runs it after the commit,
again after a failure, and puts it among the `dead_letters` after the last attempt.
"""

from gigstream.core.jobs.queue import (
    arguments_of,
    dead_letters,
    drop,
    enqueue,
    overdue,
    retry,
    together,
)
from gigstream.core.jobs.registry import periodic, task
from gigstream.core.jobs.runs import Outcome, one_by_one
from gigstream.core.jobs.schedule import hurry
from gigstream.core.jobs.worker import Worker

__all__ = [
    "Outcome",
    "Worker",
    "arguments_of",
    "dead_letters",
    "drain",
    "drop",
    "enqueue",
    "hurry",
    "one_by_one",
    "overdue",
    "periodic",
    "retry",
    "task",
    "together",
]


def drain() -> list[Outcome]:
    """Run every due task in this process until none is left; return the failures."""
    return [outcome for outcome in Worker().drain() if outcome.error]
