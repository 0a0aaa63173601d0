"""Stripe's door."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.http.request import RawPostDataException
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from gigstream.core import clock
from gigstream.services import stripe
from payments import actions


@csrf_exempt
@login_not_required
@require_POST
def webhook(request: HttpRequest) -> HttpResponse:
    """Receive one event from Stripe.

    The signature is the login: an event that fails it gets 400 and no detail. An event
    that we have no use for still gets 204, because any other answer makes Stripe send
    it again; one that came too early gets 409 for just that reason.
    """
    try:
        event = stripe.read_event(
            payload=request.body, signature=request.headers.get("Stripe-Signature", "")
        )
    except (stripe.UntrustedEvent, RawPostDataException):
        # A multipart form was read as such before; it is no event anyway.
        return HttpResponseBadRequest("Untrusted event.")
    is_done = actions.receive_event(event, now=clock.now())
    return HttpResponse(status=204 if is_done else 409)
