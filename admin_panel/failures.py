"""The desk of failed tasks: read why, try again, or drop with a reason."""

import json
from datetime import datetime
from typing import Any
from uuid import UUID

import django_tasks_db.admin  # noqa: F401 - registers what is replaced below
from django.contrib import admin
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from accounts.deciding import DecidingAdmin, ReasonForm, Verb
from accounts.models import User
from gigstream.core import clock, jobs
from gigstream.core.errors import NotAllowed
from gigstream.core.models import AuditEntry
from gigstream.core.redact import redacted, redacted_values

MAY_DECIDE = "django_tasks_database.change_dbtaskresult"


@transaction.atomic
def retry_task(*, task_id: UUID, actor: User, reason: str, now: datetime) -> None:
    """Give a failed task a fresh set of attempts."""
    _note("core.retry_task", task_id, actor=actor, reason=reason, now=now)
    jobs.retry(task_id)


@transaction.atomic
def drop_task(*, task_id: UUID, actor: User, reason: str, now: datetime) -> None:
    """Throw a failed task away; what it was to do stays in the audit log."""
    _note("core.drop_task", task_id, actor=actor, reason=reason, now=now)
    jobs.drop(task_id)


def _note(verb: str, task_id: UUID, *, actor: User, reason: str, now: datetime) -> None:
    if not actor.has_perm(MAY_DECIDE):
        raise NotAllowed(gettext("This is not yours to do."))
    task = DBTaskResult.objects.filter(pk=task_id).first()
    AuditEntry.objects.create(
        at=now,
        actor=actor,
        verb=verb,
        target=f"core.task:{task_id}",
        before={
            "task": task and task.task_path,
            "arguments": task and redacted_values(task.args_kwargs),
            "error": task and task.exception_class_path,
        },
        reason=reason,
    )


def _retry(task: DBTaskResult[Any, Any], actor: User, said: dict[str, Any]) -> str:
    retry_task(task_id=task.pk, actor=actor, now=clock.now(), **said)
    return gettext("It is tried again now.")


def _drop(task: DBTaskResult[Any, Any], actor: User, said: dict[str, Any]) -> str:
    drop_task(task_id=task.pk, actor=actor, now=clock.now(), **said)
    return gettext("It is dropped; its work will not be done.")


def _has_failed(task: DBTaskResult[Any, Any]) -> bool:
    return str(task.status) == TaskResultStatus.FAILED


class StateFilter(admin.SimpleListFilter):
    """Failures first of all; the other states for whoever asks."""

    title = _("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        return [
            ("waiting", _("Waiting")),
            ("running", _("Running")),
            ("done", _("Done")),
        ]

    def choices(self, changelist: Any) -> Any:
        found = list(super().choices(changelist))
        return [{**found[0], "display": _("Failed")}, *found[1:]]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(status=STATES.get(self.value() or "", FAILED))


FAILED = TaskResultStatus.FAILED
STATES = {
    "waiting": TaskResultStatus.READY,
    "running": TaskResultStatus.RUNNING,
    "done": TaskResultStatus.SUCCESSFUL,
}

admin.site.unregister(DBTaskResult)


@admin.register(DBTaskResult)
class TaskAdmin(DecidingAdmin):
    verbs = [
        Verb(
            name="retry",
            label=_("Try again"),
            help=_("With a fresh set of attempts, starting now."),
            permission=MAY_DECIDE,
            form=lambda _task, data: ReasonForm(data),
            act=_retry,
            applies=_has_failed,
            many=True,
        ),
        Verb(
            name="drop",
            label=_("Drop"),
            help=_("Throw it away. Its work will not be done; the audit log keeps it."),
            permission=MAY_DECIDE,
            form=lambda _task, data: ReasonForm(data),
            act=_drop,
            applies=_has_failed,
            many=True,
        ),
    ]
    list_display = ["task_path", "error", "finished_at", "tries", "enqueued_at"]
    list_filter = [StateFilter]
    search_fields = ["=id", "task_path"]
    ordering = ["-finished_at", "-enqueued_at"]
    fields = [
        "task_path",
        "status",
        "arguments",
        ("enqueued_at", "started_at", "finished_at"),
        "tries",
        "error",
        "trace",
    ]
    readonly_fields = ["arguments", "error", "trace", "tries"]

    def described(self, row: Any) -> str:
        return f"{row.task_path} ({self.error(row)})"

    @admin.display(description=_("error"))
    def error(self, task: Any) -> str:
        return str(task.exception_class_path).rpartition(".")[2] or "-"

    @admin.display(description=_("attempts"))
    def tries(self, task: Any) -> int:
        return len(task.worker_ids)

    @admin.display(description=_("arguments"))
    def arguments(self, task: Any) -> SafeString:
        said = redacted_values(task.args_kwargs)
        return format_html("<pre>{}</pre>", json.dumps(said, indent=2))

    @admin.display(description=_("what went wrong"))
    def trace(self, task: Any) -> SafeString:
        return format_html("<pre>{}</pre>", redacted(task.traceback) or "-")
