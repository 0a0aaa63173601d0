"""A question to the staff, with or without an account."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.models import User
from gigstream.core import clock
from gigstream.core.http import sent
from gigstream.core.limits import limited
from messaging import actions
from messaging.forms import InquiryForm


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
@limited("inquiry")
def contact(request: HttpRequest) -> HttpResponse:
    person = request.user if isinstance(request.user, User) else None
    form = InquiryForm(sent(request), initial=_known(person))
    if request.method == "POST" and form.is_valid():
        actions.ask(actor=person, now=clock.now(), **form.cleaned_data)
        text = _("Thank you. We answer by mail to %(email)s, usually within two days.")
        messages.info(request, text % {"email": form.cleaned_data["email"]})
        return redirect("messaging:contact")
    status = 422 if form.errors else 200
    return render(request, "messaging/contact.html", {"form": form}, status=status)


def _known(person: User | None) -> dict[str, Any]:
    return {"name": person.full_name, "email": person.email} if person else {}
