"""Paying with a card that the buyer keeps, and keeping the one that pays."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

import payments.actions
from accounts.fresh import is_fresh, prove_first
from accounts.http import AuthedRequest
from gigstream.core import clock
from gigstream.core.errors import Refusal
from gigstream.core.http import as_uuid
from gigstream.services import stripe
from orders.views.access import get_order
from payments.models import Payment, Purpose


@require_POST
def keep_card(request: AuthedRequest, pk: UUID, payment: UUID) -> HttpResponse:
    """Have the card kept that is about to pay; the form asks before it confirms."""
    mine = _mine(request, pk, payment)
    try:
        payments.actions.keep_card(payment_id=mine.pk, actor=request.user)
    except Refusal as refusal:
        return HttpResponse(str(refusal), status=refusal.status)
    except stripe.StripeFailure:
        return HttpResponse(_("Your card cannot be kept just now."), status=503)
    return HttpResponse(status=204)


@require_POST
def pay_with_card(request: AuthedRequest, pk: UUID, payment: UUID) -> HttpResponse:
    """Pay with a kept card, and go on to the bank's question or to the order."""
    mine = _mine(request, pk, payment)
    page, back = _pages(mine)
    if not is_fresh(request):
        why = _("Your card pays at once. Show that it is you, then press it again.")
        return prove_first(request, back_to=page, why=why)
    back = f"{back}?returned=1"
    try:
        challenge = payments.actions.pay_with_card(
            payment_id=mine.pk,
            card_id=as_uuid(request.POST.get("card", "")),
            actor=request.user,
            return_url=request.build_absolute_uri(back),
            now=clock.now(),
        )
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return redirect(page)
    except stripe.StripeFailure:
        messages.error(
            request,
            _(
                "The payment company does not answer. We find out whether you have paid."
            ),
        )
        return redirect(back)
    return redirect(challenge or back)


def _mine(request: AuthedRequest, pk: UUID, payment: UUID) -> Payment:
    theirs = get_order(request, pk).payments.visible_to(request.user)
    return get_object_or_404(theirs, pk=payment)


def _pages(payment: Payment) -> tuple[str, str]:
    """Where to try again, and where to go when it is paid."""
    if payment.purpose == Purpose.ORDER:
        order = [payment.order_id]
        return reverse("orders:pay", args=order), reverse("orders:detail", args=order)
    page = reverse("orders:pay_part", args=[payment.order_id, payment.pk])
    return page, page
