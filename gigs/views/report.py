"""Telling the moderators of a gig."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

import accounts.actions
from accounts.forms.profile import ReportForm
from accounts.http import AuthedRequest
from accounts.models import Report
from gigs.models import Gig
from gigstream.core import clock
from gigstream.core.errors import NotAllowed
from gigstream.core.http import sent
from gigstream.core.limits import limited_person


@require_http_methods(["GET", "HEAD", "POST"])
@limited_person("report")
def report(request: AuthedRequest, slug: str) -> HttpResponse:
    gigs = Gig.objects.visible_to(request.user).exclude(seller=request.user)
    gig = get_object_or_404(gigs, slug=slug)
    form = ReportForm(sent(request))
    if request.method == "POST" and form.is_valid():
        try:
            accounts.actions.report(
                reporter=request.user,
                target=Report.Target.GIG,
                target_id=gig.pk,
                now=clock.now(),
                **form.cleaned_data,
            )
        except NotAllowed as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.info(request, _("Thank you. Our moderators will look at it."))
            return redirect(gig)
    status = 422 if form.errors else 200
    return render(
        request, "gigs/report.html", {"form": form, "gig": gig}, status=status
    )
