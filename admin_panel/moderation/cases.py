"""What waits for moderators: queues, cut by key, and one case with all that it takes to decide."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import models
from django.db.models import Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import Report, User
from gigs import actions
from gigs.differences import Difference, differences, whole
from gigs.models import Gig, GigChange
from gigs.paging import COUNT_LIMIT, count_text, counts
from gigs.status import GigStatus
from gigstream.core.http import as_moment, as_uuid
from gigstream.core.models import StaffTask
from messaging.models import Message
from orders.models import Review

SHOWN = 25
AROUND = 5
MOST_ESCALATED = 100

ESCALATED = "escalated"
QUEUES: dict[str, str | Promise] = {
    "gigs": _("Gigs in review"),
    Report.Target.MESSAGE.value: _("Reported messages"),
    Report.Target.REVIEW.value: _("Reported reviews"),
    Report.Target.USER.value: _("Reported people"),
    Report.Target.GIG.value: _("Reported gigs"),
    ESCALATED: _("Escalated"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of a queue. `key` is where the next page begins, `ref` names the case."""

    ref: str
    title: str
    text: str
    who: str
    at: datetime

    @property
    def key(self) -> str:
        return f"{self.at.isoformat()}_{self.ref}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tab:
    name: str
    label: str | Promise
    count: str


@dataclass(slots=True, kw_only=True)
class Case:
    """A thing to decide about, with whose it is; `report` is empty for a gig in review."""

    ref: str
    queue: str
    thing: Any
    owner: User | None
    is_open: bool
    report: Report | None = None
    task: StaffTask | None = None
    seen: datetime | None = None

    @property
    def key(self) -> str:
        """Where the rest of the queue begins."""
        at = self.seen or (self.report and self.report.at)
        if self.task:
            at = self.task.opened_at
        return f"{at.isoformat()}_{self.ref}" if at else ""

    @property
    def is_escalated(self) -> bool:
        return self.task is not None


# --- Queues -------------------------------------------------------------------


def tabs() -> list[Tab]:
    """How much waits in each queue, in one query that counts no further than a limit."""
    escalated = _escalated_keys()
    asked: list[QuerySet[Any]] = [
        _in_review(escalated),
        _changes(escalated),
        *(_reports(target, escalated) for target in list(QUEUES)[1:-1]),
        StaffTask.objects.escalated(),
    ]
    first, second, *others = counts(
        [
            rows.order_by().values("pk")[: COUNT_LIMIT + 1].query.sql_with_params()
            for rows in asked
        ]
    )
    return [
        Tab(name=name, label=label, count=count_text(number))
        for (name, label), number in zip(
            QUEUES.items(), [first + second, *others], strict=True
        )
    ]


def rows(queue: str, *, after: str = "", limit: int = SHOWN) -> list[Row]:
    """The oldest rows of a queue after a key, one more than `limit` if there are more."""
    moment, ref = _read_key(after)
    if queue == ESCALATED:
        return _escalated_rows(moment, ref, limit + 1)
    escalated = _escalated_keys()
    if queue == "gigs":
        return _gig_rows(escalated, moment, ref, limit + 1)
    reports = _after(_reports(queue, escalated), "at", moment, ref)
    found = list(reports.select_related("reporter").order_by("at", "pk")[: limit + 1])
    things = _things(queue, [report.target_id for report in found])
    return [_report_row(report, things.get(report.target_id)) for report in found]


def next_ref(queue: str, *, after: str = "") -> str:
    """The case that comes next, or nothing when the queue is empty."""
    found = rows(queue, after=after, limit=0)
    return found[0].ref if found else ""


def _in_review(without: dict[str, list[UUID]]) -> QuerySet[Gig]:
    return Gig.objects.filter(status=GigStatus.IN_REVIEW).exclude(pk__in=without["gig"])


def _changes(without: dict[str, list[UUID]]) -> QuerySet[GigChange]:
    waiting = GigChange.objects.filter(refusal="")
    return waiting.exclude(gig__status=GigStatus.IN_REVIEW).exclude(
        gig__in=without["gig"]
    )


def _reports(target: str, without: dict[str, list[UUID]]) -> QuerySet[Report]:
    """Without those about what lies with the admins, whoever told it."""
    escalated = Report.objects.filter(pk__in=without["report"])
    of_kind = Report.objects.open().filter(target=target)
    return of_kind.exclude(target_id__in=escalated.values("target_id"))


def _escalated_keys() -> dict[str, list[UUID]]:
    """What lies with the admins, by kind, so that the other queues leave it out."""
    found: dict[str, list[UUID]] = {"gig": [], "report": []}
    targets = StaffTask.objects.escalated().values_list("target", flat=True)
    for target in targets.order_by("opened_at")[:MOST_ESCALATED]:
        kind, _colon, text = target.rpartition(".")[2].partition(":")
        if key := as_uuid(text):
            found[kind].append(key)
    return found


def _after(
    found: "QuerySet[Any]",
    field: str,
    moment: datetime | None,
    ref: str,
    pk: str = "pk",
) -> "QuerySet[Any]":
    key = as_uuid(ref.partition("-")[2])
    if moment is None or key is None:
        return found
    same = Q(**{field: moment, f"{pk}__gt": key})
    return found.filter(Q(**{f"{field}__gt": moment}) | same)


def _read_key(text: str) -> tuple[datetime | None, str]:
    moment, _bar, ref = text.partition("_")
    read = as_moment(moment)
    return (read, ref) if read else (None, "")


def _gig_rows(
    without: dict[str, list[UUID]], moment: datetime | None, ref: str, limit: int
) -> list[Row]:
    new = _after(_in_review(without), "updated_at", moment, ref)
    changed = _after(_changes(without), "sent_at", moment, ref, pk="gig")
    found = [
        _gig_row(gig, gig.updated_at, _("New"))
        for gig in new.select_related("seller").order_by("updated_at", "pk")[:limit]
    ]
    found += [
        _gig_row(change.gig, change.sent_at, _("Changed"))
        for change in changed.select_related("gig__seller").order_by("sent_at", "gig")[
            :limit
        ]
    ]
    return sorted(found, key=lambda row: (row.at, row.ref))[:limit]


def _gig_row(gig: Gig, at: datetime, text: str | Promise) -> Row:
    return Row(
        ref=f"gig-{gig.pk}",
        title=gig.title,
        text=str(text),
        who=gig.seller.full_name,
        at=at,
    )


def _report_row(report: Report, thing: Any) -> Row:
    return Row(
        ref=f"report-{report.pk}",
        title=_title(thing),
        text=f"{report.get_reason_display()}. {report.text}"[:200],
        who=report.reporter.full_name,
        at=report.at,
    )


def _escalated_rows(moment: datetime | None, ref: str, limit: int) -> list[Row]:
    tasks = _after(StaffTask.objects.escalated(), "opened_at", moment, ref)
    return [
        Row(
            ref=task.target.rpartition(".")[2].replace(":", "-"),
            title=task.text,
            text="",
            who="",
            at=task.opened_at,
        )
        for task in tasks.order_by("opened_at", "pk")[:limit]
    ]


MODELS: dict[str, tuple[type[models.Model], list[str]]] = {
    Report.Target.MESSAGE: (Message, ["sender", "conversation", "offer"]),
    Report.Target.REVIEW: (Review, ["author", "subject", "gig"]),
    Report.Target.USER: (User, []),
    Report.Target.GIG: (Gig, ["seller", "category", "change"]),
}


def _things(target: str, keys: Sequence[UUID]) -> dict[UUID, Any]:
    model, related = MODELS[target]
    found = model._default_manager.filter(pk__in=keys)
    if related:
        found = found.select_related(*related)
    return {thing.pk: thing for thing in found}


def _title(thing: Any) -> str:
    if isinstance(thing, Message):
        return f"{thing.sender}: {thing.words[:80]}"
    if isinstance(thing, Review):
        return f"{thing.author}: {thing.rating}/5 {thing.text[:80]}"
    return str(thing or _("Gone"))


# --- One case -----------------------------------------------------------------


def find(ref: str) -> Case | None:
    """A case by its name in an address: `gig-<key>` or `report-<key>`."""
    kind, _dash, key = ref.partition("-")
    pk = as_uuid(key)
    if pk is None:
        return None
    if kind == "gig":
        return _gig_case(ref, pk)
    return _report_case(ref, pk) if kind == "report" else None


def _gig_case(ref: str, pk: UUID) -> Case | None:
    gig = _things(Report.Target.GIG, [pk]).get(pk)
    if gig is None:
        return None
    waits = gig.status == GigStatus.IN_REVIEW or bool(gig.pending and gig.pending.waits)
    return Case(
        ref=ref,
        queue="gigs",
        thing=gig,
        owner=gig.seller,
        is_open=waits,
        task=_task_of(target_of(gig)),
        seen=actions.sent_of(gig),
    )


def _report_case(ref: str, pk: UUID) -> Case | None:
    reports = Report.objects.select_related("reporter", "decided_by")
    report = reports.filter(pk=pk).first()
    if report is None:
        return None
    thing = _things(report.target, [report.target_id]).get(report.target_id)
    return Case(
        ref=ref,
        queue=report.target,
        thing=thing,
        owner=_owner(thing),
        is_open=report.status == Report.Status.OPEN,
        report=report,
        task=_task_of(*_alike(report)),
    )


def _alike(report: Report) -> Iterator[str]:
    """All that are decided with a report, as targets of tasks: one of them may be escalated."""
    yield target_of(report)
    alike = Report.objects.open().about(report.target, report.target_id)
    yield from map(target_of, alike.order_by("at")[:MOST_ESCALATED])


def target_of(thing: Report | Gig) -> str:
    return f"{thing._meta.label_lower}:{thing.pk}"


def _task_of(*targets: str) -> StaffTask | None:
    return StaffTask.objects.escalated().filter(target__in=targets).first()


def _owner(thing: Any) -> User | None:
    if isinstance(thing, Message):
        return thing.sender
    if isinstance(thing, Review):
        return thing.author
    if isinstance(thing, Gig):
        return thing.seller
    return thing if isinstance(thing, User) else None


def shown(case: Case) -> dict[str, Any]:
    """What the page of a case shows of it, and no more of a conversation than it takes."""
    thing = case.thing
    context: dict[str, Any] = {}
    if isinstance(thing, Gig):
        context["differences"] = list(_differences(case, thing))
        context["pictures"] = list(_pictures(case, thing))
    elif isinstance(thing, Message):
        context["around"] = list(_around(thing))
        context["files"] = [file.name for file in thing.attachments.all()]
    if case.report:
        others = Report.objects.open().about(case.report.target, case.report.target_id)
        context["others"] = list(
            others.exclude(pk=case.report.pk)
            .select_related("reporter")
            .order_by("at")[:AROUND]
        )
    return context


def _differences(case: Case, gig: Gig) -> Iterator[Difference]:
    if case.report is None and gig.pending and gig.status != GigStatus.IN_REVIEW:
        yield from differences(gig, gig.pending)
    else:
        yield from whole(gig)


def _pictures(case: Case, gig: Gig) -> QuerySet[Any]:
    is_change = case.report is None and gig.pending
    of_what = gig.pending.images if is_change and gig.pending else gig.images
    return of_what.order_by("position", "id")


def _around(message: Message) -> Iterator[Message]:
    """The message with a few before and after it; the rest of the thread stays private."""
    said = Message.objects.filter(conversation=message.conversation_id)
    said = said.select_related("sender", "offer")
    before = said.filter(sent_at__lt=message.sent_at).order_by("-sent_at")[:AROUND]
    yield from reversed(before)
    yield from said.filter(sent_at__gte=message.sent_at).order_by("sent_at")[
        : AROUND + 1
    ]
