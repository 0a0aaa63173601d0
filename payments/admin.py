"""The books as the operator sees them: to read, and to correct by two who agree."""

from typing import Any, cast

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.deciding import DecidingAdmin, ReasonForm, Verb, decision
from accounts.fresh import fresh_login_required
from accounts.models import User
from gigstream.core import clock, money
from gigstream.core.admin import (
    ReadOnlyAdmin,
    ReadOnlyInline,
    SetFilter,
    known_values,
    money_column,
)
from gigstream.core.forms import MoneyField
from gigstream.core.http import sent
from gigstream.core.models import PlatformSetting
from payments import actions, admin_books, admin_payouts  # noqa: F401 - their pages
from payments.books import POSTINGS
from payments.models import (
    FROM_ITS_PAGE,
    Adjustment,
    AdjustmentKind,
    AdjustmentStatus,
    Earning,
    LedgerAccount,
    LedgerEntry,
    LedgerTransaction,
    Payment,
    Refund,
    StripeEvent,
    UnappliedPayment,
)

MOST_ADJUSTED = 1_000_000_00


class EntryInline(ReadOnlyInline):
    model = LedgerEntry
    fields = ["account", "written"]
    readonly_fields = ["written"]
    list_select_related = ["account"]

    @admin.display(description=_("amount"))
    def written(self, entry: LedgerEntry) -> str:
        return money.written(entry.amount, entry.account.currency)


@admin.register(LedgerTransaction)
class LedgerTransactionAdmin(ReadOnlyAdmin):
    list_display = ["at", "said", "key", "currency", "order"]
    list_filter = [
        known_values("kind", _("posting"), POSTINGS, POSTINGS),
        known_values("currency", _("currency"), sorted(money.CHARGED)),
        "at",
    ]
    list_select_related = ["order"]
    search_fields = ["key", "=order__id"]
    ordering = ["-id"]
    inlines = [EntryInline]

    @admin.display(description=_("posting"))
    def said(self, posting: LedgerTransaction) -> str:
        return f"{posting.kind} · {POSTINGS.get(posting.kind, '')}"


@admin.register(LedgerAccount)
class LedgerAccountAdmin(ReadOnlyAdmin):
    list_display = ["code", "kind", "written", "currency"]
    written = money_column("balance", _("balance"))
    list_filter = [
        "kind",
        known_values("currency", _("currency"), sorted(money.CHARGED)),
    ]
    search_fields = ["code"]
    ordering = ["code"]


@admin.register(Payment)
class PaymentAdmin(ReadOnlyAdmin):
    list_display = ["created_at", "buyer", "written", "status", "order"]
    written = money_column("amount", _("amount"))
    list_filter = ["status", "purpose", "created_at"]
    list_select_related = ["buyer", "order"]
    search_fields = ["=id", "=intent_id", "buyer__email", "=order__id"]
    exclude = ["client_secret"]
    ordering = ["-id"]


def _settle(unapplied: UnappliedPayment, actor: User, said: dict[str, Any]) -> str:
    actions.settle_unapplied(
        unapplied_id=unapplied.pk, actor=actor, now=clock.now(), **said
    )
    return gettext("It is explained; nobody needs to look again.")


def _pay_another_way(
    unapplied: UnappliedPayment, actor: User, said: dict[str, Any]
) -> str:
    actions.pay_unapplied_another_way(
        unapplied_id=unapplied.pk, actor=actor, now=clock.now(), **said
    )
    return gettext("Proposed; a colleague has to agree.")


class WaitsFilter(admin.SimpleListFilter):
    """What somebody has to find out about, or find another way for."""

    title = _("state")
    parameter_name = "waits"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        return [("yes", _("Waits for somebody"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.waiting() if self.value() else queryset  # type: ignore[attr-defined]


@admin.register(UnappliedPayment)
class UnappliedPaymentAdmin(DecidingAdmin):
    """Money that fits no order. It is sent back by itself; what that cannot mend waits here."""

    verbs = [
        Verb(
            name="pay_another_way",
            label=_("Pay it another way"),
            help=_(
                "The refund did not arrive. Propose to a colleague that the buyer is paid "
                "outside Stripe; the books follow once they agree."
            ),
            permission="payments.add_adjustment",
            form=lambda _row, data: ReasonForm(data),
            act=_pay_another_way,
            applies=lambda row: bool(row.order_id) and row.came_back,
        ),
        Verb(
            name="settle",
            label=_("Explained"),
            help=_("Say what it was; the audit log keeps that."),
            permission="payments.change_unappliedpayment",
            form=lambda _row, data: ReasonForm(data),
            act=_settle,
            many=True,
        ),
    ]
    list_display = ["received_at", "written", "reason", "order", "sent_back"]
    written = money_column("amount", _("amount"))
    list_filter = [WaitsFilter, "reason"]
    list_select_related = ["order", "refund"]
    search_fields = ["=intent_id", "=order__id"]
    ordering = ["-id"]
    fields = [
        "received_at",
        "written",
        "reason",
        "order",
        "intent_id",
        "sent_back",
        "why_not",
    ]
    readonly_fields = ["written", "sent_back", "why_not"]

    def described(self, row: Any) -> str:
        return f"{money.written(row.amount, row.currency)}: {row.get_reason_display()}"

    @admin.display(description=_("sent back"))
    def sent_back(self, row: UnappliedPayment) -> str:
        refund = row.sent_back
        return refund.get_status_display() if refund else gettext("Not by us")

    @admin.display(description=_("why it did not arrive"))
    def why_not(self, row: UnappliedPayment) -> str:
        return row.sent_back.failure if row.sent_back else ""


@admin.register(Refund)
class RefundAdmin(ReadOnlyAdmin):
    list_display = ["requested_at", "written", "status", "order", "reason", "failure"]
    written = money_column("amount", _("amount"))
    list_filter = ["status"]
    list_select_related = ["payment__order", "unapplied__order"]
    search_fields = ["=intent_id", "=stripe_id", "=payment__order__id"]
    ordering = ["-id"]

    @admin.display(description=_("order"))
    def order(self, refund: Refund) -> Any:
        paid = refund.payment or refund.unapplied
        return paid and paid.order


class AdjustmentForm(ReasonForm):
    """What is to be corrected, for whom; the amount is checked against the books later."""

    kind = forms.ChoiceField(
        choices=[
            each for each in AdjustmentKind.choices if each[0] not in FROM_ITS_PAGE
        ]
    )
    person = forms.EmailField(label=_("Whose"), help_text=_("The e-mail address."))
    currency = forms.ChoiceField(
        choices=[(each, each.upper()) for each in sorted(money.CHARGED)], required=False
    )
    field_order = ["kind", "person", "currency", "amount", "reason"]

    def __init__(self, data: Any, *, usual: str) -> None:
        super().__init__(data, initial={"currency": usual})
        self.usual = usual
        asked = self["currency"].value()
        currency = asked if asked in money.CHARGED else usual
        self.fields["amount"] = MoneyField(
            least=1, most=MOST_ADJUSTED, currency=currency
        )
        self.order_fields(self.field_order)

    def clean_currency(self) -> str:
        return self.cleaned_data["currency"] or self.usual

    def clean_person(self) -> User:
        found = User.objects.filter(email__iexact=self.cleaned_data["person"]).first()
        if found is None:
            raise forms.ValidationError(gettext("Nobody here has this address."))
        return found


def _approve(adjustment: Adjustment, actor: User, _said: dict[str, Any]) -> str:
    actions.approve_adjustment(
        adjustment_id=adjustment.pk, actor=actor, now=clock.now()
    )
    return gettext("It is in the books now.")


def _reject(adjustment: Adjustment, actor: User, _said: dict[str, Any]) -> str:
    actions.reject_adjustment(adjustment_id=adjustment.pk, actor=actor, now=clock.now())
    return gettext("Nothing was changed.")


def _is_proposed(adjustment: Adjustment) -> bool:
    return adjustment.status == AdjustmentStatus.PROPOSED


@admin.register(Adjustment)
class AdjustmentAdmin(DecidingAdmin):
    """Corrections by hand; a second person has to agree to each."""

    list_display = ["proposed_at", "kind", "person", "written", "status", "proposed_by"]
    written = money_column("amount", _("amount"))
    list_filter = ["status", "kind"]
    list_select_related = ["person", "proposed_by"]
    search_fields = ["person__email", "reason"]
    ordering = ["-id"]
    fields = [
        "kind",
        "person",
        "written",
        "reason",
        "chargeback",
        "line",
        "status",
        *("proposed_by", "proposed_at", "decided_by", "decided_at"),
    ]
    readonly_fields = ["written"]
    verbs = [
        Verb(
            name="approve",
            label=_("Approve"),
            help=_("Agree to a colleague's correction; it is posted at once."),
            permission="payments.change_adjustment",
            form=lambda _row, data: forms.Form(data),
            act=_approve,
            applies=_is_proposed,
        ),
        Verb(
            name="reject",
            label=_("Reject"),
            help=_("Turn the correction down, or take back your own."),
            permission="payments.change_adjustment",
            form=lambda _row, data: forms.Form(data),
            act=_reject,
            applies=_is_proposed,
        ),
    ]

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("payments.add_adjustment")

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        if not self.has_add_permission(request):
            raise PermissionDenied
        return cast("HttpResponse", fresh_login_required(self._propose)(request))

    def _propose(self, request: Any) -> HttpResponse:
        usual = PlatformSetting.objects.in_force().currency

        def act(said: dict[str, Any]) -> str:
            actions.propose_adjustment(actor=request.user, now=clock.now(), **said)
            return gettext("A colleague has to agree now.")

        return decision(
            request,
            self,
            title=gettext("Propose an adjustment"),
            help_text=gettext("Nothing is posted until a colleague agrees."),
            form=AdjustmentForm(sent(request), usual=usual),
            act=act,
        )


@admin.register(Earning)
class EarningAdmin(ReadOnlyAdmin):
    list_display = [
        "earned_at",
        "seller",
        "written",
        "currency",
        "clears_at",
        "cleared_at",
    ]
    written = money_column("amount", _("amount"))
    list_select_related = ["seller"]
    search_fields = ["seller__email", "=order__id"]
    ordering = ["-id"]


@admin.register(StripeEvent)
class StripeEventAdmin(ReadOnlyAdmin):
    list_display = [
        "received_at",
        "kind",
        "event_id",
        "processed_at",
        "attempts",
        "problem",
    ]
    list_filter = [
        known_values("kind", _("kind"), sorted(actions.HANDLED)),
        ("processed_at", SetFilter),
    ]
    search_fields = ["=event_id", "kind"]
    ordering = ["-id"]
