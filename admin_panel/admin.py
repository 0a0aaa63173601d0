"""What staff do that needs several apps: change the rules, answer a bank."""

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
    HttpResponse,
    HttpResponseBase,
)
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from pydantic.fields import FieldInfo

import payments.actions
from accounts.deciding import DecidingAdmin, ReasonForm, Verb, decision
from accounts.fresh import fresh_login_required
from accounts.models import User
from admin_panel import (  # noqa: F401 - pages
    audit,
    disputes,
    evidence,
    failures,
    static_pages,
    todo,
    vitals,
)
from admin_panel.moderation import pages as moderation_pages  # noqa: F401 - its desk
from gigstream.core import clock
from gigstream.core.admin import ReadOnlyAdmin, money_column
from gigstream.core.errors import NotAllowed, busy
from gigstream.core.http import sent
from gigstream.core.models import PlatformSetting, Policy
from gigstream.core.money import CHARGED
from gigstream.core.policy import change_policy
from gigstream.services.cloudinary import StorageUnavailable
from gigstream.services.stripe import StripeUnavailable
from payments.actions.chargebacks import MAY_ANSWER
from payments.models import Chargeback
from payments.status import TO_ANSWER

# Their pages would let one change who gets in where, past our actions and the audit log.
admin.site.unregister(
    [Group, Authenticator, SocialAccount, SocialApp, SocialToken, UserSession]
)


class PolicyForm(ReasonForm):
    """One field for each rule, with the limits that the rule itself has."""

    seen_version = forms.IntegerField(min_value=0, widget=forms.HiddenInput)

    def __init__(self, data: Any = None) -> None:
        newest = PlatformSetting.objects.order_by("-version").first()
        policy = PlatformSetting.objects.in_force()
        version = newest.version if newest else 0
        super().__init__(data, initial={"seen_version": version, **policy.model_dump()})
        for name, info in Policy.model_fields.items():
            self.fields[name] = _field(name, info)
        self.order_fields([*Policy.model_fields, "reason"])

    def policy(self) -> Policy:
        return Policy(**{name: self.cleaned_data[name] for name in Policy.model_fields})


def _field(name: str, info: FieldInfo) -> forms.Field:
    label, help_text = name.replace("_", " ").capitalize(), info.description or ""
    if name == "currency":
        choices = [(code, code.upper()) for code in sorted(CHARGED)]
        return forms.ChoiceField(choices=choices, label=label, help_text=help_text)
    if info.annotation is bool:
        return forms.BooleanField(required=False, label=label, help_text=help_text)
    limits = {type(each).__name__: each for each in info.metadata}
    least, most = limits["Ge"].ge, limits["Le"].le
    between = _("Between %(least)s and %(most)s.") % {"least": least, "most": most}
    return forms.IntegerField(
        min_value=least,
        max_value=most,
        label=label,
        help_text=f"{help_text} {between}".strip(),
    )


@admin.register(PlatformSetting)
class PlatformSettingAdmin(ReadOnlyAdmin):
    """Each version stays; a change adds the next one, for new orders only."""

    list_display = ["version", "set_at", "set_by", "reason"]
    list_select_related = ["set_by"]
    ordering = ["-version"]

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("core.add_platformsetting")

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        if not self.has_add_permission(request):
            raise PermissionDenied
        return cast("HttpResponse", fresh_login_required(self._change)(request))

    def _change(self, request: Any) -> HttpResponseBase:
        form = PolicyForm(sent(request))

        def act(said: dict[str, Any]) -> str:
            change_policy(
                policy=form.policy(),
                seen_version=said["seen_version"],
                actor=request.user,
                reason=said["reason"],
                now=clock.now(),
            )
            return _("New orders follow the new rules.")

        return decision(
            request,
            self,
            title=_("Change the rules"),
            help_text=_("Orders that were placed before keep the rules they had."),
            form=form,
            act=act,
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
