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
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

import payments.actions
from accounts.deciding import DecidingAdmin, Verb
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
from gigstream.core.admin import money_column
from gigstream.core.errors import NotAllowed, busy
from gigstream.services.cloudinary import StorageUnavailable
from gigstream.services.stripe import StripeUnavailable
from payments.actions.chargebacks import MAY_ANSWER
from payments.models import Chargeback
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


@admin.register(Chargeback)
class ChargebackAdmin(DecidingAdmin):
    list_display = ["opened_at", "written", "status", "reason", "answer_by", "order"]
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
        )
    ]

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
