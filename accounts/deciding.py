"""Verbs on the rows of the admin: each is a page with a form, for who may and has just proved who they are."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.fresh import fresh_login_required, is_fresh, prove_first
from accounts.models import User
from gigstream.core.admin import ReadOnlyAdmin
from gigstream.core.errors import Refusal
from gigstream.core.http import sent

MOST_AT_ONCE = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Verb:
    """One decision that staff may take about a row.

    `act` gets the row, who decides and what the form says, calls one action, and returns
    the words to show. `applies` says whether there is anything to decide about the row.
    With `many` it is offered above the list, too, for the rows that are chosen there; its
    form then gets no row.
    """

    name: str
    label: str | Promise
    help: str | Promise
    permission: str
    form: Callable[[Any, Any], forms.Form]
    act: Callable[[Any, User, dict[str, Any]], str]
    applies: Callable[[Any], bool] = lambda _row: True
    many: bool = False


class ReasonForm(forms.Form):
    """Why; kept in the audit log, and told to the people concerned where it matters."""

    reason = forms.CharField(max_length=300, widget=forms.Textarea(attrs={"rows": 3}))


class DecidingAdmin(ReadOnlyAdmin):
    """A table that is read, and whose rows have verbs."""

    change_form_template = "admin/deciding.html"
    verbs: Sequence[Verb] = ()

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        choices = [_choice(verb) for verb in self.verbs if verb.many]
        self.actions = [*(self.actions or ()), *choices]

    def described(self, row: Any) -> str:
        """How the pages of decisions name it."""
        return str(row)

    def summed(self, rows: Sequence[Any]) -> str:
        """What they come to, where that can be added up."""
        return ""

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        needed = {verb.name: verb.permission for verb in self.verbs if verb.many}
        return {
            name: choice
            for name, choice in super().get_actions(request).items()
            if name not in needed or request.user.has_perm(needed[name])
        }

    def get_urls(self) -> list[URLPattern]:
        own = [
            path(
                f"<path:object_id>/{verb.name}/",
                self.admin_site.admin_view(self._page(verb)),
                name=f"{self._prefix}_{verb.name}",
            )
            for verb in self.verbs
        ]
        many = [
            path(
                f"many/{verb.name}/",
                self.admin_site.admin_view(self._many_page(verb)),
                name=f"{self._prefix}_{verb.name}_many",
            )
            for verb in self.verbs
            if verb.many
        ]
        return [*many, *own, *super().get_urls()]

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

    def _many_page(self, verb: Verb) -> Callable[..., HttpResponseBase]:
        """Where the rows chosen in the list are shown once more, and then decided on."""

        def page(request: Any) -> HttpResponseBase:
            if not request.user.has_perm(verb.permission):
                raise PermissionDenied
            if request.method != "POST":
                return redirect(f"admin:{self._prefix}_changelist")
            return self.confirm_many(request, verb)

        return page

    def confirm_many(self, request: Any, verb: Verb) -> HttpResponseBase:
        """Say how many there are and which, and do it once that was confirmed.

        Each row is decided by itself: one that is refused stops no other.
        """
        back = _back(request, reverse(f"admin:{self._prefix}_changelist"))
        if not is_fresh(request):
            return prove_first(request, back_to=back)
        keys = list(dict.fromkeys(request.POST.getlist(ACTION_CHECKBOX_NAME)))
        if not 0 < len(keys) <= MOST_AT_ONCE:
            text = _("Choose between one and %(most)d rows.") % {"most": MOST_AT_ONCE}
            messages.error(request, text)
            return redirect(back)
        is_sure = "sure" in request.POST
        form = verb.form(None, request.POST if is_sure else None)
        rows = self._chosen(request, keys)
        if is_sure and form.is_valid():
            self._act_on(request, verb, rows, form.cleaned_data)
            return redirect(back)
        context = {
            **self.admin_site.each_context(request),
            "title": verb.label,
            "verb": verb,
            "form": form,
            "rows": [(row, self.described(row)) for row in rows],
            "sum": self.summed(rows),
            "checkbox": ACTION_CHECKBOX_NAME,
            "address": reverse(f"admin:{self._prefix}_{verb.name}_many"),
            "opts": self.opts,
            "back": back,
        }
        status = 422 if is_sure else 200
        return TemplateResponse(
            request, "admin/decide_many.html", context, status=status
        )

    def _chosen(self, request: HttpRequest, keys: list[str]) -> list[Any]:
        """The rows there are; a key that is none, or is gone, is left out."""
        rows = self.get_queryset(request)
        if self.list_select_related:
            rows = rows.select_related(*self.list_select_related)  # type: ignore[misc]
        valid = [found for key in keys if (found := self._key(key)) is not None]
        return list(rows.filter(pk__in=valid).order_by("pk"))

    def _key(self, text: str) -> Any:
        try:
            return self.opts.pk.to_python(text)
        except ValidationError:
            return None

    def _act_on(
        self, request: Any, verb: Verb, rows: list[Any], said: dict[str, Any]
    ) -> None:
        done = 0
        for row in rows:
            try:
                verb.act(row, request.user, said)
                done += 1
            except Refusal as refusal:
                messages.error(request, f"{self.described(row)}: {refusal}")
        text = ngettext(
            "%(verb)s: done for one of %(all)d.",
            "%(verb)s: done for %(done)d of %(all)d.",
            done,
        )
        if done:
            values = {"verb": verb.label, "done": done, "all": len(rows)}
            messages.success(request, text % values)

    def _decide(self, request: Any, verb: Verb, row: Any) -> HttpResponse:
        return decision(
            request,
            self,
            title=verb.label,
            help_text=verb.help,
            form=verb.form(row, sent(request)),
            act=lambda said: verb.act(row, request.user, said),
            row=row,
            described=self.described(row),
        )


def _choice(verb: Verb) -> Callable[..., HttpResponseBase]:
    def choose(model_admin: Any, request: Any, _rows: Any) -> HttpResponseBase:
        answer: HttpResponseBase = model_admin.confirm_many(request, verb)
        return answer

    choose.__name__ = verb.name
    choose.short_description = verb.label  # type: ignore[attr-defined]
    return choose


def _back(request: HttpRequest, otherwise: str) -> str:
    """The list as it was filtered: the page itself, or the one that a form remembers."""
    if "back" not in request.POST:
        return request.get_full_path()
    back = request.POST["back"]
    return back if back.split("?")[0] == otherwise else otherwise


def decision(
    request: Any,
    model_admin: admin.ModelAdmin[Any],
    *,
    title: str | Promise,
    help_text: str | Promise,
    form: forms.Form,
    act: Callable[[dict[str, Any]], str],
    row: Any = None,
    described: str = "",
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
        "described": described,
        "back": back,
    }
    return TemplateResponse(request, "admin/decide.html", context, status=status)
