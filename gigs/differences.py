"""A change of a gig, side by side with the gig as buyers see it, for whoever decides."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from gigs import actions
from gigs.models import Category, Gig, GigChange, GigExtra, Tier
from gigstream.core import money

LABELS: dict[str, str | Promise] = {
    "title": gettext_lazy("Title"),
    "category": gettext_lazy("Category"),
    "description": gettext_lazy("Description"),
    "tags": gettext_lazy("Tags"),
    "packages": gettext_lazy("Packages"),
    "extras": gettext_lazy("Extras"),
    "faqs": gettext_lazy("Questions that buyers ask"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    text: str
    is_only_here: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One part of the gig: its lines as they are and as they would be."""

    label: str | Promise
    before: list[Line]
    after: list[Line]


def differences(gig: Gig, change: GigChange) -> list[Difference]:
    live = actions.face_of(gig)
    return [
        _difference(gig, name, live[name], change.parts[name])
        for name in LABELS
        if name in change.parts
    ]


def whole(gig: Gig) -> list[Difference]:
    """All that a gig says, where there is nothing to compare it with."""
    live = actions.face_of(gig)
    return [
        Difference(
            label=label,
            before=[],
            after=[
                Line(text=text, is_only_here=False)
                for text in _lines(gig, name, live[name])
            ],
        )
        for name, label in LABELS.items()
        if live[name]
    ]


def _difference(gig: Gig, name: str, before: Any, after: Any) -> Difference:
    old, new = list(_lines(gig, name, before)), list(_lines(gig, name, after))
    return Difference(
        label=LABELS[name],
        before=[Line(text=text, is_only_here=text not in new) for text in old],
        after=[Line(text=text, is_only_here=text not in old) for text in new],
    )


def _lines(gig: Gig, name: str, said: Any) -> Iterator[str]:
    """What is said of a part, in lines that can be compared."""
    if name == "category":
        category = Category.objects.filter(pk=said).first()
        yield category.name if category else _("It does not exist any more.")
    elif name == "packages":
        for row in said:
            yield from _package(gig, row)
    elif name == "extras":
        for row in said:
            price = money.written(row["price"], gig.currency)
            yield f"{GigExtra(**row).name}: {price}"
    elif name == "faqs":
        for row in said:
            yield f"{row['question']} {row['answer']}"
    else:
        yield from [said] if name == "title" else _words(said)


def _words(said: str | list[str]) -> list[str]:
    return said if isinstance(said, list) else said.splitlines()


def _package(gig: Gig, row: Mapping[str, Any]) -> Iterator[str]:
    tier = Tier(row["tier"]).label
    days = ngettext("%(n)s day", "%(n)s days", row["delivery_days"])
    price = money.written(row["price"], gig.currency)
    yield f"{tier}: {row['name']}"
    yield f"{tier}: {price}, {days % {'n': row['delivery_days']}}"
    revisions = ngettext("%(n)s revision", "%(n)s revisions", row["revisions"])
    yield f"{tier}: {revisions % {'n': row['revisions']}}"
    yield f"{tier}: {row['description']}"
    for feature in row["features"]:
        yield f"{tier}: + {feature}"
