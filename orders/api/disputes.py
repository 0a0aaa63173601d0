"""Stopping an order until its two sides, or staff, have settled it."""

from typing import Any
from uuid import UUID

from django.db.models import Prefetch
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from ninja import Body

import payments.actions
from accounts.api_access import needs, refuse_stale_login
from accounts.http import AuthedRequest
from gigstream.core import clock, limits
from gigstream.core.api import Problem
from orders import actions
from orders.actions import Ending
from orders.api.common import MONEY, ORDERS, READ, find, routes
from orders.disputing import REASONS, WORK, possible
from orders.models import Dispute, Order, OrderFile, Statement
from orders.schemas import DisputeAnswerIn, DisputeIn, DisputeOut, OfferIn, SettleIn
from orders.status import Role
from orders.uploads import opened


@routes.get("/disputes/{uuid:pk}", auth=needs(READ), answer=DisputeOut)
def get_dispute(request: AuthedRequest, pk: UUID) -> DisputeOut:
    """What was said and offered in a dispute of yours, and how it ended."""
    return _dispute(request, pk)


@routes.post("/disputes", auth=needs(ORDERS), answer=DisputeOut, status=201)
def open_dispute(request: AuthedRequest, wanted: Body[DisputeIn]) -> DisputeOut:
    """Stop an order until it is settled, and say what would be right."""
    order = find(request, wanted.order_id)
    limits.spend(request, "contact", account=str(request.user.pk))
    role = order.role_of(request.user) or Role.BUYER
    if wanted.reason not in {*REASONS[role], Dispute.Reason.OTHER}:
        raise Problem(422, _("The other side says that, not you."), code="invalid")
    offer = _ending(order, wanted, before=order.status)
    if offer is None:
        raise Problem(422, _("Say what would be right for you."), code="invalid")
    dispute = actions.open_dispute(
        order_id=order.pk,
        actor=request.user,
        reason=wanted.reason,
        offer=offer,
        text=wanted.description,
        files=opened(wanted.files, by=request.user),
        now=clock.now(),
    )
    return _dispute(request, dispute.pk)


@routes.post("/disputes/{uuid:pk}/answers", auth=needs(ORDERS), answer=DisputeOut)
def answer_dispute(
    request: AuthedRequest, pk: UUID, wanted: Body[DisputeAnswerIn]
) -> DisputeOut:
    """Say something, and perhaps offer something else."""
    dispute = _my_dispute(request, pk)
    limits.spend(request, "contact", account=str(request.user.pk))
    actions.answer_dispute(
        order_id=dispute.order_id,
        actor=request.user,
        text=wanted.text,
        files=opened(wanted.files, by=request.user),
        offer=_ending(dispute.order, wanted, before=dispute.came_from),
        now=clock.now(),
    )
    return _dispute(request, pk)


@routes.post("/disputes/{uuid:pk}/settle", auth=needs(MONEY), answer=DisputeOut)
def settle_dispute(
    request: AuthedRequest, pk: UUID, wanted: Body[SettleIn]
) -> DisputeOut:
    """Agree to the offer on the table; it takes effect at once."""
    dispute = _my_dispute(request, pk)
    refuse_stale_login(request)
    return _act(
        request, dispute, actions.settle_dispute, statement_id=wanted.statement_id
    )


@routes.post("/disputes/{uuid:pk}/escalate", auth=needs(ORDERS), answer=DisputeOut)
def escalate_dispute(request: AuthedRequest, pk: UUID) -> DisputeOut:
    """Have staff decide."""
    return _act(request, _my_dispute(request, pk), actions.escalate_dispute)


@routes.post("/disputes/{uuid:pk}/withdraw", auth=needs(ORDERS), answer=DisputeOut)
def withdraw_dispute(request: AuthedRequest, pk: UUID) -> DisputeOut:
    """Take your own dispute back; the order goes on where it stood."""
    return _act(request, _my_dispute(request, pk), actions.withdraw_dispute)


def _my_dispute(request: AuthedRequest, pk: UUID) -> Dispute:
    mine = Dispute.objects.visible_to(request.user).select_related("order")
    return get_object_or_404(mine, pk=pk)


def _dispute(request: AuthedRequest, pk: UUID) -> DisputeOut:
    files = Prefetch("files", OrderFile.objects.order_by("id"))
    said = Statement.objects.filter(dispute=pk).prefetch_related(files)
    return DisputeOut.of(_my_dispute(request, pk), said.order_by("at", "id"))


def _act(
    request: AuthedRequest, dispute: Dispute, verb: Any, **said: Any
) -> DisputeOut:
    verb(order_id=dispute.order_id, actor=request.user, now=clock.now(), **said)
    return _dispute(request, dispute.pk)


def _ending(order: Order, wanted: OfferIn, *, before: str) -> Ending | None:
    """What somebody would have it end with, if it fits where the order stood."""
    if wanted.want is None:
        return None
    most = payments.actions.refundable(order.pk)
    if wanted.want not in possible(before, most):
        raise Problem(422, _("That does not fit where the order stands."))
    if wanted.want in WORK:
        return Ending(kind=Statement.Offer(wanted.want), days=wanted.days)
    refunds = {"refund": most, "release": 0}
    refund = refunds.get(wanted.want, wanted.amount)
    return Ending(kind=Statement.Offer.SPLIT, refund=refund)
