"""What the site asks people of ours to decide, in one list; done is what somebody says is done."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import admin
from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.deciding import DecidingAdmin, ReasonForm, Verb
from accounts.models import User
from accounts.roles import MAY_DECIDE_ESCALATED
from gigstream.core import clock
from gigstream.core.errors import NotAllowed, Stale
from gigstream.core.models import ESCALATED, AuditEntry, StaffTask
from payments.actions import returned_late

MAY_SETTLE = "core.change_stafftask"
TARGETS = {
    "accounts.report": "accounts.change_report",
    "gigs.gig": "gigs.change_gig",
    "orders.dispute": "orders.view_dispute",
    "orders.order": "orders.view_order",
    "payments.books": "payments.view_reconciliation",
    "payments.chargeback": "payments.view_chargeback",
    "payments.payout": "payments.view_payout",
    "payments.refund": "payments.view_refund",
    "payments.unappliedpayment": "payments.view_unappliedpayment",
}
"""What a task may be about, and who sees it: whoever sees that."""


@transaction.atomic
def settle_task(*, task_id: UUID, actor: User, reason: str, now: datetime) -> None:
    """Take a task off the list, with what was done about it."""
    task = StaffTask.objects.select_for_update(of=("self",)).get(pk=task_id)
    seen = TARGETS.get(task.target.partition(":")[0])
    if not (actor.has_perm(MAY_SETTLE) and seen and actor.has_perm(seen)):
        raise NotAllowed(gettext("This is not yours to do."))
    if task.kind == ESCALATED and not actor.has_perm(MAY_DECIDE_ESCALATED):
        # Off this list, it would be the moderators' again, who gave it away.
        raise NotAllowed(gettext("An admin decides about this."))
    if task.kind == returned_late.TASK:
        raise NotAllowed(
            gettext("Decide whose the money is on the page of its chargeback.")
        )
    if task.closed_at:
        raise Stale(gettext("Somebody has done this already."))
    task.closed_at, task.closed_by = now, actor
    task.save(update_fields=["closed_at", "closed_by"])
    AuditEntry.objects.create(
        at=now,
        actor=actor,
        verb="core.settle_task",
        target=task.target,
        before={"task": task.text},
        reason=reason,
    )


def _settle(task: StaffTask, actor: User, said: dict[str, Any]) -> str:
    settle_task(task_id=task.pk, actor=actor, now=clock.now(), **said)
    return gettext("Done; it is off the list.")


def seen_by(person: Any) -> Q:
    """The tasks that are about something that this person may see."""
    seen = Q(pk__in=[])
    for target, permission in TARGETS.items():
        if person.has_perm(permission):
            seen |= Q(target__startswith=target)
    is_theirs = person.has_perm(MAY_DECIDE_ESCALATED)
    return seen if is_theirs else seen & ~Q(kind=ESCALATED)


class OpenFilter(admin.SimpleListFilter):
    """What is open, unless somebody asks for what is done."""

    title = _("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        return [("done", _("Done"))]

    def choices(self, changelist: Any) -> Any:
        found = list(super().choices(changelist))
        return [{**found[0], "display": _("Open")}, *found[1:]]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(closed_at__isnull=self.value() != "done")


@admin.register(StaffTask)
class StaffTaskAdmin(DecidingAdmin):
    verbs = [
        Verb(
            name="settle",
            label=_("Done"),
            help=_("Say what was done about it; the audit log keeps that."),
            permission=MAY_SETTLE,
            form=lambda _task, data: ReasonForm(data),
            act=_settle,
            applies=lambda task: task.closed_at is None,
            many=True,
        )
    ]
    list_display = ["text", "about", "opened_at", "closed_at", "closed_by"]
    list_filter = [OpenFilter]
    list_select_related = ["closed_by"]
    search_fields = ["text", "=target"]
    ordering = ["opened_at", "id"]
    fields = ["text", "about", "opened_at", ("closed_at", "closed_by")]
    readonly_fields = ["about"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        found: QuerySet[Any] = super().get_queryset(request)
        return found.filter(seen_by(request.user))

    @admin.display(description=_("about"))
    def about(self, task: StaffTask) -> str | SafeString:
        address = address_of(task)
        words = task.target.partition(":")[0].rpartition(".")[2]
        return format_html('<a href="{}">{}</a>', address, words) if address else words


def address_of(task: StaffTask) -> str:
    """The page on which a task is decided."""
    model, _colon, key = task.target.partition(":")
    if model == "payments.books":
        return reverse("admin:payments_reconciliation_changelist")
    if task.kind == ESCALATED:
        kind = model.rpartition(".")[2]
        return reverse("admin:moderation_case", args=[f"{kind}-{key}"])
    if model not in TARGETS:
        return ""
    return reverse(f"admin:{model.replace('.', '_')}_change", args=[key])
