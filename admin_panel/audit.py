"""The audit log, to look through and to take away. Nobody writes in it."""

import json
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta
from typing import Any, cast

from django.apps import apps
from django.contrib import admin
from django.contrib.admin.options import IncorrectLookupParameters
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.urls import NoReverseMatch, URLPattern, path, reverse
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from accounts.models import User
from admin_panel.changes import changes
from gigstream.core import clock, csv, verbs
from gigstream.core.admin import ReadOnlyAdmin
from gigstream.core.forms import FIRST_DAY, LAST_DAY
from gigstream.core.http import as_uuid
from gigstream.core.models import AuditEntry

Choices = Iterable[tuple[str, StrOrPromise]]
SHORT = 80
PERIOD = ("from", "until")


class _Choice(admin.SimpleListFilter):
    """A filter of which each value that is not offered finds nothing, rather than all."""

    def kept(self) -> str:
        return self.value() or ""


class ActorFilter(_Choice):
    title, parameter_name = _("who"), "who"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Choices:
        people = User.objects.in_bulk(_distinct("actor_id"))
        named = [(str(person.pk), str(person)) for person in people.values()]
        return [*sorted(named, key=lambda each: each[1]), ("system", _("The system"))]

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[AuditEntry]
    ) -> QuerySet[AuditEntry]:
        if not (said := self.kept()):
            return queryset
        if said == "system":
            return queryset.filter(actor=None)
        key = as_uuid(said)
        return queryset.filter(actor_id=key) if key else queryset.none()


class VerbFilter(_Choice):
    title, parameter_name = _("what"), "what"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Choices:
        named = [(verb, verbs.said(verb)) for verb in _distinct("verb")]
        return sorted(named, key=lambda each: each[1].casefold())

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[AuditEntry]
    ) -> QuerySet[AuditEntry]:
        said = self.kept()
        return queryset.filter(verb=said) if said else queryset


class KindFilter(_Choice):
    title, parameter_name = _("about"), "about"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Choices:
        models = admin.site._registry
        return sorted(
            ((each._meta.label_lower, str(each._meta.verbose_name)) for each in models),
            key=lambda each: each[1].casefold(),
        )

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[AuditEntry]
    ) -> QuerySet[AuditEntry]:
        said = self.kept()
        return queryset.filter(target__startswith=f"{said}:") if said else queryset


class PeriodFilter(admin.ListFilter):
    """From one day to another, both of them included, by the clock of who looks."""

    title = _("when")
    template = "admin/_period_filter.html"

    def __init__(
        self, request: HttpRequest, params: dict[str, Any], model: Any, owner: Any
    ) -> None:
        super().__init__(request, params, model, owner)
        self.said = {
            name: parse_date_of(params.pop(name)) if name in params else None
            for name in PERIOD
        }
        self.others = [
            (name, value)
            for name, values in request.GET.lists()
            for value in values
            if name not in {*PERIOD, "p"}
        ]

    def expected_parameters(self) -> list[str | None]:
        return [*PERIOD]

    def has_output(self) -> bool:
        return True

    def choices(self, changelist: Any) -> Iterator[dict[str, Any]]:
        yield {**self.said, "others": self.others}

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[AuditEntry]
    ) -> QuerySet[AuditEntry]:
        first, last = self.said["from"], self.said["until"]
        if first:
            queryset = queryset.filter(at__gte=_midnight(first))
        if last:
            queryset = queryset.filter(at__lt=_midnight(last + timedelta(days=1)))
        return queryset


def parse_date_of(values: Any) -> date | None:
    """A day within those that every clock can tell; the nearest of them to a wild one."""
    said = values[-1] if isinstance(values, list) else values
    try:
        day = parse_date(said)
    except ValueError:  # as the 31st of February
        return None
    return day and min(max(day, FIRST_DAY), LAST_DAY)


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def _distinct(column: str) -> list[Any]:
    """The values of an indexed column: one step into the index for each, however long the log."""
    table, name = AuditEntry._meta.db_table, connection.ops.quote_name(column)
    # Both names are ours; nothing that anybody typed gets in here.
    sql = (
        f"WITH RECURSIVE seen(value) AS (SELECT * FROM (SELECT {name} FROM {table} "  # noqa: S608
        f"WHERE {name} IS NOT NULL ORDER BY {name} LIMIT 1) AS first UNION ALL "
        f"SELECT (SELECT {name} FROM {table} WHERE {name} > seen.value "
        f"ORDER BY {name} LIMIT 1) FROM seen WHERE seen.value IS NOT NULL) "
        "SELECT value FROM seen WHERE value IS NOT NULL"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return [value for (value,) in cursor.fetchall()]


@admin.register(AuditEntry)
class AuditEntryAdmin(ReadOnlyAdmin):
    list_display = ["at", "who", "what", "about", "what_changed", "reason", "address"]
    list_filter = [PeriodFilter, ActorFilter, VerbFilter, KindFilter]
    list_select_related = ["actor"]
    search_fields = ["target", "verb", "reason", "=address", "actor__email"]
    search_help_text = _("Key, verb, reason, address, or the e-mail of who did it")
    ordering = ["-at", "-id"]
    fields = ["at", "who", "what", "about", "reason", "address", "difference"]

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.export)
        return [
            path("export.csv", view, name="core_auditentry_export"),
            *super().get_urls(),
        ]

    def export(self, request: HttpRequest) -> HttpResponseBase:
        """What the filters leave, as a table, row by row; that it was taken is logged."""
        if not request.user.has_perm("core.view_auditentry"):
            raise PermissionDenied
        try:
            entries = self.get_changelist_instance(request).get_queryset(request)
        except IncorrectLookupParameters:  # the list shows itself without them
            return redirect("admin:core_auditentry_changelist")
        AuditEntry.objects.create(
            at=clock.now(),
            actor=cast("User", request.user),
            verb="core.export_audit",
            target="core.auditentry:",
            after={"filters": dict(request.GET.items())},
        )
        return csv.download(_rows(entries), name="audit.csv")

    @admin.display(description=_("who"), ordering="actor__email")
    def who(self, entry: AuditEntry) -> SafeString | str:
        if entry.actor is None:
            return gettext("The system")
        page = reverse("admin:accounts_user_change", args=[entry.actor.pk])
        return format_html('<a href="{}">{}</a>', page, entry.actor)

    @admin.display(description=_("what"), ordering="verb")
    def what(self, entry: AuditEntry) -> str:
        return entry.what

    @admin.display(description=_("about"), ordering="target")
    def about(self, entry: AuditEntry) -> SafeString | str:
        """The key with what it is a key of, and its page where there is one."""
        model, _colon, key = entry.target.partition(":")
        try:
            page = reverse(f"admin:{model.replace('.', '_')}_change", args=[key])
        except NoReverseMatch:
            return entry.target
        name = capfirst(apps.get_model(model)._meta.verbose_name)
        return format_html('<a href="{}">{} …{}</a>', page, name, key[-8:])

    @admin.display(description=_("what changed"))
    def what_changed(self, entry: AuditEntry) -> str:
        text = "; ".join(
            f"{name}: {before} → {after}" for name, before, after in changes(entry)
        )
        return text if len(text) <= SHORT else f"{text[: SHORT - 1]}…"

    @admin.display(description=_("what changed"))
    def difference(self, entry: AuditEntry) -> SafeString:
        rows = format_html_join(
            "",
            '<tr><th scope="row">{}</th><td>{}</td><td>{}</td></tr>',
            changes(entry),
        )
        return format_html(
            '<table><thead><tr><th scope="col">{}</th><th scope="col">{}</th>'
            '<th scope="col">{}</th></tr></thead><tbody>{}</tbody></table>',
            gettext("What"),
            gettext("Before"),
            gettext("After"),
            rows,
        )


def _rows(entries: QuerySet[AuditEntry]) -> Iterator[csv.Row]:
    yield ["at", "who", "what", "target", "before", "after", "reason", "address"]
    for entry in entries.iterator(chunk_size=500):
        yield [
            entry.at.isoformat(timespec="seconds"),
            entry.actor.email if entry.actor else "",
            entry.verb,
            entry.target,
            json.dumps(entry.before, ensure_ascii=False) if entry.before else "",
            json.dumps(entry.after, ensure_ascii=False) if entry.after else "",
            entry.reason,
            entry.address or "",
        ]
