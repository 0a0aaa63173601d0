"""Orders as the operator sees them: everything to read, nothing to type."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from gigstream.core.admin import ReadOnlyAdmin, ReadOnlyInline, money_column
from orders.models import Delivery, Order, OrderAnswer, OrderEvent


class EventInline(ReadOnlyInline):
    model = OrderEvent
    fields = ["at", "from_status", "to_status", "role", "actor", "reason"]
    ordering = ["at", "id"]


class DeliveryInline(ReadOnlyInline):
    model = Delivery
    fields = ["number", "at", "message"]
    ordering = ["number"]


class AnswerInline(ReadOnlyInline):
    model = OrderAnswer
    fields = ["question", "text"]
    ordering = ["position"]


@admin.register(Order)
class OrderAdmin(ReadOnlyAdmin):
    list_display = [
        "reference",
        "title",
        "buyer",
        "seller",
        "status",
        "written",
        "placed_at",
    ]
    written = money_column("total", _("total"))
    list_filter = ["status", "on_hold", "tier", "placed_at"]
    list_select_related = ["buyer", "seller"]
    search_fields = ["=id", "title", "buyer__email", "seller__email"]
    ordering = ["-id"]
    inlines = [EventInline, DeliveryInline, AnswerInline]
