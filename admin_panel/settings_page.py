"""The settings: what holds now, every change there was, and what a change would have done."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, cast, get_args

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import JSONField, OuterRef, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_stubs_ext import StrOrPromise
from pydantic.fields import FieldInfo

from accounts.deciding import ReasonForm
from accounts.fresh import fresh_login_required
from admin_panel.preview import preview
from gigstream.core import clock
from gigstream.core.admin import ReadOnlyAdmin
from gigstream.core.errors import NotAllowed, Refusal
from gigstream.core.http import sent
from gigstream.core.models import PlatformSetting, Settings
from gigstream.core.money import CHARGED
from gigstream.core.policy import (
    LABELS,
    MAY_CHANGE,
    change_settings,
    said,
    with_changes,
    worded,
)

GROUPS: list[tuple[StrOrPromise, list[str]]] = [
    (
        gettext_lazy("Money, for new orders"),
        [
            "currency",
            "service_fee_bps",
            "commission_bps",
            "clearance_days",
        ],
    ),
    (
        gettext_lazy("Timers, for new orders"),
        [
            "unpaid_expires_minutes",
            "review_window_days",
            "review_extension_days",
            "late_grace_hours",
            "proposal_hours",
            "dispute_hours",
            "review_days",
        ],
    ),
    (
        gettext_lazy("Withdrawals"),
        [
            "payout_minimum",
            "payout_daily_maximum",
            "payouts_per_day",
            "payout_freeze_hours",
        ],
    ),
    (
        gettext_lazy("The site, at once"),
        [
            "site_name",
            "gig_moderation",
            "maintenance",
            "maintenance_text",
        ],
    ),
    (
        gettext_lazy("Announcement, at once"),
        [
            "announcement",
            "announcement_level",
            "announcement_from",
            "announcement_until",
            "announcement_dismissible",
        ],
    ),
]
LEVELS = [
    ("info", gettext_lazy("News")),
    ("warning", gettext_lazy("Warning")),
    ("error", gettext_lazy("Trouble")),
]


class SettingsForm(ReasonForm):
    """One field for each setting, with the limits that the setting itself has."""

    seen_version = forms.IntegerField(min_value=0, widget=forms.HiddenInput)

    def __init__(self, data: Any = None) -> None:
        version, settings = PlatformSetting.objects.newest()
        self.current = settings
        super().__init__(
            data, initial={"seen_version": version, **settings.model_dump()}
        )
        for name, label in LABELS.items():
            self.fields[name] = _field(name, label, Settings.model_fields[name])
            value, now = getattr(settings, name), self.fields[name]
            text = worded(name, value, currency=settings.currency)
            if name != "currency" and text != said(value):
                now.help_text = f"{now.help_text} {_('Now')}: {text}."

    def sections(self) -> Iterator[tuple[StrOrPromise, list[forms.BoundField]]]:
        for title, names in GROUPS:
            yield title, [self[name] for name in names]
        yield _("Why"), [self["reason"]]

    def changes(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in LABELS}

    def wanted(self) -> Settings:
        return with_changes(self.current, self.changes())


def _field(name: str, label: StrOrPromise, info: FieldInfo) -> forms.Field:
    said: dict[str, Any] = {
        "label": label,
        "help_text": _(info.description) if info.description else "",
    }
    if name == "currency":
        choices = [(code, code.upper()) for code in sorted(CHARGED)]
        return forms.ChoiceField(choices=choices, **said)
    if name == "announcement_level":
        return forms.ChoiceField(choices=LEVELS, **said)
    if info.annotation is bool:
        return forms.BooleanField(required=False, **said)
    limits = {type(each).__name__: each for each in info.metadata}
    if info.annotation is int:
        least, most = limits["Ge"].ge, limits["Le"].le
        between = _("Between %(least)s and %(most)s.") % {"least": least, "most": most}
        said["help_text"] = f"{said['help_text']} {between}".strip()
        return forms.IntegerField(min_value=least, max_value=most, **said)
    if datetime in get_args(info.annotation) or type(None) in get_args(info.annotation):
        widget = forms.DateTimeInput(
            attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"
        )
        return forms.DateTimeField(required=False, widget=widget, **said)
    return forms.CharField(
        required=info.default != "",
        max_length=limits["MaxLen"].max_length,
        widget=forms.TextInput if name == "site_name" else forms.Textarea({"rows": 2}),
        **said,
    )


@admin.register(PlatformSetting)
class PlatformSettingAdmin(ReadOnlyAdmin):
    """Each version stays; a change adds the next one."""

    list_display = ["version", "set_at", "set_by", "what_changed", "reason"]
    list_select_related = ["set_by"]
    ordering = ["-version"]
    fields = ["version", "set_at", "set_by", "reason", "what_changed"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """With what was in force before, for the difference."""
        before = PlatformSetting.objects.filter(
            version__lt=OuterRef("version")
        ).order_by("-version")
        rows: QuerySet[Any] = super().get_queryset(request)
        with_before: QuerySet[Any] = rows.annotate(
            rules_before=Subquery(
                before.values("values")[:1], output_field=JSONField()
            ),
            site_before=Subquery(before.values("site")[:1], output_field=JSONField()),
        )
        return with_before

    @admin.display(description=gettext_lazy("what changed"))
    def what_changed(self, row: Any) -> SafeString:
        return format_html_join(
            "", "<div>{}: {} → {}</div>", differences(_before(row), _after(row))
        )

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        _version, held = PlatformSetting.objects.newest()
        in_force = [
            (
                title,
                [
                    (LABELS[name], worded(name, value, currency=held.currency))
                    for name in names
                    if (value := getattr(held, name)) not in {"", None}
                ],
            )
            for title, names in GROUPS
        ]
        return super().changelist_view(request, {"in_force": in_force})

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm(MAY_CHANGE)

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        if not self.has_add_permission(request):
            raise PermissionDenied
        return cast("HttpResponse", fresh_login_required(self._change)(request))

    def _change(self, request: Any) -> HttpResponse:
        form = SettingsForm(sent(request))
        status, shown, is_preview = 200, {}, "preview" in request.POST
        # What is only looked at needs no reason yet.
        form.fields["reason"].required = not is_preview
        try:
            if not form.is_valid():
                status = 422 if form.is_bound else 200
            elif is_preview:
                shown = _look(form)
            else:
                _save(form, request.user)
                text = _("Saved. New orders follow the new rules.")
                self.message_user(request, text)
                return redirect("admin:core_platformsetting_changelist")
        except Refusal as refusal:
            form.add_error(None, str(refusal))
            status = refusal.status
        context = {
            **self.admin_site.each_context(request),
            "title": _("Settings"),
            "form": form,
            "sections": list(form.sections()),
            "opts": self.opts,
            **shown,
        }
        return TemplateResponse(request, "admin/settings.html", context, status=status)


def _look(form: SettingsForm) -> dict[str, Any]:
    """What the page shows of a change before it is saved."""
    new = form.wanted()
    changed = differences(
        form.current.model_dump(mode="json"), new.model_dump(mode="json")
    )
    if not changed:
        raise NotAllowed(_("Nothing was changed."))
    found = preview(form.current, new, now=clock.now())
    return {
        "differences": changed,
        "preview": found,
        "timers": [(LABELS[each.name], each) for each in found.timers],
    }


def _save(form: SettingsForm, actor: Any) -> None:
    change_settings(
        changes=form.changes(),
        seen_version=form.cleaned_data["seen_version"],
        actor=actor,
        reason=form.cleaned_data["reason"],
        now=clock.now(),
    )


def _after(row: Any) -> dict[str, Any]:
    return Settings(**row.values, **row.site).model_dump(mode="json")


def _before(row: Any) -> dict[str, Any]:
    earlier = {**(row.rules_before or {}), **(row.site_before or {})}
    return Settings(**earlier).model_dump(mode="json")


def differences(
    before: dict[str, Any], after: dict[str, Any]
) -> list[tuple[str, str, str]]:
    return [
        (
            str(label),
            worded(name, before[name], currency=before["currency"]),
            worded(name, after[name], currency=after["currency"]),
        )
        for name, label in LABELS.items()
        if before[name] != after[name]
    ]
