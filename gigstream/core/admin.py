"""What the apps' admin pages share: tables that can be read and not changed."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.core.paginator import Paginator
from django.db import models
from django.http import HttpRequest
from django.utils.functional import cached_property
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django_stubs_ext import StrOrPromise

from gigstream.core import clock, money
from gigstream.core.models import AuditEntry
from gigstream.core.numbers import grouped

M = TypeVar("M", bound=models.Model)

COUNT_LIMIT = 1000


class BoundedPaginator(Paginator):  # type: ignore[type-arg]
    """Counts no further than a person pages; what lies beyond is found by a search."""

    @cached_property
    def found(self) -> int:
        rows = self.object_list
        if isinstance(rows, models.QuerySet):
            return rows.order_by()[: COUNT_LIMIT + 1].count()
        return len(rows)

    @cached_property
    def count(self) -> int:
        return min(self.found, COUNT_LIMIT)

    @property
    def count_text(self) -> str:
        return grouped(self.count) + ("+" if self.found > COUNT_LIMIT else "")


ROWS = 25, 50, 100
ROWS_VAR = "rows"


@dataclass(frozen=True, slots=True, kw_only=True)
class RowChoice:
    """How many rows a page of a list may have, and where that choice leads."""

    rows: int
    address: str
    is_current: bool


class RowsChangeList(ChangeList):
    """A list whose pages are as long as its reader has chosen; all lists remember it."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.title = str(capfirst(self.opts.verbose_name_plural))

    def get_filters_params(self, params: Any = None) -> dict[str, Any]:
        found: dict[str, Any] = super().get_filters_params(params)
        found.pop(ROWS_VAR, None)
        return found

    def get_results(self, request: HttpRequest) -> None:
        self.list_per_page = _rows(request, usual=self.list_per_page)
        super().get_results(request)

    @property
    def row_choices(self) -> list[RowChoice]:
        return [
            RowChoice(
                rows=rows,
                address=self.get_query_string({ROWS_VAR: rows}),
                is_current=rows == self.list_per_page,
            )
            for rows in ROWS
        ]


def _rows(request: HttpRequest, *, usual: int) -> int:
    """What the address says, or was said last time in this session."""
    asked = request.GET.get(ROWS_VAR, "")
    if asked in {str(rows) for rows in ROWS}:
        request.session[ROWS_VAR] = int(asked)
    chosen: int = request.session.get(ROWS_VAR, usual)
    return chosen


class RowsAdmin(admin.ModelAdmin[M]):
    """What every list of the admin has, whoever may change its rows."""

    list_per_page = 50
    paginator = BoundedPaginator
    show_facets = admin.ShowFacets.NEVER
    # Counting a million rows for a label costs more than the page itself.
    show_full_result_count = False

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return RowsChangeList


class _ReadOnly:
    """Nobody adds, changes or deletes here; the site's actions do."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class ReadOnlyAdmin(_ReadOnly, RowsAdmin[models.Model]):
    # An order, a conversation: for anybody but its people, its own page does not exist.
    view_on_site = False


class SetFilter(admin.EmptyFieldListFilter):
    """Whether something has happened, or is there: no or yes."""

    def choices(self, changelist: Any) -> Iterator[Any]:
        words = (_("All"), _("No"), _("Yes"))
        for choice, display in zip(super().choices(changelist), words, strict=True):
            yield {**choice, "display": display}


def known_values(
    field: str,
    title: StrOrPromise,
    values: Iterable[Any],
    words: Mapping[Any, object] | None = None,
) -> type[admin.SimpleListFilter]:
    """A filter by what is known to occur, instead of looking through the table for it."""

    class KnownValues(admin.SimpleListFilter):
        parameter_name = field

        def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
            return [
                (str(each), f"{each} · {words[each]}" if words else str(each))
                for each in values
            ]

        def queryset(self, request: HttpRequest, queryset: Any) -> Any:
            wanted = self.value()
            return queryset.filter(**{field: wanted}) if wanted else queryset

    KnownValues.title = title
    return KnownValues


def money_column(field: str, title: StrOrPromise) -> Callable[[Any, Any], str]:
    """A column that writes an amount of minor units as people do."""

    @admin.display(description=title, ordering=field)
    def written(_admin: Any, row: Any) -> str:
        amount = getattr(row, field)
        return "" if amount is None else money.written(amount, row.currency)

    return written


class ReadOnlyInline(_ReadOnly, admin.TabularInline[models.Model, models.Model]):
    """Parts of a row: who may see it sees them, unless they take a permission of their own."""

    extra = 0
    show_change_link = False
    permission = ""
    list_select_related: Sequence[str] = ()

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return not self.permission or request.user.has_perm(self.permission)

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[models.Model]:
        return super().get_queryset(request).select_related(*self.list_select_related)


class Audited:
    """Beside a ModelAdmin in which staff may write: each change goes into the audit log."""

    def save_model(
        self, request: HttpRequest, obj: Any, form: Any, change: bool
    ) -> None:
        super().save_model(request, obj, form, change)  # type: ignore[misc]
        changed = [name for name in form.changed_data if name in form.cleaned_data]
        before = {name: _plain(form.initial.get(name)) for name in changed}
        after = {name: _plain(form.cleaned_data[name]) for name in changed}
        _note(
            request, obj, "change" if change else "add", before if change else {}, after
        )

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        _note(request, obj, "delete", {"name": str(obj)}, {})
        super().delete_model(request, obj)  # type: ignore[misc]

    def delete_queryset(self, request: HttpRequest, queryset: Any) -> None:
        for row in queryset:
            _note(request, row, "delete", {"name": str(row)}, {})
        super().delete_queryset(request, queryset)  # type: ignore[misc]


def _note(
    request: HttpRequest,
    row: models.Model,
    verb: str,
    before: dict[str, Any],
    after: dict[str, Any],
) -> None:
    label = row._meta.label_lower
    AuditEntry.objects.create(
        at=clock.now(),
        actor=request.user,  # type: ignore[misc]
        verb=f"{row._meta.app_label}.{verb}_{row._meta.model_name}",
        target=f"{label}:{row.pk}",
        before=before,
        after=after,
    )


def _plain(value: Any) -> Any:
    """What a form held, as JSON can keep it: rows by their key."""
    if value is None or isinstance(value, (bool, int, str)):
        return value
    if isinstance(value, models.Model):
        return str(value.pk)
    if isinstance(value, (list, tuple, set, models.QuerySet)):
        return [_plain(each) for each in value]
    return str(value)
