"""Offers of sellers, made and ended inside a conversation."""

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

import orders.actions
from accounts.http import AuthedRequest
from gigstream.core import clock
from gigstream.core.errors import Refusal
from gigstream.core.http import sent
from gigstream.core.limits import limited_person
from messaging.views.talk import my_side
from orders.forms import OfferForm
from orders.models import CustomOffer


@require_http_methods(["GET", "HEAD", "POST"])
@limited_person("message")
def make_offer(request: AuthedRequest, pk: UUID) -> HttpResponse:
    """Show what an offer needs; on POST make it, and go back to where it stands."""
    side = my_side(request, pk)
    form = OfferForm(sent(request), seller=request.user)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            said = {**form.cleaned_data, "gig_id": form.cleaned_data["gig"].pk}
            del said["gig"]
            try:
                orders.actions.make_offer(
                    actor=request.user, buyer=side.partner(), now=clock.now(), **said
                )
                return redirect(side.conversation)
            except Refusal as refusal:
                form.add_error(None, str(refusal))
                status = refusal.status
    context = {"form": form, "partner": side.partner(), "side": side}
    return render(request, "messaging/offer.html", context, status=status)


@require_POST
def withdraw_offer(request: AuthedRequest, pk: UUID) -> HttpResponse:
    return _end(
        request, pk, orders.actions.withdraw_offer, _("The offer is withdrawn.")
    )


@require_POST
def decline_offer(request: AuthedRequest, pk: UUID) -> HttpResponse:
    return _end(request, pk, orders.actions.decline_offer, _("You declined the offer."))


def _end(
    request: AuthedRequest, pk: UUID, verb: Callable[..., None], done: str
) -> HttpResponse:
    """Go back to the conversation, which shows what has become of the offer."""
    offers = CustomOffer.objects.visible_to(request.user)
    offer = get_object_or_404(offers.select_related("message__conversation"), pk=pk)
    try:
        verb(offer_id=pk, actor=request.user, now=clock.now())
        messages.success(request, done)
    except Refusal as refusal:
        messages.error(request, str(refusal))
    return redirect(offer.message.conversation)
