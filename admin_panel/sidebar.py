"""What stands at the side of every page of the admin: desks, data and tools, for who may open them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts import roles

Line = tuple[str, str | Promise, str]

DESKS: list[Line] = [
    ("core_stafftask_changelist", _("To decide"), "inbox"),
    ("moderation", _("Moderation"), "flag"),
    ("orders_dispute_changelist", _("Disputes"), "scale"),
    ("payments_payout_changelist", _("Withdrawals"), "banknote"),
    (
        "payments_unappliedpayment_changelist",
        _("Unapplied payments"),
        "circle-question-mark",
    ),
    ("payments_chargeback_changelist", _("Chargebacks"), "landmark"),
    ("payments_adjustment_changelist", _("Adjustments"), "file-pen"),
    ("messaging_inquiry_changelist", _("Questions"), "mail"),
    ("django_tasks_database_dbtaskresult_changelist", _("Failed tasks"), "bug"),
]
TOOLS: list[Line] = [
    ("payments_reconciliation_changelist", _("Books"), "book-open"),
    ("exports", _("Exports"), "download"),
    ("health", _("Health"), "heart-pulse"),
    ("clock", _("Business clock"), "clock"),
    ("core_platformsetting_changelist", _("Rules"), "settings"),
    ("static_pages", _("Static pages"), "file-text"),
    ("gigs_gig_featured", _("Home page"), "house"),
    ("core_auditentry_changelist", _("Audit log"), "history"),
]
"""Pages by the names of their addresses, without `admin:`, their labels and icons."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    label: str
    address: str
    icon: str = ""
    is_current: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Entries under one title; a folded one opens where one is."""

    title: str
    entries: list[Entry]
    is_folded: bool = False

    @property
    def is_current(self) -> bool:
        return any(entry.is_current for entry in self.entries)


def groups(request: HttpRequest, apps: Iterable[dict[str, Any]]) -> list[Group]:
    """Everything at the side; `apps` are the admin's own, already cut to what may be seen."""
    overview = [("index", _("Overview"), "layout-dashboard")]
    found = [
        Group(title=gettext("Start"), entries=_entries(request, overview)),
        Group(title=gettext("Desks"), entries=_entries(request, DESKS)),
        *_data(request, apps),
        Group(title=gettext("Tools"), entries=_entries(request, TOOLS)),
    ]
    return [group for group in found if group.entries]


def _entries(request: HttpRequest, lines: Iterable[Line]) -> list[Entry]:
    return [
        _entry(request, label=str(label), address=reverse(f"admin:{page}"), icon=icon)
        for page, label, icon in lines
        if roles.may_open(request.user, page)
    ]


def _data(request: HttpRequest, apps: Iterable[dict[str, Any]]) -> Iterator[Group]:
    """The tables of each app, but for those that are desks or tools."""
    elsewhere = {reverse(f"admin:{page}") for page, _label, _icon in DESKS + TOOLS}
    for app in apps:
        entries = [
            _entry(request, label=str(model["name"]), address=model["admin_url"])
            for model in app["models"]
            if model["admin_url"] and model["admin_url"] not in elsewhere
        ]
        yield Group(title=str(app["name"]), entries=entries, is_folded=True)


def _entry(request: HttpRequest, *, label: str, address: str, icon: str = "") -> Entry:
    home = reverse("admin:index")
    is_here = request.path == address
    is_below = address != home and request.path.startswith(address)
    return Entry(
        label=label, address=address, icon=icon, is_current=is_here or is_below
    )
