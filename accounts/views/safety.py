"""Keeping somebody away, and telling the moderators of them."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from accounts import acting, actions
from accounts.forms.profile import ReportForm
from accounts.http import AuthedRequest
from accounts.models import Block, Report, User
from accounts.views.profile import find_person
from gigstream.core import clock
from gigstream.core.errors import NotAllowed
from gigstream.core.http import sent
from gigstream.core.limits import limited_person

SHOWN = 200


@require_POST
@limited_person("block")
def block(request: AuthedRequest, username: str) -> HttpResponse:
    person = find_person(username)
    try:
        actions.block(blocker=request.user, blocked_id=person.pk, now=clock.now())
    except NotAllowed as refusal:
        messages.error(request, str(refusal))
    else:
        text = _("%(name)s is blocked: no messages and no new orders between you.")
        messages.info(request, text % {"name": person.full_name})
    return redirect(person)


@require_POST
def unblock(request: AuthedRequest, username: str) -> HttpResponse:
    # Also somebody who is not active now: the list shows them.
    person = get_object_or_404(User.objects.called(username))
    actions.unblock(blocker=request.user, blocked_id=person.pk)
    text = _("%(name)s is no longer blocked.")
    messages.info(request, text % {"name": person.full_name})
    came_from_list = request.POST.get("from") == "list"
    return redirect("accounts:settings_blocked" if came_from_list else person)


@require_safe
def blocked(request: AuthedRequest) -> HttpResponse:
    mine = Block.objects.visible_to(request.user).select_related("blocked")
    context = {"blocks": mine.order_by("-at")[:SHOWN]}
    return render(request, "accounts/settings_blocked.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@limited_person("report")
def report(request: AuthedRequest, username: str) -> HttpResponse:
    person = find_person(username)
    form = ReportForm(sent(request))
    if request.method == "POST" and form.is_valid():
        try:
            actions.report(
                reporter=request.user,
                target=Report.Target.USER,
                target_id=person.pk,
                now=clock.now(),
                **form.cleaned_data,
            )
        except NotAllowed as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.info(request, _("Thank you. Our moderators will look at it."))
            return redirect(person)
    context = {"form": form, "person": person}
    status = 422 if form.errors else 200
    return render(request, "accounts/report.html", context, status=status)


@require_POST
def stop_acting(request: AuthedRequest) -> HttpResponse:
    """Back to oneself, after having seen the site as somebody else."""
    found = acting.of(request)
    if found is None:
        raise Http404
    acting.end(request, staff=found.staff, person=found.person)
    return redirect("admin:accounts_user_change", found.person.pk)
