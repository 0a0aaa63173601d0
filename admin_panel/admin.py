"""The rules of the marketplace, as staff read and change them."""

from typing import Any, cast

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from pydantic.fields import FieldInfo

from accounts.deciding import ReasonForm
from accounts.fresh import fresh_login_required
from gigstream.core import clock
from gigstream.core.admin import ReadOnlyAdmin
from gigstream.core.errors import Refusal
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
        answer: Any = fresh_login_required(self._change)(request)
        return cast("HttpResponse", answer)

    def _change(self, request: Any) -> HttpResponseBase:
        is_sent = request.method == "POST"
        form, status = PolicyForm(request.POST if is_sent else None), 200
        if is_sent and form.is_valid():
            try:
                change_policy(
                    policy=form.policy(),
                    seen_version=form.cleaned_data["seen_version"],
                    actor=request.user,
                    reason=form.cleaned_data["reason"],
                    now=clock.now(),
                )
            except Refusal as refusal:
                form.add_error(None, str(refusal))
                status = refusal.status
            else:
                messages.success(request, _("New orders follow the new rules."))
                return redirect("admin:core_platformsetting_changelist")
        elif is_sent:
            status = 422
        context = {
            **self.admin_site.each_context(request),
            "title": gettext_lazy("Change the rules"),
            "verb": {
                "label": _("Change the rules"),
                "help": _("Orders that were placed before keep the rules they had."),
            },
            "form": form,
            "opts": self.opts,
            "original": _("Rules"),
            "back": reverse("admin:core_platformsetting_changelist"),
        }
        return TemplateResponse(request, "admin/decide.html", context, status=status)
