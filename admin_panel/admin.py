"""What staff do that needs several apps: answer a bank; and the pages of this app."""

from typing import Any, cast

import allauth.mfa.admin
import allauth.socialaccount.admin
import allauth.usersessions.admin  # noqa: F401
import django.contrib.auth.admin  # noqa: F401
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
from allauth.usersessions.models import UserSession
from django import forms
from django.contrib import admin
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied
from django.http import (
    FileResponse,
    Http404,
    HttpRequest,
    HttpResponseBase,
)
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

import payments.actions
from accounts.deciding import DecidingAdmin, ReasonForm, Verb
from accounts.models import User
from admin_panel import (  # noqa: F401 - pages
    audit,
    business_clock,
    disputes,
    evidence,
    exports,
    failures,
    health,
    overview,
    people,
    search,
    settings_page,
    static_pages,
    todo,
    vitals,
)
from admin_panel.moderation import pages as moderation_pages  # noqa: F401 - its desk
from gigstream.core import clock
from gigstream.core.admin import ReadOnlyInline, money_column
from gigstream.core.errors import NotAllowed, busy
from gigstream.core.money import written
from gigstream.services.cloudinary import StorageUnavailable
from gigstream.services.stripe import StripeUnavailable
from payments.actions.adjustments import MAY_PROPOSE
from payments.actions.chargebacks import MAY_ANSWER
from payments.models import Adjustment, AdjustmentKind, Chargeback
from payments.status import TO_ANSWER

# Their pages would let one change who gets in where, past our actions and the audit log.
admin.site.unregister(
    [Group, Authenticator, SocialAccount, SocialApp, SocialToken, UserSession]
)


def _answer(chargeback: Chargeback, actor: User, _said: dict[str, Any]) -> str:
    try:
        payments.actions.answer_chargeback(
            chargeback_id=chargeback.pk,
            evidence=evidence.fields(chargeback),
            paper=evidence.paper(chargeback),
            actor=actor,
            now=clock.now(),
        )
    except StripeUnavailable as error:
        raise NotAllowed(
            _("Stripe does not answer at the moment. Try again in a while.")
        ) from error
    return _("The bank has our side of the story now.")


class ReturnedLateForm(ReasonForm):
    """Whose the money is, with what each would get."""

    kind = forms.ChoiceField(label=gettext_lazy("Decision"), widget=forms.RadioSelect)
    field_order = ["kind", "reason"]

    def __init__(self, chargeback: Chargeback, data: Any) -> None:
        super().__init__(data)
        self.fields["kind"].choices = [  # type: ignore[attr-defined]
            (kind, f"{TO_WHOM[kind]}: {written(amount, chargeback.currency)}")
            for kind, amount in payments.actions.decisions_about(chargeback).items()
        ]


TO_WHOM = {
    AdjustmentKind.TO_SELLER: gettext_lazy("To the seller"),
    AdjustmentKind.TO_BUYER: gettext_lazy("To the buyer"),
    AdjustmentKind.KEPT: gettext_lazy("We keep it"),
}


def _propose(chargeback: Chargeback, actor: User, said: dict[str, Any]) -> str:
    payments.actions.propose_for_returned_late(
        chargeback_id=chargeback.pk, actor=actor, now=clock.now(), **said
    )
    return _("Proposed; a colleague has to agree.")


def _waits_for_a_proposal(chargeback: Chargeback) -> bool:
    return chargeback.came_back_late and not chargeback.adjustments.standing().exists()


class DecisionInline(ReadOnlyInline):
    """What was proposed about money that a bank returned late, and who agreed."""

    model = Adjustment
    permission = "payments.view_adjustment"
    verbose_name_plural = gettext_lazy("Decisions about returned money")
    fields = ["decision", "written", "reason", "status", "proposed_by", "decided_by"]
    readonly_fields = ["decision", "written"]
    written = money_column("amount", gettext_lazy("amount"))
    list_select_related = ["proposed_by", "decided_by"]

    @admin.display(description=gettext_lazy("decision"))
    def decision(self, adjustment: Adjustment) -> SafeString:
        address = reverse("admin:payments_adjustment_change", args=[adjustment.pk])
        text = adjustment.get_kind_display()
        return format_html('<a href="{}">{}</a>', address, text)


@admin.register(Chargeback)
class ChargebackAdmin(DecidingAdmin):
    list_display = ["opened_at", "written", "status", "claim", "answer_by", "order"]
    written = money_column("amount", gettext_lazy("amount"))
    list_filter = ["status", "opened_at"]
    list_select_related = ["order"]
    search_fields = ["=stripe_id", "=intent_id", "=order__id"]
    ordering = ["-id"]
    change_form_template = "admin/chargeback.html"
    verbs = [
        Verb(
            name="answer",
            label=gettext_lazy("Answer the bank"),
            help=gettext_lazy(
                "Send the deal, the timeline, what was delivered and downloaded, and the"
                " messages to the bank. It takes them once."
            ),
            permission=MAY_ANSWER,
            form=lambda _row, data: forms.Form(data),
            act=_answer,
            applies=lambda row: row.order_id is not None and row.status in TO_ANSWER,
        ),
        Verb(
            name="decide",
            label=gettext_lazy("Decide about returned money"),
            help=gettext_lazy(
                "The bank returned it after it was booked as lost. Propose whose it is;"
                " the books follow once a colleague agrees. Seller or buyer get what was"
                " theirs of it, and what we had lost by it is ours again."
            ),
            permission=MAY_PROPOSE,
            form=ReturnedLateForm,
            act=_propose,
            applies=_waits_for_a_proposal,
        ),
    ]
    inlines = [DecisionInline]
    fields = [
        "written",
        "status",
        "claim",
        "order",
        "payment",
        *("price_part", "fee_part", "commission_part"),
        *("opened_at", "answer_by", "answered_at"),
        *("withdrawn_at", "lost_at", "reinstated_at"),
        *("stripe_id", "intent_id"),
    ]
    readonly_fields = ["written", "claim", "price_part", "fee_part", "commission_part"]
    price_part = money_column("price", gettext_lazy("of the price"))
    fee_part = money_column("fee", gettext_lazy("of the service fee"))
    commission_part = money_column("commission", gettext_lazy("of the commission"))

    @admin.display(description=gettext_lazy("the buyer says"))
    def claim(self, row: Chargeback) -> str:
        return row.claim

    def get_inlines(self, request: HttpRequest, obj: Any) -> list[type[Any]]:
        return list(self.inlines) if obj and obj.adjustments.exists() else []

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.pack)
        name = "payments_chargeback_evidence"
        return [
            path("<path:object_id>/evidence.zip", view, name=name),
            *super().get_urls(),
        ]

    def pack(self, request: HttpRequest, object_id: str) -> HttpResponseBase:
        """All that speaks for us, as a file to keep."""
        if not request.user.has_perm("payments.view_chargeback"):
            raise PermissionDenied
        row = cast("Chargeback | None", self.get_object(request, object_id))
        if row is None or row.order_id is None:
            raise Http404
        try:
            content = evidence.pack(row)
        except StorageUnavailable:
            return busy()
        return FileResponse(
            content, as_attachment=True, filename=f"{row.stripe_id}-evidence.zip"
        )
