"""Resend's door, and the way back for a mailbox that works again."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.http.request import RawPostDataException
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from accounts import actions
from accounts.http import AuthedRequest
from accounts.models import MailTrouble
from gigstream.services import resend

TROUBLES = {
    resend.BOUNCED: MailTrouble.BOUNCED,
    resend.COMPLAINED: MailTrouble.COMPLAINED,
}


@csrf_exempt
@login_not_required
@require_POST
def webhook(request: HttpRequest) -> HttpResponse:
    """Receive one event from Resend. The signature is the login; what we do not need is fine."""
    try:
        event = resend.read_event(payload=request.body, headers=request.headers)
    except (resend.UntrustedEvent, RawPostDataException):
        return HttpResponseBadRequest("Untrusted event.")
    if trouble := TROUBLES.get(event.kind):
        for address in event.to:
            actions.note_trouble(email=address, trouble=trouble)
    return HttpResponse(status=204)


@require_POST
def trust_mailbox(request: AuthedRequest) -> HttpResponse:
    actions.trust_mailbox(user_id=request.user.pk)
    messages.info(request, _("We write to you again."))
    return redirect("messaging:settings_notifications")
