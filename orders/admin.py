"""Orders as the operator sees them: everything to read, and what staff decide."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

import payments.actions
from accounts.deciding import DecidingAdmin, ReasonForm, Verb
from accounts.models import User
from gigstream.core import clock
from gigstream.core.admin import (
    ReadOnlyAdmin,
    ReadOnlyInline,
    SetFilter,
    known_values,
    money_column,
)
from gigstream.core.forms import MoneyField
from gigstream.core.money import written
from orders import actions, wording
from orders.models import CustomOffer, Delivery, Order, OrderAnswer, OrderEvent, Review
from orders.models.reviews import STARS
from orders.status import MAY_DECIDE, UNDER_WAY

SEES_THE_WORK = "orders.view_delivery"
"""What the two wrote for each other is nothing for who only looks after the money."""


class EventInline(ReadOnlyInline):
    model = OrderEvent
    fields = ["at", "from_status", "to_status", "role", "actor", "reason"]
    list_select_related = ["actor"]
    ordering = ["at", "id"]


class DeliveryInline(ReadOnlyInline):
    model = Delivery
    permission = SEES_THE_WORK
    fields = ["number", "at", "message"]
    ordering = ["number"]


class AnswerInline(ReadOnlyInline):
    model = OrderAnswer
    permission = SEES_THE_WORK
    fields = ["question", "text"]
    ordering = ["position"]


class RefundForm(ReasonForm):
    """How much of the price goes back; `most` is what was left when the page was shown."""

    most = forms.IntegerField(widget=forms.HiddenInput)
    field_order = ["price", "reason"]

    def __init__(self, order: Order, data: Any) -> None:
        most = payments.actions.refundable(order.pk)
        super().__init__(data, initial={"most": most, "price": most})
        self.fields["price"] = MoneyField(
            least=1,
            most=most,
            currency=order.currency,
            label=_("Of the price"),
            help_text=gettext(
                "At most %(amount)s; the part of the service fee goes along."
            )
            % {"amount": written(most, order.currency)},
        )
        self.order_fields(self.field_order)


def _refund(order: Order, actor: User, said: dict[str, Any]) -> str:
    refunds = actions.refund_as_staff(
        order_id=order.pk, actor=actor, now=clock.now(), **said
    )
    amount = written(sum(refund.amount for refund in refunds), order.currency)
    return gettext("%(amount)s goes back to the buyer.") % {"amount": amount}


def _cancel(order: Order, actor: User, said: dict[str, Any]) -> str:
    actions.cancel_as_staff(order_id=order.pk, actor=actor, now=clock.now(), **said)
    return gettext("The order is cancelled, and the buyer gets their money back.")


@admin.register(Order)
class OrderAdmin(DecidingAdmin):
    """Any order, with the ways that staff have (O12 and refunds); a dispute has its own page."""

    change_form_template = "admin/order.html"
    verbs = [
        Verb(
            name="refund",
            label=_("Refund"),
            help=_("Send all or a part of the price back. The order stays as it is."),
            permission=MAY_DECIDE,
            form=RefundForm,
            act=_refund,
            applies=lambda order: payments.actions.refundable(order.pk) > 0,
        ),
        Verb(
            name="cancel",
            label=_("Cancel"),
            help=_(
                "Call the order off. The buyer gets all that is left of the payment."
            ),
            permission=MAY_DECIDE,
            form=lambda _order, data: ReasonForm(data),
            act=_cancel,
            applies=lambda order: order.status in UNDER_WAY,
        ),
    ]
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
    written_price = money_column("price", _("price"))
    written_fee = money_column("fee", _("service fee"))
    written_commission = money_column("commission", _("commission"))
    written_extras = money_column("added_price", _("extras"))
    written_extras_fee = money_column("added_fee", _("service fee of extras"))
    written_extras_commission = money_column(
        "added_commission", _("commission of extras")
    )
    fields = [
        "gig",
        "buyer",
        "seller",
        "tier",
        "title",
        "status",
        "on_hold",
        "held_at",
        "dispute",
        "written_price",
        "written_fee",
        "written",
        "written_commission",
        "currency",
        "written_extras",
        "written_extras_fee",
        "written_extras_commission",
        "added_revisions",
        "delivery_days",
        "max_revisions",
        "revision_count",
        "placed_at",
        "expires_at",
        "paid_at",
        "due_at",
        "delivered_at",
        "review_ends_at",
        "review_extended_at",
        "completed_at",
        "agreed",
    ]
    list_filter = ["status", "on_hold", "tier", "placed_at"]
    list_select_related = ["buyer", "seller"]
    search_fields = ["=id", "title", "buyer__email", "seller__email"]
    ordering = ["-id"]
    inlines = [EventInline, DeliveryInline, AnswerInline]

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        found, may_repeat = super().get_search_results(request, queryset, search_term)
        called = Order.objects.called(search_term).values("pk")
        return found | queryset.filter(pk__in=called), may_repeat

    @admin.display(description=_("terms"))
    def agreed(self, order: Order) -> SafeString:
        rows = [(capfirst(label), value) for label, value in wording.terms(order)]
        row = '<tr><th scope="row">{}</th><td>{}</td></tr>'
        return format_html(
            "<table><tbody>{}</tbody></table>", format_html_join("", row, rows)
        )

    @admin.display(description=_("Reference"))
    def reference(self, order: Order) -> str:
        return order.reference


@admin.register(CustomOffer)
class CustomOfferAdmin(ReadOnlyAdmin):
    list_display = ["title", "seller", "buyer", "written", "status", "made_at"]
    written = money_column("price", _("price"))
    list_filter = ["status", "made_at"]
    list_select_related = ["seller", "buyer"]
    search_fields = ["=id", "=order__id", "title", "seller__email", "buyer__email"]
    ordering = ["-id"]


def _remove(review: Review, actor: User, said: dict[str, Any]) -> str:
    actions.remove_review(review_id=review.pk, actor=actor, now=clock.now(), **said)
    return gettext("The review is off the site, and its author has been told why.")


def _restore(review: Review, actor: User, said: dict[str, Any]) -> str:
    actions.restore_review(review_id=review.pk, actor=actor, now=clock.now(), **said)
    return gettext("The review is back, and its author has been told.")


@admin.register(Review)
class ReviewAdmin(DecidingAdmin):
    verbs = [
        Verb(
            name="remove",
            label=_("Remove"),
            help=_("Take the review off the site; ratings are counted anew."),
            permission="orders.change_review",
            form=lambda _review, data: ReasonForm(data),
            act=_remove,
            applies=lambda review: review.removed_at is None,
            many=True,
        ),
        Verb(
            name="restore",
            label=_("Restore"),
            help=_("Put the review back where it was; ratings are counted anew."),
            permission="orders.change_review",
            form=lambda _review, data: ReasonForm(data),
            act=_restore,
            applies=lambda review: review.removed_at is not None,
        ),
    ]
    list_display = [
        "written_at",
        "rating",
        "side",
        "author",
        "subject",
        "published_at",
        "removed_at",
    ]
    list_filter = [
        known_values("rating", _("stars"), STARS),
        "side",
        ("published_at", SetFilter),
        ("removed_at", SetFilter),
        "written_at",
    ]
    list_select_related = ["author", "subject"]
    search_fields = ["=id", "=order__id", "text", "author__email", "subject__email"]
    ordering = ["-id"]
