"""Paying for more than the order itself: a tip for good work, an extra on the way."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.http import AuthedRequest
from gigstream.core import clock
from gigstream.core.errors import Refusal
from gigstream.core.http import sent, wait_on, wants_fragment
from gigstream.core.money import written
from orders import actions
from orders.forms import TipForm
from orders.models import Order, Proposal
from orders.paying import open_intent
from orders.views.access import get_order
from payments.card_form import came_back, card_form
from payments.models import Payment, Purpose
from payments.policy import allow_card_form
from payments.status import PaymentStatus


@require_http_methods(["GET", "HEAD", "POST"])
def tip(request: AuthedRequest, pk: UUID) -> HttpResponse:
    """Ask the buyer of a completed order how much; on POST go to pay it."""
    order = get_order(request, pk)
    form = TipForm(sent(request), price=order.price, currency=order.currency)
    status, refusal = 200, ""
    try:
        actions.check_tip(order, request.user)
        if form.is_valid():
            payment = actions.tip(
                order_id=order.pk,
                actor=request.user,
                amount=form.cleaned_data["amount"],
                tip_key=form.cleaned_data["tip_key"],
                now=clock.now(),
            )
            return go_to_pay(order, payment)
    except Refusal as no:
        status, refusal = no.status, str(no)
    context = {"order": order, "form": form, "refusal": refusal}
    return render(
        request, "orders/tip.html", context, status=422 if form.errors else status
    )


def go_to_pay(order: Order, payment: Payment) -> HttpResponse:
    open_intent(payment)
    return redirect("orders:pay_part", pk=order.pk, payment=payment.pk)


@allow_card_form
@require_safe
def pay_part(request: AuthedRequest, pk: UUID, payment: UUID) -> HttpResponse:
    """Show the card form of a tip or an extra, and then wait for the bank's word.

    While it waits, htmx comes back here until there is a form, or the money has come.
    """
    order = get_order(request, pk)
    parts = order.payments.visible_to(request.user).exclude(purpose=Purpose.ORDER)
    part = get_object_or_404(parts, pk=payment)
    if wants_fragment(request):
        is_open = Payment.objects.open().filter(pk=part.pk).exists()
        is_ready = "preparing" in request.GET and part.intent_id
        return wait_on(is_waiting=is_open and not is_ready)
    if part.status == PaymentStatus.SUCCEEDED:
        messages.success(request, _thanks(order, part))
        return redirect(order)
    if not part.intent_id:
        part = open_intent(part)
    here = reverse("orders:pay_part", args=[order.pk, part.pk])
    extra = order.proposals.filter(pk=part.purpose_id).first()
    is_offered = extra is None or extra.status == Proposal.Status.OPEN
    context = {
        "order": order,
        "extra": extra,
        "is_over": part.status == PaymentStatus.CANCELED or not is_offered,
        "returned": came_back(request),
        "wait_url": here,
        **card_form(request, part, back=f"{here}?returned=1"),
    }
    return render(request, "orders/pay_part.html", context)


def _thanks(order: Order, part: Payment) -> str:
    if part.purpose == Purpose.TIP:
        values = {
            "amount": written(part.amount, part.currency),
            "name": order.seller.get_short_name(),
        }
        return _("Thank you. %(amount)s goes to %(name)s.") % values
    return _("Paid. The extra is part of your order now.")
