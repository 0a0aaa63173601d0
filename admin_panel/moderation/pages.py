"""The pages of the desk: its queues, and one case with the buttons and keys to decide it."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.fresh import fresh_login_required
from admin_panel.moderation import cases, deciding
from admin_panel.moderation.cases import Case
from admin_panel.moderation.forms import CaseForm
from admin_panel.site import site
from gigstream.core import clock
from gigstream.core.errors import NotAllowed, Refusal
from gigstream.core.http import sent


@require_safe
def queue(request: Any) -> HttpResponse:
    """One queue, a page at a time; which one stands in the address."""
    name = request.GET.get("queue", "")
    name = name if name in cases.QUEUES else "gigs"
    found = cases.rows(name, after=request.GET.get("after", ""))
    rows = found[: cases.SHOWN]
    context = {
        **site().each_context(request),
        "title": _("Moderation"),
        "tabs": cases.tabs(),
        "queue": name,
        "rows": rows,
        "older": rows[-1].key if len(found) > cases.SHOWN else "",
    }
    return TemplateResponse(request, "admin/moderation/queue.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@fresh_login_required
def case(request: Any, ref: str) -> HttpResponseBase:
    """One case. A refusal is shown above what was typed; done, the next one comes."""
    found = cases.find(ref)
    if found is None:
        raise Http404
    form = CaseForm(found, sent(request))
    status = 200 if request.method != "POST" else 422
    if form.is_valid():
        try:
            messages.success(request, _decide(request, found, form))
        except Refusal as refusal:
            status = refusal.status
            found = cases.find(ref) or found
            form = form.anew(found)
            form.add_error(None, str(refusal))
        else:
            return redirect(_next(_queue_of(request, found)))
    name = _queue_of(request, found)
    context = {
        **site().each_context(request),
        **cases.shown(found),
        "title": _("Moderation"),
        "case": found,
        "form": form,
        "queue": name,
        "queue_label": cases.QUEUES[name],
        "skip": _next(name, after=found.key),
    }
    return TemplateResponse(
        request, "admin/moderation/case.html", context, status=status
    )


def _decide(request: Any, found: Case, form: CaseForm) -> str:
    verb = request.POST.get("decision")
    said = {"actor": request.user, "reason": form.words(), "now": clock.now()}
    if verb == "escalate":
        return deciding.escalate(found, **said)
    seen = form.cleaned_data["seen"]
    if verb == "approve":
        return deciding.approve(found, seen=seen, **said)
    if verb == "reject":
        return deciding.reject(found, seen=seen, **said)
    raise NotAllowed(_("Choose what to do."))


def _queue_of(request: Any, found: Case) -> str:
    name = request.GET.get("queue", found.queue)
    return name if name in cases.QUEUES else found.queue


def _next(name: str, after: str = "") -> str:
    """The case that waits longest, of those after a key; the queue itself, without any."""
    query = urlencode({"queue": name})
    if ref := cases.next_ref(name, after=after):
        return f"{reverse('admin:moderation_case', args=[ref])}?{query}"
    return f"{reverse('admin:moderation')}?{query}"


site().page("moderation/", name="moderation")(queue)
site().page("moderation/<str:ref>/", name="moderation_case")(case)
