"""Telling the moderators of a message."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

import accounts.actions
from accounts.forms.profile import ReportForm
from accounts.http import AuthedRequest
from accounts.models import Report
from gigstream.core import clock
from gigstream.core.errors import Refusal
from gigstream.core.http import sent
from gigstream.core.limits import limited_person
from messaging.models import Message


@require_http_methods(["GET", "HEAD", "POST"])
@limited_person("report")
def report_message(request: AuthedRequest, pk: UUID) -> HttpResponse:
    said = Message.objects.visible_to(request.user).exclude(sender=request.user)
    said = said.select_related("conversation", "sender", "offer")
    message = get_object_or_404(said, pk=pk)
    form = ReportForm(sent(request))
    if form.is_valid():
        try:
            accounts.actions.report(
                reporter=request.user,
                target=Report.Target.MESSAGE,
                target_id=message.pk,
                now=clock.now(),
                **form.cleaned_data,
            )
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.info(request, _("Thank you. Our moderators will look at it."))
            return redirect(message.conversation)
    context = {"form": form, "message": message}
    status = 422 if form.errors else 200
    return render(request, "messaging/report_message.html", context, status=status)
