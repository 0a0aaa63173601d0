"""The desk at which staff decide disputes: everything about one on its page, and the decision."""

from typing import Any, cast
from uuid import UUID

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path
from django.utils.timesince import timesince, timeuntil
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

import payments.actions
from accounts.deciding import DecidingAdmin, Verb
from accounts.models import User
from admin_panel import evidence
from gigstream.core import clock
from gigstream.core.forms import MoneyField
from gigstream.core.money import written
from orders import actions
from orders.models import Dispute, OrderFile
from orders.models.disputes import LONGEST_TEXT
from orders.status import MAY_DECIDE
from orders.timeline import past_of
from orders.views.files import send
from orders.wording import said_offer

OUTCOMES = {
    "release": _("Release: the seller is paid"),
    "refund": _("Refund: the buyer gets everything back"),
    "split": _("Split: a part goes back"),
}


class DecisionForm(forms.Form):
    """Who gets what, and why. `most` and `seen` are what the page showed when it was read."""

    outcome = forms.ChoiceField(
        label=_("Decision"), choices=list(OUTCOMES.items()), widget=forms.RadioSelect
    )
    ruling = forms.CharField(
        label=_("Reasons"),
        max_length=LONGEST_TEXT,
        help_text=_("Both sides read them, word by word."),
        widget=forms.Textarea(attrs={"rows": 6}),
    )
    most = forms.IntegerField(widget=forms.HiddenInput)
    seen = forms.UUIDField(widget=forms.HiddenInput)
    field_order = ["outcome", "price", "ruling"]

    def __init__(self, dispute: Dispute, data: Any = None) -> None:
        order = dispute.order
        most = payments.actions.refundable(order.pk)
        newest = dispute.statements.order_by("-at", "-id").first()
        now = {"most": most, "seen": newest and newest.pk, "price": most // 2}
        super().__init__(data, initial=now)
        self.fields["price"] = MoneyField(
            least=1,
            most=max(most - 1, 1),
            currency=order.currency,
            label=_("Back to the buyer"),
            help_text=gettext(
                "For a split: of the price, less than %(amount)s. The part of the"
                " service fee goes along, the seller gets the rest."
            )
            % {"amount": written(most, order.currency)},
        )
        self.order_fields(self.field_order)

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if said.get("outcome") != "split":
            self.errors.pop("price", None)
        return said


def _decide(dispute: Dispute, actor: User, said: dict[str, Any]) -> str:
    ends = {"release": 0, "refund": said["most"]}
    refund = ends.get(said["outcome"], said.get("price") or 0)
    actions.decide_dispute(
        order_id=dispute.order_id,
        actor=actor,
        refund=refund,
        ruling=said["ruling"],
        seen=said["seen"],
        most=said["most"],
        now=clock.now(),
    )
    amount = written(refund, dispute.order.currency)
    words = gettext("Decided. %(amount)s of the price goes back; both have been told.")
    return words % {"amount": amount}


def _take_over(dispute: Dispute, actor: User, _said: dict[str, Any]) -> str:
    actions.escalate_dispute(order_id=dispute.order_id, actor=actor, now=clock.now())
    return gettext("The dispute is with us now; both have been told.")


class OngoingFilter(admin.SimpleListFilter):
    """The queue: what is not settled yet, and what of it waits for us."""

    title = _("queue")
    parameter_name = "queue"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        return [("ongoing", _("Ongoing")), ("ours", _("With our staff"))]

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[Dispute]
    ) -> QuerySet[Dispute]:
        if self.value() == "ongoing":
            return queryset.filter(status__in=Dispute.ONGOING)
        if self.value() == "ours":
            return queryset.filter(status=Dispute.Status.WITH_STAFF)
        return queryset


@admin.register(Dispute)
class DisputeAdmin(DecidingAdmin):
    change_form_template = "admin/dispute.html"
    verbs = [
        Verb(
            name="take_over",
            label=_("Take over"),
            help=_(
                "Decide before the time to answer is over. The two can still agree."
            ),
            permission=MAY_DECIDE,
            form=lambda _dispute, data: forms.Form(data),
            act=_take_over,
            applies=lambda dispute: dispute.status == Dispute.Status.OPEN,
        ),
        Verb(
            name="decide",
            label=_("Decide"),
            help=_("The money moves at once, and both sides are told why."),
            permission=MAY_DECIDE,
            form=DecisionForm,
            act=_decide,
            applies=lambda dispute: dispute.status == Dispute.Status.WITH_STAFF,
        ),
    ]
    list_display = ["opened_at", "order", "reason", "status", "turn", "time_left"]
    list_filter = [OngoingFilter, "status", "reason", "opened_at"]
    list_select_related = ["order"]
    search_fields = [
        "=id",
        "=order__id",
        "order__title",
        "order__buyer__email",
        "order__seller__email",
    ]
    ordering = ["-id"]
    fields = [
        ("status", "turn", "answer_by"),
        ("reason", "side", "opened_at"),
        ("closed_at", "closed_by", "refund"),
        "ruling",
    ]

    @admin.display(description=_("time left"), ordering="answer_by")
    def time_left(self, dispute: Dispute) -> str:
        """Until it comes to us by itself; what lies with us has no time but ours."""
        if dispute.status == Dispute.Status.WITH_STAFF and dispute.escalated_at:
            waited = timesince(dispute.escalated_at, clock.now())
            return gettext("Waits for us: %(time)s") % {"time": waited}
        if dispute.answer_by is None:
            return "-"
        if dispute.answer_by <= clock.now():
            return gettext("Over")
        return timeuntil(dispute.answer_by, clock.now())

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.file)
        where = "<path:object_id>/files/<uuid:file_id>/"
        return [path(where, view, name="orders_dispute_file"), *super().get_urls()]

    def file(self, request: Any, object_id: str, file_id: UUID) -> HttpResponseBase:
        """A file of a disputed order, for those of us who look at disputes."""
        if not request.user.has_perm("orders.view_dispute"):
            raise PermissionDenied
        dispute = cast("Dispute | None", self.get_object(request, object_id))
        if dispute is None:
            raise Http404
        files = OrderFile.objects.filter(order_id=dispute.order_id)
        return send(request, get_object_or_404(files, pk=file_id))

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        dispute = cast("Dispute | None", self.get_object(request, object_id))
        context = {**(extra_context or {}), **(_everything(dispute) if dispute else {})}
        if dispute and dispute.status == Dispute.Status.WITH_STAFF:
            may = request.user.has_perm(MAY_DECIDE)
            context["form"] = DecisionForm(dispute) if may else None
        return super().change_view(request, object_id, form_url, context)


def _everything(dispute: Dispute) -> dict[str, Any]:
    """The deal, what happened, what was delivered, written, said, shown and offered."""
    order = dispute.order
    statements = list(
        dispute.statements.select_related("author")
        .prefetch_related("files")
        .order_by("at", "id")
    )
    past = past_of(order)
    _back, left = payments.actions.parting(order.pk, 0)
    return {
        "dispute": dispute,
        "order": order,
        "statements": [(each, said_offer(each, order.currency)) for each in statements],
        "timeline": past.timeline,
        "deliveries": past.deliveries,
        "answers": order.answers.select_related("file").order_by("position"),
        "messages_between": evidence.thread(order),
        "left": left,
    }
