"""A dispute: opening it, the desk at which the two settle it, and the verbs on that desk."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Prefetch
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

import payments.actions
from accounts.fresh import is_fresh, prove_first
from accounts.http import AuthedRequest
from accounts.models import User
from gigstream.core import clock
from gigstream.core.errors import NotAllowed, Refusal
from gigstream.core.http import sent
from gigstream.core.limits import limited_person
from orders import actions, wording
from orders.actions.disputes import check_escalation, check_opening
from orders.disputing import AgreeForm, DisputeForm, StatementForm
from orders.models import Dispute, Order, OrderFile, Statement
from orders.options import ways
from orders.status import Role
from orders.uploads import store_of
from orders.views.access import get_order
from payments.actions.shares import Share


@require_http_methods(["GET", "HEAD", "POST"])
@limited_person("contact")
def open_dispute(request: AuthedRequest, pk: UUID) -> HttpResponse:
    """Say what happened and what would be right; what follows is said before."""
    order = get_order(request, pk)
    role = order.role_of(request.user) or Role.BUYER
    most = payments.actions.refundable(order.pk)
    form = DisputeForm(
        sent(request), request.FILES or None, order=order, role=role, most=most
    )
    status, refusal = 200, ""
    try:
        check_opening(order, request.user, clock.now())
        if form.is_valid() and _open(request, order, form):
            messages.success(request, _("Opened. Everything stands still meanwhile."))
            return redirect("orders:dispute", pk=order.pk)
    except Refusal as no:
        order = get_order(request, pk)
        status, refusal = no.status, str(no)
    context = {
        "order": order,
        "form": form,
        "refusal": refusal,
        "other": order.other_side(request.user),
        "ways": ways(order, request.user, at=clock.now(), proposal=None),
        "hours": order.policy.dispute_hours,
        "later": order.policy.proposal_hours,
    }
    status = 422 if form.errors else status
    return render(request, "orders/open_dispute.html", context, status=status)


def _open(request: AuthedRequest, order: Order, form: DisputeForm) -> bool:
    files = store_of(form, "evidence", owner=request.user, now=clock.now())
    if files is None or form.offer is None:
        return False
    actions.open_dispute(
        order_id=order.pk,
        actor=request.user,
        reason=form.cleaned_data["reason"],
        offer=form.offer,
        text=form.cleaned_data["text"],
        files=files,
        now=clock.now(),
    )
    return True


@require_safe
def dispute(request: AuthedRequest, pk: UUID) -> HttpResponse:
    """The desk of the dispute that goes on, or of the last one."""
    return _desk(request, get_order(request, pk))


@require_POST
@limited_person("contact")
def answer_dispute(request: AuthedRequest, pk: UUID) -> HttpResponse:
    order = get_order(request, pk)
    if order.dispute is None:
        over = _("This dispute is over. Here is how it ended.")
        typed = request.POST.get("text", "")
        return _desk(request, order, status=409, refusal=over, typed=typed)
    most = payments.actions.refundable(order.pk)
    form = _form(request.POST, request.FILES, order, most)
    files = None
    if form.is_valid():
        files = store_of(form, "evidence", owner=request.user, now=clock.now())
    if files is None:
        return _desk(request, order, status=422, form=form)
    try:
        actions.answer_dispute(
            order_id=order.pk,
            actor=request.user,
            text=form.cleaned_data["text"],
            files=files,
            offer=form.offer,
            now=clock.now(),
        )
    except Refusal as refusal:
        typed = form.cleaned_data["text"]
        return _refused(request, order, refusal, form=form, typed=typed)
    messages.success(request, _("Sent. The other side has been told."))
    return redirect("orders:dispute", pk=order.pk)


@require_POST
def settle_dispute(request: AuthedRequest, pk: UUID) -> HttpResponse:
    """Agree to the offer on the table. Money moves, so the login must be a new one."""
    order = get_order(request, pk)
    if not is_fresh(request):
        why = _("Agreeing moves money. Show that it is you, then press it again.")
        back = f"{order.get_absolute_url()}dispute/"
        return prove_first(request, back_to=back, why=why)
    form = AgreeForm(request.POST)
    if not form.is_valid():
        return redirect("orders:dispute", pk=order.pk)
    return _act(
        request,
        order,
        actions.settle_dispute,
        _("Agreed. The dispute is over."),
        statement_id=form.cleaned_data["offer"],
    )


@require_POST
def escalate_dispute(request: AuthedRequest, pk: UUID) -> HttpResponse:
    done = _("Our staff will read everything and decide. Both of you are told.")
    return _act(request, get_order(request, pk), actions.escalate_dispute, done)


@require_POST
def withdraw_dispute(request: AuthedRequest, pk: UUID) -> HttpResponse:
    done = _("Withdrawn. The order goes on where it stood.")
    return _act(request, get_order(request, pk), actions.withdraw_dispute, done)


def _act(
    request: AuthedRequest,
    order: Order,
    verb: Callable[..., None],
    done: str,
    **said: Any,
) -> HttpResponse:
    try:
        verb(order_id=order.pk, actor=request.user, now=clock.now(), **said)
    except Refusal as refusal:
        return _refused(request, order, refusal)
    messages.success(request, done)
    return redirect("orders:dispute", pk=order.pk)


def _refused(
    request: AuthedRequest, order: Order, refusal: Refusal, **extra: Any
) -> HttpResponse:
    """The desk as things stand now, with the reason on top, and what was typed."""
    fresh = get_order(request, order.pk)
    return _desk(request, fresh, status=refusal.status, refusal=str(refusal), **extra)


def _desk(
    request: AuthedRequest, order: Order, *, status: int = 200, **extra: Any
) -> HttpResponse:
    dispute = order.dispute or _last(order)
    role = order.role_of(request.user) or Role.BUYER
    statements = _statements(dispute)
    offer = next((each for each in reversed(statements) if each.offer), None)
    back, kept = _parting(order, offer)
    context = {
        "order": order,
        "dispute": dispute,
        "is_buyer": role == Role.BUYER,
        "other": order.other_side(request.user),
        "headline": wording.headline(order, role),
        "time_left": dispute.answer_by
        and wording.time_left(dispute.answer_by, at=clock.now()),
        "statements": [
            (each, wording.said_offer(each, order.currency)) for each in statements
        ],
        "offer": offer,
        "offer_words": offer and wording.said_offer(offer, order.currency),
        "back": back,
        "kept": kept,
        "is_mine": offer is not None and offer.side == role,
        "may_escalate": _may_escalate(order, request.user),
        "may_withdraw": dispute.is_ongoing and dispute.side == role,
        "hours": order.policy.proposal_hours,
        **extra,
    }
    if dispute.is_ongoing:
        context.setdefault("form", _form(None, None, order, (back + kept).price))
    return render(request, "orders/dispute.html", context, status=status)


def _last(order: Order) -> Dispute:
    found = order.disputes.select_related("closed_by").order_by("-opened_at").first()
    if found is None:
        raise Http404
    return found


def _statements(dispute: Dispute) -> list[Statement]:
    files = Prefetch("files", OrderFile.objects.order_by("id"))
    found = dispute.statements.select_related("author").prefetch_related(files)
    return list(found.order_by("at", "id"))


def _parting(order: Order, offer: Statement | None) -> tuple[Share, Share]:
    """What an offer would give back, and what it would leave; nothing back if it cannot."""
    refund = offer.refund if offer and offer.refund else 0
    try:
        return payments.actions.parting(order.pk, refund)
    except NotAllowed:  # something was refunded since it was made
        return payments.actions.parting(order.pk, 0)


def _form(data: Any, files: Any, order: Order, most: int) -> StatementForm:
    assert order.dispute is not None  # noqa: S101 - asked by the caller
    before = order.dispute.came_from
    return StatementForm(data, files, order=order, before=before, most=most)


def _may_escalate(order: Order, user: User) -> bool:
    try:
        check_escalation(order, user)
    except Refusal:
        return False
    return True
