"""What an entry of the audit log says was changed, in words."""

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.db.models import Field
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_stubs_ext import StrOrPromise

from accounts import roles
from gigstream.core.models import AuditEntry
from gigstream.core.policy import LABELS

NAMES: dict[str, StrOrPromise] = {
    **LABELS,
    "arguments": gettext_lazy("arguments"),
    "error": gettext_lazy("error"),
    "fields": gettext_lazy("fields"),
    "files": gettext_lazy("files"),
    "filters": gettext_lazy("filters"),
    "keep_texts": gettext_lazy("keeps the texts"),
    "mended": gettext_lazy("put right"),
    "name": gettext_lazy("name"),
    "note": gettext_lazy("note"),
    "page": gettext_lazy("page"),
    "place": gettext_lazy("place"),
    "refundable": gettext_lazy("could go back of the price"),
    "refunds": gettext_lazy("refunds"),
    "returned": gettext_lazy("goes back"),
    "roles": gettext_lazy("roles"),
    "seconds": gettext_lazy("seconds ahead"),
    "since": gettext_lazy("from"),
    "task": gettext_lazy("task"),
    "text": gettext_lazy("text"),
    "tried": gettext_lazy("tried"),
    "until": gettext_lazy("to"),
}
"""What is noted beside the fields of a row, which have names of their own."""


def changes(entry: AuditEntry) -> Iterator[tuple[str, str, str]]:
    """Each value that was changed, before and after; what is missing is a dash."""
    for name in {**entry.before, **entry.after}:
        field = _field(entry.target, name)
        known = _choices(name, field)
        before, after = entry.before.get(name), entry.after.get(name)
        yield _named(name, field), _said(before, known), _said(after, known)


def _field(target: str, name: str) -> Field[Any, Any] | None:
    try:
        found = apps.get_model(target.partition(":")[0])._meta.get_field(name)
    except (LookupError, ValueError, FieldDoesNotExist):
        return None
    return found if isinstance(found, Field) else None


def _named(name: str, field: Field[Any, Any] | None) -> str:
    words = field.verbose_name if field else NAMES.get(name, name.replace("_", " "))
    return str(capfirst(words))


def _choices(name: str, field: Field[Any, Any] | None) -> dict[Any, StrOrPromise]:
    if name == "roles":
        return {
            role: str(said).partition(":")[0] for role, said in roles.LABELS.items()
        }
    return dict(field.flatchoices) if field else {}


def _said(value: Any, known: dict[Any, StrOrPromise]) -> str:
    match value:
        case None | "" | []:
            return "-"
        case bool():
            return _("yes") if value else _("no")
        case list():
            return ", ".join(_said(each, known) for each in value)
        case dict():
            return "; ".join(
                f"{name}: {_said(each, {})}" for name, each in value.items()
            )
    return str(known.get(value, value))
