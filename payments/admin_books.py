"""The books page: what every account holds, which rules hold, and what Stripe says otherwise."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.contrib import admin, messages
from django.db.models import Count, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from gigstream.core import clock, invariants
from gigstream.core.admin import ReadOnlyAdmin, money_column
from gigstream.services import stripe
from payments import actions
from payments.models import (
    AccountKind,
    LedgerAccount,
    LedgerEntry,
    Reconciliation,
    StripeEvent,
    StripeLine,
)

SHOWN = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """What all accounts of one kind hold, in their natural sign."""

    kind: AccountKind
    currency: str
    total: int
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """An invariant, and what broke it when it was asked last."""

    code: str
    rule: str
    found: list[str]


@admin.register(Reconciliation)
class ReconciliationAdmin(ReadOnlyAdmin):
    """Its list is the books page; each look can be opened."""

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        if request.method == "POST":
            return self._look_again(request)
        latest = Reconciliation.objects.latest_one()
        context = {
            **self.admin_site.each_context(request),
            "title": gettext("Books"),
            "opts": self.opts,
            "latest": latest,
            "drift": list((latest.drift or {"usd": 0}).items()) if latest else [],
            "rules": list(_rules(latest)),
            "holdings": list(_holdings()),
            "open_lines": StripeLine.objects.open().order_by("-created_at")[:SHOWN],
            "waiting": StripeEvent.objects.filter(processed_at=None).count(),
            "ignored": list(_ignored()),
            "looks": Reconciliation.objects.order_by("-at")[:10],
        }
        return TemplateResponse(request, "admin/payments/books.html", context)

    def _look_again(self, request: HttpRequest) -> HttpResponse:
        try:
            actions.reconcile(now=clock.now())
        except stripe.StripeFailure as error:
            text = gettext("Stripe does not answer: %(error)s")
            messages.error(request, text % {"error": error})
        return redirect(request.path)


@admin.register(StripeLine)
class StripeLineAdmin(ReadOnlyAdmin):
    list_display = ["created_at", "kind", "written", "fee", "posting_key", "line_id"]
    written = money_column("amount", _("amount"))
    list_filter = ["created_at"]
    search_fields = ["=kind", "=line_id", "=source", "=intent_id", "=posting_key"]
    ordering = ["-created_at"]


def _rules(latest: Reconciliation | None) -> Iterator[Rule]:
    broken = latest.broken if latest else {}
    reported = {
        "I10": latest.differences if latest else [],
        "I12": latest.stuck if latest else [],
    }
    for code, rule in invariants.rules().items():
        told = [f"{each['kind']} {each['about']}" for each in reported.get(code, [])]
        yield Rule(code=code, rule=rule, found=broken.get(code) or told)


def _holdings() -> Iterable[Holding]:
    """Every kind of account, in the order of the chart; the busy ones are added up."""
    kept = LedgerAccount.objects.filter(balance__isnull=False)
    sums = LedgerEntry.objects.filter(account__balance__isnull=True)
    found = [
        (AccountKind(row["kind"]), row["currency"], row["total"], row["count"])
        for row in kept.values("kind", "currency").annotate(
            total=Sum("balance"), count=Count("pk")
        )
    ] + [
        (
            AccountKind(row["account__kind"]),
            row["account__currency"],
            _natural(AccountKind(row["account__kind"]), row["total"]),
            1,
        )
        for row in sums.values("account__kind", "account__currency").annotate(
            total=Sum("amount")
        )
    ]
    order = list(AccountKind)
    for kind, currency, total, count in sorted(
        found, key=lambda each: (each[1], order.index(each[0]))
    ):
        yield Holding(kind=kind, currency=currency, total=total, count=count)


def _ignored() -> Iterator[tuple[str, int]]:
    """The kinds of Stripe's news that do nothing here, and how often they came."""
    kinds = StripeEvent.objects.values_list("kind").annotate(count=Count("pk"))
    for kind, count in kinds.order_by("kind"):
        if not actions.is_handled(kind):
            yield kind, count


def _natural(kind: AccountKind, total: int) -> int:
    return total if kind.grows_by_debit else -total
