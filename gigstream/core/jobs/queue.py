"""The queue: rows written in the transaction that makes the work necessary."""

import inspect
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeAlias
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django_tasks import TaskResultStatus
from django_tasks.utils import normalize_json
from django_tasks_db.models import DBTaskResult, get_date_max

from gigstream.core import clock
from gigstream.core.errors import Stale
from gigstream.core.ids import uuid7
from gigstream.core.jobs.registry import resolve

Row: TypeAlias = DBTaskResult[Any, Any]
_is_gathering: ContextVar[bool] = ContextVar("is_gathering", default=False)


@dataclass(eq=False, slots=True)
class _Waiting:
    """A row that is written with others. Django forgets its callback with its savepoint."""

    row: Row
    is_settled: bool = False

    def __call__(self) -> None:
        """Nothing is left to do after the commit."""


def enqueue(name: str, /, *, delay: timedelta | None = None, **arguments: Any) -> UUID:
    """Ask for a task to run once the current transaction commits, `delay` later.

    The row is part of that transaction: rolled back with it, never lost after it.
    The name is dotted, so that an action can name a task of a layer above it.
    """
    row = _row(name, delay, arguments)
    if _is_gathering.get() and transaction.get_connection().in_atomic_block:
        transaction.on_commit(_Waiting(row))
    else:
        row.save(force_insert=True)
    return row.id


@contextmanager
def together() -> Iterator[None]:
    """Write the tasks that are enqueued meanwhile by one statement, at the end.

    What a savepoint takes back is not written; after an exception, nothing is. Without a
    transaction each is written when it is asked for, as ever.
    """
    if _is_gathering.get():
        yield
        return
    gathering = _is_gathering.set(True)
    try:
        yield
        DBTaskResult.objects.bulk_create(each.row for each in _waiting())
    finally:
        _is_gathering.reset(gathering)
        for each in _waiting():
            each.is_settled = True


def _waiting() -> list[_Waiting]:
    return [
        each
        for _savepoints, each, _is_robust in transaction.get_connection().run_on_commit
        if isinstance(each, _Waiting) and not each.is_settled
    ]


def _row(name: str, delay: timedelta | None, arguments: dict[str, Any]) -> Row:
    wanted = resolve(name)
    inspect.signature(wanted.func).bind(**arguments)
    if delay is not None:
        wanted = wanted.using(run_after=clock.now() + delay)
    wanted.get_backend().validate_task(wanted)
    values = {key: _plain(value) for key, value in arguments.items()}
    return DBTaskResult(
        id=uuid7(),
        args_kwargs={"args": [], "kwargs": normalize_json(values)},
        priority=wanted.priority,
        task_path=wanted.module_path,
        queue_name=wanted.queue_name,
        run_after=wanted.run_after or get_date_max(),
        backend_name=wanted.backend,
    )


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, UUID) else value


def due() -> QuerySet[Row]:
    """Tasks that may start now by the business clock, the most urgent first."""
    return DBTaskResult.objects.filter(
        Q(run_after=get_date_max()) | Q(run_after__lte=clock.now()),
        status=TaskResultStatus.READY,
    )


def overdue(*, by: timedelta, now: datetime) -> QuerySet[Row]:
    """Tasks that should have run long ago: nobody has begun them, or who did is gone.

    The failed ones are not among them: those lie on a desk.
    """
    since = now - by
    # Rows are stamped by the real clock, whatever the business clock says.
    stamped_before = since - clock.shift()
    at_once = Q(run_after=get_date_max(), enqueued_at__lt=stamped_before)
    waiting = Q(status=TaskResultStatus.READY) & (at_once | Q(run_after__lt=since))
    abandoned = Q(status=TaskResultStatus.RUNNING, started_at__lt=stamped_before)
    return DBTaskResult.objects.filter(waiting | abandoned)


def arguments_of(module: str) -> set[str]:
    """What the tasks of a module that wait or run are about: the values that they take."""
    statuses = [TaskResultStatus.READY, TaskResultStatus.RUNNING]
    rows = DBTaskResult.objects.filter(
        status__in=statuses, task_path__startswith=f"{module}."
    )
    taken = rows.values_list("args_kwargs", flat=True)
    return {str(value) for each in taken for value in each["kwargs"].values()}


def dead_letters() -> QuerySet[Row]:
    """Tasks that were given up after the last attempt, the latest first."""
    return DBTaskResult.objects.failed().order_by("-finished_at")


def retry(task_id: UUID) -> None:
    """Give a dead letter a fresh set of attempts, starting now."""
    revived = (
        dead_letters()
        .filter(pk=task_id)
        .update(
            status=TaskResultStatus.READY,
            worker_ids=[],
            run_after=get_date_max(),
            finished_at=None,
        )
    )
    _refuse_if_stale(revived)


def drop(task_id: UUID) -> None:
    """Throw a dead letter away; its work will not be done."""
    dropped, _rows = dead_letters().filter(pk=task_id).delete()
    _refuse_if_stale(dropped)


def _refuse_if_stale(changed: int) -> None:
    if not changed:
        raise Stale(_("This task is no longer on the list of failures."))
