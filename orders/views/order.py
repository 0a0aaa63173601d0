"""The page of one order, and the verbs on it."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

import payments.actions
from accounts.fresh import is_fresh, prove_first
from accounts.http import AuthedRequest
from accounts.models import Standing
from gigstream.core import clock
from gigstream.core.errors import Refusal
from gigstream.core.http import wait_on, wants_fragment
from gigstream.core.money import written
from orders import actions, wording
from orders.actions.cancel import late_at
from orders.forms import DeliverForm, RevisionForm
from orders.models import Order
from orders.options import ways
from orders.status import WORKING, OrderStatus, Role
from orders.timeline import offer, past_of
from orders.uploads import store_of
from orders.views.access import get_order
from payments.actions.shares import Share
from payments.card_form import came_back

# What the page of an order shows of its past; the rest is a click away.
SHOWN_EVENTS = 10
SHOWN_DELIVERIES = 3


@require_GET
def detail(request: AuthedRequest, pk: UUID) -> HttpResponse:
    """Show an order. While a payment is awaited, htmx comes back here until it has come."""
    order = get_order(request, pk)
    if wants_fragment(request):
        return wait_on(is_waiting=order.status == OrderStatus.PENDING)
    return _page(request, order)


@require_POST
def deliver(request: AuthedRequest, pk: UUID) -> HttpResponse:
    order = get_order(request, pk)
    form = DeliverForm(request.POST, request.FILES)
    # The action refuses everybody else, before it looks at words or files.
    may = order.role_of(request.user) == Role.SELLER and order.status in WORKING
    files: list[actions.StoredFile] | None = None if may else []
    if form.is_valid() and may:
        files = store_of(form, "attachments", owner=request.user, now=clock.now())
    if files is not None:
        try:
            actions.deliver(
                order_id=order.pk,
                actor=request.user,
                message=form.cleaned_data.get("message", ""),
                files=files,
                now=clock.now(),
            )
            messages.success(request, _("Delivered. The buyer has been told."))
            return redirect(order)
        except Refusal as refusal:
            typed = form.cleaned_data.get("message", "")
            return refused(request, order, refusal, typed=typed)
    return _page(request, order, status=422, deliver_form=form)


@require_POST
def accept(request: AuthedRequest, pk: UUID) -> HttpResponse:
    order = get_order(request, pk)
    if not is_fresh(request):
        why = _("Accepting releases money. Show that it is you, then press it again.")
        return prove_first(request, back_to=order.get_absolute_url(), why=why)
    try:
        actions.accept(order_id=order.pk, actor=request.user, now=clock.now())
    except Refusal as refusal:
        return refused(request, order, refusal)
    _back, left = payments.actions.parting(order.pk, 0)
    share = written(left.sellers, order.currency)
    messages.success(
        request,
        _("Accepted. %(amount)s goes to %(name)s.")
        % {"amount": share, "name": order.seller.get_short_name()},
    )
    return redirect(order)


@require_POST
def request_revision(request: AuthedRequest, pk: UUID) -> HttpResponse:
    order = get_order(request, pk)
    form = RevisionForm(request.POST)
    if not form.is_valid():
        return _page(request, order, status=422, revision_form=form)
    try:
        actions.request_revision(
            order_id=order.pk,
            actor=request.user,
            wishes=form.cleaned_data["wishes"],
            now=clock.now(),
        )
    except Refusal as refusal:
        typed = form.cleaned_data["wishes"]
        return refused(request, order, refusal, typed=typed)
    messages.success(request, _("Sent. The seller knows what to change."))
    return redirect(order)


def refused(
    request: AuthedRequest, order: Order, refusal: Refusal, *, typed: str = ""
) -> HttpResponse:
    """The page as things stand now, with the reason on top, and what was typed to be copied."""
    fresh = get_order(request, order.pk)
    status, reason = refusal.status, str(refusal)
    return _page(request, fresh, status=status, refusal=reason, typed=typed)


@require_GET
def history(request: AuthedRequest, pk: UUID) -> HttpResponse:
    """All deliveries and all of the timeline, for whoever looks further back than the order's page."""
    order = get_order(request, pk)
    past = past_of(order)
    context = {"order": order, "deliveries": past.deliveries, "timeline": past.timeline}
    return render(request, "orders/history.html", context)


def _page(
    request: AuthedRequest, order: Order, *, status: int = 200, **extra: Any
) -> HttpResponse:
    role, now = order.role_of(request.user) or Role.BUYER, clock.now()
    past = past_of(order, events=SHOWN_EVENTS, deliveries=SHOWN_DELIVERIES)
    proposal = past.open_proposal
    context = {
        "order": order,
        "role": role,
        "is_buyer": role == Role.BUYER,
        "other": order.other_side(request.user),
        "headline": wording.headline(order, role),
        "tone": wording.TONES[OrderStatus(order.status)],
        "is_late": order.is_late(at=now),
        "time_left": order.deadline and wording.time_left(order.deadline, at=now),
        "proposal": proposal,
        "offer": proposal and offer(proposal, order.currency),
        "ways": ways(order, request.user, at=now, proposal=proposal),
        "may_cancel_at": order.due_at and late_at(order, order.due_at),
        "returned": came_back(request),
        "payment": past.payment,
        "papers": order.papers.visible_to(request.user).order_by("pk"),
        "timeline": past.timeline,
        "has_more_events": past.has_more_events,
        "was_disputed": past.was_disputed,
        "tipped": past.tipped,
        "policy": order.policy,
        "agreed": past.agreed,
        "deliveries": past.deliveries,
        "has_more_deliveries": past.has_more_deliveries,
        "answers": _answers(order),
        "is_on_offer": order.gig.is_on_offer
        and order.seller.standing == Standing.ACTIVE,
        **_forms(order, role),
        **_reviews(order),
        **_returned(order, role, past.returned),
        **extra,
    }
    return render(request, "orders/detail.html", context, status=status)


def _returned(order: Order, role: Role, gone: Share) -> dict[str, int]:
    """What of an order went back, and what is left of it for the seller."""
    return {
        "went_back": gone.total if role == Role.BUYER else gone.price,
        "earned": order.seller_share - gone.sellers,
    }


def _answers(order: Order) -> Any:
    """What the seller asked, if anything was asked."""
    asked = bool(order.terms["answers"])
    return asked and order.answers.select_related("file").order_by("position")


def _reviews(order: Any) -> dict[str, bool]:
    """Whether there is something to say yet, or to read, of an order that is over."""
    closes_at = order.review_closes_at
    if order.status != OrderStatus.COMPLETED or closes_at is None:
        return {}
    return {
        "may_review": not order.has_own_review and closes_at > clock.now(),
        "has_reviews": order.has_own_review or order.has_shown_review,
    }


def _forms(order: Order, role: Role) -> dict[str, Form]:
    """The forms of the moves that whoever looks may make now."""
    if order.on_hold:
        return {}
    if role == Role.SELLER and order.status in WORKING:
        return {"deliver_form": DeliverForm()}
    if role == Role.BUYER and order.status == OrderStatus.DELIVERED:
        return {"revision_form": RevisionForm()}
    return {}
