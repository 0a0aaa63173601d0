"""The books as the operator sees them: everything to read, nothing to type."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from gigstream.core.admin import ReadOnlyAdmin, ReadOnlyInline, money_column
from payments.models import (
    Chargeback,
    Earning,
    LedgerAccount,
    LedgerEntry,
    LedgerTransaction,
    Payment,
    Refund,
    StripeEvent,
    UnappliedPayment,
)


class EntryInline(ReadOnlyInline):
    model = LedgerEntry
    fields = ["account", "amount"]

    def get_queryset(self, request):  # type: ignore[no-untyped-def]
        return super().get_queryset(request).select_related("account")


@admin.register(LedgerTransaction)
class LedgerTransactionAdmin(ReadOnlyAdmin):
    list_display = ["at", "kind", "key", "currency", "order"]
    list_filter = ["kind", "currency", "at"]
    list_select_related = ["order"]
    search_fields = ["key", "=order__id"]
    ordering = ["-id"]
    inlines = [EntryInline]


@admin.register(LedgerAccount)
class LedgerAccountAdmin(ReadOnlyAdmin):
    list_display = ["code", "kind", "written", "currency"]
    written = money_column("balance", _("balance"))
    list_filter = ["kind", "currency"]
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


@admin.register(UnappliedPayment)
class UnappliedPaymentAdmin(ReadOnlyAdmin):
    list_display = ["received_at", "written", "reason", "order"]
    written = money_column("amount", _("amount"))
    list_filter = ["reason"]
    list_select_related = ["order"]
    search_fields = ["=intent_id", "=order__id"]
    ordering = ["-id"]


@admin.register(Refund)
class RefundAdmin(ReadOnlyAdmin):
    list_display = ["requested_at", "written", "status", "failure"]
    written = money_column("amount", _("amount"))
    list_filter = ["status"]
    search_fields = ["=intent_id", "=stripe_id"]
    ordering = ["-id"]


@admin.register(Chargeback)
class ChargebackAdmin(ReadOnlyAdmin):
    list_display = ["opened_at", "written", "status", "reason", "answer_by", "order"]
    written = money_column("amount", _("amount"))
    list_filter = ["status", "opened_at"]
    list_select_related = ["order"]
    search_fields = ["=stripe_id", "=intent_id", "=order__id"]
    ordering = ["-id"]


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
    list_filter = ["kind", "processed_at"]
    search_fields = ["=event_id", "kind"]
    ordering = ["-id"]
