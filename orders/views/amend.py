"""Leaving the agreed path: more time, parting, giving back; and the answers to that."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

import payments.actions
from accounts.fresh import is_fresh, prove_first
from accounts.http import AuthedRequest
from gigstream.core import clock
from gigstream.core.errors import Refusal
from gigstream.core.http import sent
from orders import actions
from orders.forms import (
    AnswerForm,
    BuyExtraForm,
    CancellingForm,
    OfferExtraForm,
    ReasonForm,
    TimeForm,
)
from orders.models import Order, Proposal
from orders.options import WAYS
from orders.views.access import get_order
from orders.views.order import refused
from orders.views.payments import go_to_pay
from payments.models import Payment


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """A verb with a page of its own: what it does is said before it is done."""

    name: str
    title: str | Promise
    button: str | Promise
    form: Callable[[Order, Any], Form]
    act: Callable[..., object]
    # What is said when it is done; an act that asks for a payment leads on to it instead.
    done: str | Promise = ""


def _cancelling_form(order: Order, data: Any) -> Form:
    most = payments.actions.refundable(order.pk)
    return CancellingForm(data, most=most, currency=order.currency)


ASK_FOR_TIME = Way(
    name="ask_for_time",
    title=_("Ask for more time"),
    button=_("Ask for more time"),
    done=_("Sent. The buyer has been asked."),
    form=lambda _order, data: TimeForm(data),
    act=actions.ask_for_time,
)
ASK_TO_CANCEL = Way(
    name="ask_to_cancel",
    title=_("Offer to cancel"),
    button=_("Send the offer"),
    done=_("Sent. The other side has been asked."),
    form=_cancelling_form,
    act=actions.ask_to_cancel,
)
CANCEL_LATE = Way(
    name="cancel_late",
    title=_("Cancel the late order"),
    button=_("Cancel the order"),
    done=_("Cancelled. The whole payment goes back to you."),
    form=lambda _order, data: ReasonForm(data),
    act=actions.cancel_late,
)
DECLINE = Way(
    name="decline",
    title=_("Give the order back"),
    button=_("Cancel the order"),
    done=_("Cancelled. The buyer gets everything back."),
    form=lambda _order, data: ReasonForm(data),
    act=actions.decline,
)


OFFER_EXTRA = Way(
    name="offer_extra",
    title=_("Offer an extra"),
    button=_("Send the offer"),
    done=_("Sent. It is agreed when the buyer has paid it."),
    form=lambda order, data: OfferExtraForm(data, currency=order.currency),
    act=actions.offer_extra,
)
BUY_EXTRA = Way(
    name="buy_extra",
    title=_("Add an extra"),
    button=_("Continue to payment"),
    form=lambda order, data: BuyExtraForm(
        data, extras=actions.extras_for(order), currency=order.currency
    ),
    act=actions.buy_extra,
)


@require_http_methods(["GET", "HEAD", "POST"])
def offer_extra(request: AuthedRequest, pk: UUID) -> HttpResponse:
    return _take(request, pk, OFFER_EXTRA)


@require_http_methods(["GET", "HEAD", "POST"])
def buy_extra(request: AuthedRequest, pk: UUID) -> HttpResponse:
    return _take(request, pk, BUY_EXTRA)


@require_http_methods(["GET", "HEAD", "POST"])
def ask_for_time(request: AuthedRequest, pk: UUID) -> HttpResponse:
    return _take(request, pk, ASK_FOR_TIME)


@require_http_methods(["GET", "HEAD", "POST"])
def ask_to_cancel(request: AuthedRequest, pk: UUID) -> HttpResponse:
    return _take(request, pk, ASK_TO_CANCEL)


@require_http_methods(["GET", "HEAD", "POST"])
def cancel_late(request: AuthedRequest, pk: UUID) -> HttpResponse:
    return _take(request, pk, CANCEL_LATE)


@require_http_methods(["GET", "HEAD", "POST"])
def decline(request: AuthedRequest, pk: UUID) -> HttpResponse:
    return _take(request, pk, DECLINE)


def _take(request: AuthedRequest, pk: UUID, way: Way) -> HttpResponse:
    """Show what the way does, or go it; the page stays, with what was typed, if it cannot."""
    order = get_order(request, pk)
    form = way.form(order, sent(request))
    status, refusal = 200, ""
    try:
        if form.is_valid():
            result = way.act(
                order_id=order.pk,
                actor=request.user,
                now=clock.now(),
                **form.cleaned_data,
            )
            if isinstance(result, Payment):
                return go_to_pay(order, result)
            messages.success(request, str(way.done))
            return redirect(order)
        WAYS[way.name](order, request.user, clock.now())
    except Refusal as no:
        order = get_order(request, pk)
        status, refusal = no.status, str(no)
    context = {
        "way": way,
        "order": order,
        "form": form,
        "refusal": refusal,
        "other": order.other_side(request.user),
    }
    if way in {CANCEL_LATE, DECLINE}:
        _back, context["left"] = payments.actions.parting(order.pk, 0)
    return render(
        request, "orders/way.html", context, status=422 if form.errors else status
    )


@require_POST
def agree(request: AuthedRequest, pk: UUID) -> HttpResponse:
    """Parting shares the money out, so for that the login must be a new one."""
    order = get_order(request, pk)
    parting = order.proposals.open().filter(kind=Proposal.Kind.CANCEL)
    if not is_fresh(request) and parting.exists():
        why = gettext("Agreeing moves money. Show that it is you, then press it again.")
        return prove_first(request, back_to=order.get_absolute_url(), why=why)
    return _answer(request, pk, actions.agree, gettext("Agreed."))


@require_POST
def pay_for_extra(request: AuthedRequest, pk: UUID) -> HttpResponse:
    return _answer(request, pk, actions.pay_for_extra, "")


@require_POST
def refuse(request: AuthedRequest, pk: UUID) -> HttpResponse:
    done = gettext("Refused. Everything stays as it was agreed.")
    return _answer(request, pk, actions.refuse, done)


@require_POST
def withdraw(request: AuthedRequest, pk: UUID) -> HttpResponse:
    done = gettext("Withdrawn. Everything stays as it was agreed.")
    return _answer(request, pk, actions.withdraw, done)


def _answer(
    request: AuthedRequest, pk: UUID, verb: Callable[..., object], done: str
) -> HttpResponse:
    order = get_order(request, pk)
    form = AnswerForm(request.POST)
    if not form.is_valid():
        return redirect(order)
    try:
        result = verb(
            order_id=order.pk,
            proposal_id=form.cleaned_data["proposal"],
            actor=request.user,
            now=clock.now(),
        )
    except Refusal as refusal:
        return refused(request, order, refusal)
    if isinstance(result, Payment):
        return go_to_pay(order, result)
    messages.success(request, done)
    return redirect(order)


@require_POST
def extend_review(request: AuthedRequest, pk: UUID) -> HttpResponse:
    order = get_order(request, pk)
    try:
        actions.extend_review(order_id=order.pk, actor=request.user, now=clock.now())
    except Refusal as refusal:
        return refused(request, order, refusal)
    messages.success(request, gettext("You have more time to look at it."))
    return redirect(order)
