"""One run of one piece of work: what came of it, and its sign of life while it lasts."""

import logging
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from traceback import format_exception
from typing import Any

from django.db import connections

from gigstream.core.monitoring import trace

logger = logging.getLogger(__name__)

# Silent for this long, a worker counts as dead and others take over; all workers must
# agree on it. It is real time: who moves the business clock must not bury the living.
LEASE = timedelta(seconds=20)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How a run went. `error` names the exception's class; it is empty when all is well."""

    name: str
    seconds: float = 0.0
    result: str = ""
    error: str = ""
    traceback: str = ""


def attempt(name: str, work: Callable[[], Any]) -> Outcome:
    """Do the work; whatever it raises is logged and becomes part of the outcome."""
    trace.begin()
    started = time.monotonic()
    try:
        value = work()
    except (Exception, SystemExit) as error:
        logger.exception("%s failed", name)
        return Outcome(
            name=name,
            seconds=time.monotonic() - started,
            error=f"{type(error).__module__}.{type(error).__qualname__}",
            traceback="".join(format_exception(error)),
        )
    finally:
        trace.end()
    return Outcome(
        name=name,
        seconds=time.monotonic() - started,
        result="" if value is None else str(value),
    )


def one_by_one(work: Callable[[Any], Any], rows: Iterable[Any]) -> None:
    """Do the work for each row; one that goes wrong is logged, and stops none after it.

    The first error is raised in the end: the job is known to have failed, and comes again.
    """
    errors = []
    for row in rows:
        try:
            work(row)
        except Exception as error:
            logger.exception("%s went wrong", row)
            errors.append(error)
    if errors:
        raise errors[0]


@contextmanager
def kept_alive(renew: Callable[[], Any], *, lease: timedelta) -> Iterator[None]:
    """Call `renew` a few times per lease, from a thread beside the work."""
    done = threading.Event()
    threading.Thread(target=_beat, args=(renew, lease / 4, done), daemon=True).start()
    try:
        yield
    finally:
        done.set()


def _beat(renew: Callable[[], Any], pause: timedelta, done: threading.Event) -> None:
    while not done.wait(pause.total_seconds()):
        try:
            renew()
        except Exception:
            logger.exception("Could not renew the claim on a running job")
        finally:
            connections.close_all()
