"""The queue: rows written in the transaction that makes the work necessary."""

import inspect
from datetime import timedelta
from typing import Any, TypeAlias
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult, get_date_max

from gigstream.core import clock
from gigstream.core.errors import Stale
from gigstream.core.jobs.registry import resolve

Row: TypeAlias = DBTaskResult[Any, Any]


def enqueue(name: str, /, *, delay: timedelta | None = None, **arguments: Any) -> UUID:
    """Ask for a task to run once the current transaction commits, `delay` later.

    The row is part of that transaction: rolled back with it, never lost after it.
    The name is dotted, so that an action can name a task of a layer above it.
    """
    wanted = resolve(name)
    inspect.signature(wanted.func).bind(**arguments)
    if delay is not None:
        wanted = wanted.using(run_after=clock.now() + delay)
    values = {key: _plain(value) for key, value in arguments.items()}
    return UUID(wanted.enqueue(**values).id)


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, UUID) else value


def due() -> QuerySet[Row]:
    """Tasks that may start now by the business clock, the most urgent first."""
    return DBTaskResult.objects.filter(
        Q(run_after=get_date_max()) | Q(run_after__lte=clock.now()),
        status=TaskResultStatus.READY,
    )


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
