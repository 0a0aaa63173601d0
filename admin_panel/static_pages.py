"""Where the operator writes the pages of words anew: with a preview, and all that was before.

Each language has a text of its own; whoever reads one without reads that of the site's.
"""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.deciding import ReasonForm
from accounts.fresh import fresh_login_required
from admin_panel.site import site
from gigstream.core import clock, static_pages, words
from gigstream.core.errors import Refusal
from gigstream.core.http import sent
from gigstream.core.models import PageVersion, PlatformSetting

Page = PageVersion.Page
SHOWN = 50


class PageForm(ReasonForm):
    """A text; `seen_version` is the one in force when somebody began to write."""

    title = forms.CharField(label=_("Title"), max_length=120)
    lead = forms.CharField(
        label=_("First words"),
        max_length=300,
        required=False,
        help_text=_("Below the title, and what search engines show."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    body = forms.CharField(
        label=_("Text"),
        max_length=60_000,
        widget=forms.Textarea(attrs={"rows": 24}),
    )
    seen_version = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    field_order = ["title", "lead", "body", "reason", "seen_version"]

    def __init__(self, data: Any, initial: dict[str, Any]) -> None:
        super().__init__(data, initial=initial)
        # A look at how it reads needs no reason yet.
        self.fields["reason"].required = data is None or "publish" in data


@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """The pages there are, and whether their words are ours or the operator's."""
    versions = PageVersion.objects.in_force().select_related("written_by")
    newest = {(each.page, each.language): each for each in versions.defer("body")}
    context = {
        **site().each_context(request),
        "title": gettext("Pages of words"),
        "pages": [
            (page, code, name, newest.get((page.value, code)))
            for page in Page
            for code, name in settings.LANGUAGES
        ],
    }
    return TemplateResponse(request, "admin/static_pages/overview.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def page(request: Any, name: str) -> HttpResponseBase:
    """One page: its text to be changed, how that reads, and what was there before."""
    if name not in Page.values:
        raise Http404
    if request.method == "POST":
        if not request.user.has_perm("core.add_pageversion"):
            raise PermissionDenied
        answer: HttpResponseBase = fresh_login_required(_write)(request, name)
        return answer
    return _show(request, name, PageForm(None, _start(request, name)))


def _write(request: Any, name: str) -> HttpResponse:
    if "restore" in request.POST:
        return _restore(request, name)
    form = PageForm(sent(request), {})
    status = 422
    if form.is_valid():
        if "publish" not in request.POST:
            return _show(request, name, form, is_preview=True)
        try:
            static_pages.publish_page(
                page=name,
                language=_language(request),
                actor=request.user,
                now=clock.now(),
                **form.cleaned_data,
            )
        except Refusal as refusal:
            form.add_error(None, str(refusal))
            status = refusal.status
        else:
            messages.success(request, gettext("The page says so now."))
            return redirect(_address(request, name))
    return _show(request, name, form, status=status)


def _restore(request: Any, name: str) -> HttpResponse:
    """Take the text of a language back. The texts of before stay in the history."""
    form = ReasonForm(request.POST)
    seen = request.POST.get("seen_version", "")
    try:
        if not form.is_valid() or not seen.isascii() or not seen.isdigit():
            messages.error(request, gettext("Give a reason; it stays with the change."))
            return redirect(_address(request, name))
        static_pages.publish_page(
            page=name,
            language=_language(request),
            title="",
            lead="",
            body="",
            seen_version=int(seen[:9]),
            actor=request.user,
            reason=form.cleaned_data["reason"],
            now=clock.now(),
        )
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, gettext("The text is taken back."))
    return redirect(_address(request, name))


def _language(request: HttpRequest) -> str:
    """Which text the page is about; it stands in the address."""
    code = request.GET.get("language", "")
    return code if code in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE


def _address(request: HttpRequest, name: str) -> str:
    query = urlencode({"language": _language(request)})
    return f"{reverse('admin:static_page', args=[name])}?{query}"


def _start(request: HttpRequest, name: str) -> dict[str, Any]:
    """The text in force, or an earlier one to begin from again."""
    language = _language(request)
    newest = PageVersion.objects.of(name, language).first()
    begun, number = newest, request.GET.get("from", "")
    if number.isascii() and number.isdigit():
        versions = PageVersion.objects.of(name, language).filter(
            version=int(number[:9])
        )
        begun = versions.first() or newest
    said = (
        {"title": begun.title, "lead": begun.lead, "body": begun.body}
        if begun and not begun.is_shipped
        else static_pages.shipped(name, language)
    )
    return {**said, "seen_version": newest.version if newest else 0}


def _show(
    request: HttpRequest,
    name: str,
    form: PageForm,
    *,
    is_preview: bool = False,
    status: int = 200,
) -> HttpResponse:
    policy = PlatformSetting.objects.in_force()
    language = _language(request)
    versions = PageVersion.objects.of(name, language).select_related("written_by")
    history = list(versions.defer("body")[:SHOWN])
    context = {
        **site().each_context(request),
        "title": Page(name).label,
        "name": name,
        "languages": settings.LANGUAGES,
        "default_name": dict(settings.LANGUAGES)[settings.LANGUAGE_CODE],
        "written_in": language,
        "language_name": dict(settings.LANGUAGES)[language],
        "is_default": language == settings.LANGUAGE_CODE,
        "form": form,
        "history": history,
        "is_shipped": not history or not history[0].title,
        "seen_version": history[0].version if history else 0,
        "numbers": words.numbers_of(policy),
        "may_write": request.user.has_perm("core.add_pageversion"),
        "address": reverse(f"core:{name}"),
        "preview": _preview(form, policy) if is_preview else "",
    }
    return TemplateResponse(
        request, "admin/static_pages/page.html", context, status=status
    )


def _preview(form: PageForm, policy: Any) -> dict[str, Any]:
    read = words.read(form.cleaned_data["body"])
    count = len(read.sections)
    return {
        "html": words.with_numbers(read.html, policy),
        "sections": ngettext("%(n)d section", "%(n)d sections", count) % {"n": count},
    }


site().page("pages/", name="static_pages")(overview)
site().page("pages/<str:name>/", name="static_page")(page)
