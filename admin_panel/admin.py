"""The rules of the marketplace, as staff read and change them."""

from typing import Any, cast

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.translation import gettext as _
from pydantic.fields import FieldInfo

from accounts.deciding import ReasonForm, decision
from accounts.fresh import fresh_login_required
from gigstream.core import clock
from gigstream.core.admin import ReadOnlyAdmin
from gigstream.core.http import sent
from gigstream.core.models import PlatformSetting, Policy
from gigstream.core.money import CHARGED
from gigstream.core.policy import change_policy


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
