"""The books page: what every account holds, which rules hold, and what Stripe says otherwise.

Everything that takes adding up was added up by a job; the page shows when.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST
from django_stubs_ext import StrOrPromise

from accounts.deciding import DecidingAdmin, ReasonForm, Verb
from accounts.models import User
from gigstream.core import checks, clock, invariants
from gigstream.core.admin import ReadOnlyAdmin, SetFilter, money_column
from gigstream.core.models import PeriodicJob
from payments import actions
from payments.books import POSTINGS, Holding
from payments.models import AccountKind, Reconciliation, StripeEvent, StripeLine

SHOWN = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """An invariant, and what broke it when it was asked last."""

    code: str
    rule: StrOrPromise
    at: datetime | None
    ms: int
    found: list[str]


@admin.register(Reconciliation)
class ReconciliationAdmin(ReadOnlyAdmin):
    """Its list is the books page; each look can be opened."""

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(require_POST(self.ask))
        name = "payments_reconciliation_ask"
        return [path("ask/", view, name=name), *super().get_urls()]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        looks = list(Reconciliation.objects.order_by("-at", "-pk")[:10])
        latest = looks[0] if looks else None
        differences = [*latest.differences, *latest.stuck] if latest else []
        # A line without one may still be under way.
        fixes = {each["about"]: each["fix"] for each in differences}
        lines = list(StripeLine.objects.open().order_by("created_at")[: SHOWN + 1])
        waiting = StripeEvent.objects.filter(processed_at=None)
        context = {
            **self.admin_site.each_context(request),
            "title": gettext("Books"),
            "opts": self.opts,
            "latest": latest,
            "drift": list((latest.drift or {"usd": 0}).items()) if latest else [],
            "differences": differences[:SHOWN],
            "left_out": len(differences[SHOWN:]),
            "rules": list(_rules(latest)),
            "holdings": list(_holdings(latest)),
            "postings": list(_postings(latest)),
            "open_lines": [
                (line, fixes.get(line.line_id, "")) for line in lines[:SHOWN]
            ],
            "are_more_open": len(lines) > SHOWN,
            "shown": SHOWN,
            "waiting": _counted(waiting.order_by()[: SHOWN + 1].count()),
            "looks": looks,
            "job": PeriodicJob.objects.filter(name=actions.RECONCILE).first(),
            "may_ask": request.user.has_perm(actions.MAY_RECONCILE),
        }
        return TemplateResponse(request, "admin/payments/books.html", context)

    def ask(self, request: Any) -> HttpResponse:
        actions.ask_to_reconcile(actor=request.user, now=clock.now())
        text = gettext("The books are being compared; what is found will stand here.")
        messages.success(request, text)
        return redirect("admin:payments_reconciliation_changelist")


def _explain(line: StripeLine, actor: User, said: dict[str, Any]) -> str:
    actions.propose_for_line(line_id=line.pk, actor=actor, now=clock.now(), **said)
    return gettext("Proposed; a colleague has to agree.")


@admin.register(StripeLine)
class StripeLineAdmin(DecidingAdmin):
    """Stripe's own list; what only people can explain is explained here."""

    verbs = [
        Verb(
            name="explain",
            label=_("Say what it is"),
            help=_(
                "What went to a bank of ours, or came from it, is only noted; a refund or "
                "transfer made by hand is our loss, all else a fee of Stripe's. A "
                "colleague has to agree."
            ),
            permission="payments.add_adjustment",
            form=lambda _line, data: ReasonForm(data),
            act=_explain,
            applies=lambda line: actions.is_strange(line, now=clock.now()),
            many=True,
        )
    ]
    list_display = [
        "created_at",
        "kind",
        "written",
        "charged",
        "posting_key",
        "line_id",
    ]
    written = money_column("amount", _("amount"))
    charged = money_column("fee", _("fee"))
    list_filter = [("explained_at", SetFilter), "created_at"]
    search_fields = ["=kind", "=line_id", "=source", "=intent_id", "=posting_key"]
    ordering = ["-created_at"]


def _rules(latest: Reconciliation | None) -> Iterator[Rule]:
    """I10 and I12 are what the latest look found; the others were asked by themselves."""
    reported = {"I10": latest.differences, "I12": latest.stuck} if latest else {}
    asked = checks.latest("invariant")
    for code, rule in invariants.rules().items():
        check = asked.get(code)
        at, ms, found = (check.at, check.ms, check.found) if check else (None, 0, [])
        if latest and code in reported:
            at = latest.at
            found = [f"{each['kind']} {each['about']}" for each in reported[code]]
        yield Rule(code=code, rule=rule, at=at, ms=ms, found=found[:SHOWN])


def _holdings(
    latest: Reconciliation | None,
) -> Iterator[tuple[AccountKind, list[Holding]]]:
    """The whole chart of accounts, and what those of each kind held, by currency."""
    found: dict[str, list[Holding]] = defaultdict(list)
    for each in latest.holdings if latest else []:
        found[each["kind"]].append(Holding(**each))
    for kind in AccountKind:
        yield kind, found[kind]


def _postings(latest: Reconciliation | None) -> Iterator[tuple[str, Promise, int]]:
    made = latest.postings if latest else {}
    for number, words in POSTINGS.items():
        yield number, words, made.get(number, 0)


def _counted(number: int) -> str:
    return f"{SHOWN}+" if number > SHOWN else str(number)
