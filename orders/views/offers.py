"""Taking up what a seller offered in a conversation."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.http import AuthedRequest
from gigstream.core import clock
from gigstream.core.errors import Refusal
from gigstream.core.http import sent
from gigstream.core.models import PlatformSetting
from orders import actions
from orders.forms import TakeUpForm
from orders.models import CustomOffer
from orders.paying import prepare_payment
from orders.views.checkout import refuse_checkout


@require_http_methods(["GET", "HEAD", "POST"])
def take_up(request: AuthedRequest, pk: UUID) -> HttpResponse:
    """Show what an offer comes to; on POST place its order and go to pay."""
    offers = CustomOffer.objects.select_related("gig", "seller", "order")
    offer = get_object_or_404(offers.filter(buyer=request.user), pk=pk)
    if offer.order:
        return redirect(offer.order)
    now, deal = clock.now(), offer.deal
    if not offer.is_open(at=now):
        reason = _("This offer has ended. Ask for another one.")
        return refuse_checkout(request, offer.gig, reason)
    form, status, refusal = TakeUpForm(sent(request)), 200, ""
    if form.is_valid():
        try:
            order = actions.take_up(
                offer_id=pk, buyer=request.user, now=now, **form.cleaned_data
            )
            prepare_payment(order)
            return redirect("orders:pay", pk=order.pk)
        except Refusal as no:
            status, refusal = no.status, str(no)
    cost = actions.quote(deal, PlatformSetting.objects.in_force())
    context = {"offer": offer, "quote": cost, "refusal": refusal}
    return render(
        request,
        "orders/take_up.html",
        context,
        status=422 if form.errors else status,
    )
