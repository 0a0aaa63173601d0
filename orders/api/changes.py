"""Changing what was agreed, by one side offering and the other answering; and tips."""

from typing import Any, Literal
from uuid import UUID

from django.db.models import Q
from ninja import Body, Path, Query

from accounts.api_access import needs, refuse_stale_login, require
from accounts.http import AuthedRequest
from gigs.schemas import ExtraOut
from gigstream.core import clock
from gigstream.core.api import Page, Paging, derived_key, newest_first
from orders import actions
from orders.api.common import MONEY, ORDERS, READ, do, find, payment_out, routes
from orders.models import Order, Proposal
from orders.paying import open_intent
from orders.schemas import (
    AskForTimeIn,
    AskToCancelIn,
    BuyExtraIn,
    OfferExtraIn,
    OrderOut,
    PaymentOut,
    ProposalOut,
    TipIn,
)

Kind, Status = Proposal.Kind, Proposal.Status
PROPOSAL = "/orders/{uuid:pk}/proposals/{uuid:proposal}"


@routes.get("/orders/{uuid:pk}/proposals", auth=needs(READ), answer=Page[ProposalOut])
def list_proposals(
    request: AuthedRequest, pk: UUID, paging: Query[Paging]
) -> Page[ProposalOut]:
    """What was proposed in an order of yours, the newest first."""
    order = find(request, pk)
    proposals = order.proposals.all()
    if order.buyer_id != request.user.pk:
        # What a buyer began to buy and has not paid is nobody's news.
        begun = Q(kind=Kind.EXTRA, side="buyer") & ~Q(status=Status.AGREED)
        proposals = proposals.exclude(begun)
    shown, onwards = newest_first(proposals, paging)
    return Page[ProposalOut](
        items=[ProposalOut.of(each, order) for each in shown], next=onwards
    )


@routes.post(
    "/orders/{uuid:pk}/ask-for-time",
    auth=needs(ORDERS),
    answer=ProposalOut,
    status=201,
)
def ask_for_time(
    request: AuthedRequest, pk: UUID, wanted: Body[AskForTimeIn]
) -> ProposalOut:
    """For who works: ask the buyer for more days."""
    return _propose(request, pk, actions.ask_for_time, wanted)


@routes.post(
    "/orders/{uuid:pk}/ask-to-cancel",
    auth=needs(ORDERS),
    answer=ProposalOut,
    status=201,
)
def ask_to_cancel(
    request: AuthedRequest, pk: UUID, wanted: Body[AskToCancelIn]
) -> ProposalOut:
    """Offer to part: some of the price goes back to the buyer, the rest is earned."""
    return _propose(request, pk, actions.ask_to_cancel, wanted)


@routes.post(
    "/orders/{uuid:pk}/offer-extra",
    auth=needs(ORDERS),
    answer=ProposalOut,
    status=201,
)
def offer_extra(
    request: AuthedRequest, pk: UUID, wanted: Body[OfferExtraIn]
) -> ProposalOut:
    """For who works: offer more for more money; it is agreed when the buyer has paid it."""
    return _propose(request, pk, actions.offer_extra, wanted)


def _propose(request: AuthedRequest, pk: UUID, verb: Any, wanted: Any) -> ProposalOut:
    order = find(request, pk)
    made = verb(order_id=order.pk, actor=request.user, now=clock.now(), **dict(wanted))
    return ProposalOut.of(made, order)


@routes.post(f"{PROPOSAL}/agree", auth=needs(ORDERS), answer=OrderOut)
def agree(request: AuthedRequest, pk: UUID, proposal: UUID) -> OrderOut:
    """Agree to what the other side proposed; parting moves money, and is asked more for."""
    order = find(request, pk)
    if order.proposals.filter(pk=proposal, kind=Kind.CANCEL).exists():
        require(request, MONEY)
        refuse_stale_login(request)
    return do(request, order, actions.agree, proposal_id=proposal)


@routes.post(f"{PROPOSAL}/pay", auth=needs(ORDERS), answer=PaymentOut)
def pay_for_extra(request: AuthedRequest, pk: UUID, proposal: UUID) -> PaymentOut:
    """Pay an extra that waits for it; that agrees to it."""
    order = find(request, pk)
    return _ask(request, order, actions.pay_for_extra, proposal_id=proposal)


ANSWERS = {"refuse": actions.refuse, "withdraw": actions.withdraw}


@routes.post(f"{PROPOSAL}/{{verb}}", auth=needs(ORDERS), answer=OrderOut)
def answer_proposal(
    request: AuthedRequest,
    pk: UUID,
    proposal: UUID,
    verb: Path[Literal["refuse", "withdraw"]],
) -> OrderOut:
    """Refuse what the other side proposed, or take your own proposal back."""
    order = find(request, pk)
    return do(request, order, ANSWERS[verb], proposal_id=proposal)


# --- More work, and something for good work ------------------------------------------


@routes.get("/orders/{uuid:pk}/extras", auth=needs(READ), answer=Page[ExtraOut])
def list_extras(request: AuthedRequest, pk: UUID) -> Page[ExtraOut]:
    """What the gig offers that can still be added to the order; all of it."""
    extras = actions.extras_for(find(request, pk))
    return Page[ExtraOut](
        items=[ExtraOut.model_validate(each, from_attributes=True) for each in extras],
        next=None,
    )


@routes.post(
    "/orders/{uuid:pk}/buy-extra", auth=needs(ORDERS), answer=PaymentOut, status=201
)
def buy_extra(request: AuthedRequest, pk: UUID, wanted: Body[BuyExtraIn]) -> PaymentOut:
    """Add one of the gig's extras to an order that you bought; it counts once it is paid."""
    return _ask(request, find(request, pk), actions.buy_extra, extra=wanted.extra)


@routes.post("/orders/{uuid:pk}/tip", auth=needs(ORDERS), answer=PaymentOut, status=201)
def tip(request: AuthedRequest, pk: UUID, wanted: Body[TipIn]) -> PaymentOut:
    """Give something for good work; all of it goes to the seller once it is paid."""
    key = derived_key(request)
    order = find(request, pk)
    return _ask(request, order, actions.tip, amount=wanted.amount, tip_key=key)


def _ask(request: AuthedRequest, order: Order, verb: Any, **said: Any) -> PaymentOut:
    payment = verb(order_id=order.pk, actor=request.user, now=clock.now(), **said)
    return payment_out(open_intent(payment))
