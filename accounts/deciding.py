"""Verbs on the rows of the admin: each is a page with a form, for who may and has just proved who they are."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.functional import Promise

from accounts.fresh import fresh_login_required
from accounts.models import User
from gigstream.core.admin import ReadOnlyAdmin
from gigstream.core.errors import Refusal
from gigstream.core.http import sent


@dataclass(frozen=True, slots=True, kw_only=True)
class Verb:
    """One decision that staff may take about a row.

    `act` gets the row, who decides and what the form says, calls one action, and returns
    the words to show. `applies` says whether there is anything to decide about the row.
    """

    name: str
    label: str | Promise
    help: str | Promise
    permission: str
    form: Callable[[Any, Any], forms.Form]
    act: Callable[[Any, User, dict[str, Any]], str]
    applies: Callable[[Any], bool] = lambda _row: True


class ReasonForm(forms.Form):
    """Why; kept in the audit log, and told to the people concerned where it matters."""

    reason = forms.CharField(max_length=300, widget=forms.Textarea(attrs={"rows": 3}))


class DecidingAdmin(ReadOnlyAdmin):
    """A table that is read, and whose rows have verbs."""

    change_form_template = "admin/deciding.html"
    verbs: Sequence[Verb] = ()

    def get_urls(self) -> list[URLPattern]:
        own = [
            path(
                f"<path:object_id>/{verb.name}/",
                self.admin_site.admin_view(self._page(verb)),
                name=f"{self._prefix}_{verb.name}",
            )
            for verb in self.verbs
        ]
        return [*own, *super().get_urls()]

    @property
    def _prefix(self) -> str:
        return f"{self.opts.app_label}_{self.opts.model_name}"

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        row = self.get_object(request, object_id)
        verbs = [
            (verb, reverse(f"admin:{self._prefix}_{verb.name}", args=[object_id]))
            for verb in self.verbs
            if row and request.user.has_perm(verb.permission) and verb.applies(row)
        ]
        context = {**(extra_context or {}), "verbs": verbs}
        return super().change_view(request, object_id, form_url, context)

    def _page(self, verb: Verb) -> Callable[..., HttpResponseBase]:
        @fresh_login_required
        def page(request: Any, object_id: str) -> HttpResponseBase:
            row = self.get_object(request, object_id)
            if row is None:
                return self._get_obj_does_not_exist_redirect(  # type: ignore[attr-defined,no-any-return]
                    request, self.opts, object_id
                )
            return self._decide(request, verb, row)

        def guarded(request: HttpRequest, object_id: str) -> HttpResponseBase:
            if not request.user.has_perm(verb.permission):
                raise PermissionDenied
            return page(request, object_id)

        return guarded

    def _decide(self, request: Any, verb: Verb, row: Any) -> HttpResponse:
        return decision(
            request,
            self,
            title=verb.label,
            help_text=verb.help,
            form=verb.form(row, sent(request)),
            act=lambda said: verb.act(row, request.user, said),
            row=row,
        )


def decision(
    request: Any,
    model_admin: admin.ModelAdmin[Any],
    *,
    title: str | Promise,
    help_text: str | Promise,
    form: forms.Form,
    act: Callable[[dict[str, Any]], str],
    row: Any = None,
) -> HttpResponse:
    """Show a form of the admin, or do what it says and tell so.

    A refusal is shown above the form, with what was typed still in it.
    """
    prefix = f"admin:{model_admin.opts.app_label}_{model_admin.opts.model_name}"
    back = (
        reverse(f"{prefix}_change", args=[row.pk])
        if row
        else reverse(f"{prefix}_changelist")
    )
    status = 200 if sent(request) is None else 422
    if form.is_valid():
        try:
            messages.success(request, act(form.cleaned_data))
        except Refusal as refusal:
            form.add_error(None, str(refusal))
            status = refusal.status
        else:
            return redirect(back)
    context = {
        **model_admin.admin_site.each_context(request),
        "title": title,
        "help_text": help_text,
        "form": form,
        "opts": model_admin.opts,
        "original": row,
        "back": back,
    }
    return TemplateResponse(request, "admin/decide.html", context, status=status)
