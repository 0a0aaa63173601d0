"""What sellers offer one buyer, beside their packages. They are made in a conversation."""

from typing import Literal
from uuid import UUID

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from ninja import Body, Path, Query

from accounts.api_access import needs
from accounts.http import AuthedRequest
from gigstream.core import clock
from gigstream.core.api import Page, newest_first
from gigstream.core.models import PlatformSetting
from orders import actions
from orders.api.common import ORDERS, READ, find, payment_out, routes, whole
from orders.models import CustomOffer
from orders.paying import start_payment_again
from orders.schemas import CheckoutOut, CustomOfferOut, OfferSearch, TakeUpIn


@routes.get("/offers", auth=needs(READ), answer=Page[CustomOfferOut])
def list_offers(
    request: AuthedRequest, wanted: Query[OfferSearch]
) -> Page[CustomOfferOut]:
    """Offers that you made or were made, the newest first."""
    offers = _offers(request)
    if wanted.side:
        offers = offers.filter(**{wanted.side: request.user})
    if wanted.status:
        offers = offers.filter(status=wanted.status)
    shown, onwards = newest_first(offers, wanted)
    return Page[CustomOfferOut](
        items=[CustomOfferOut.of(offer, request.user) for offer in shown],
        next=onwards,
    )


@routes.get("/offers/{uuid:pk}", auth=needs(READ), answer=CustomOfferOut)
def get_offer(request: AuthedRequest, pk: UUID) -> CustomOfferOut:
    """An offer of yours, or to you."""
    return CustomOfferOut.of(_find(request, pk), request.user)


@routes.post(
    "/offers/{uuid:pk}/take-up", auth=needs(ORDERS), answer=CheckoutOut, status=201
)
def take_up(request: AuthedRequest, pk: UUID, wanted: Body[TakeUpIn]) -> CheckoutOut:
    """Place the order of an offer to you, and get what Stripe's own code needs to take the card."""
    offer, now = _find(request, pk), clock.now()
    cost = actions.quote(offer.deal, PlatformSetting.objects.in_force())
    placed = actions.take_up(
        offer_id=offer.pk,
        buyer=request.user,
        quoted_total=wanted.quoted_total or cost.total,
        now=now,
    )
    order = find(request, placed.pk)
    payment = start_payment_again(order, now=now)
    return CheckoutOut(order=whole(request, order), payment=payment_out(payment))


ENDS = {"withdraw": actions.withdraw_offer, "decline": actions.decline_offer}


@routes.post("/offers/{uuid:pk}/{verb}", auth=needs(ORDERS), answer=CustomOfferOut)
def end_offer(
    request: AuthedRequest, pk: UUID, verb: Path[Literal["withdraw", "decline"]]
) -> CustomOfferOut:
    """Take an offer of yours back, or say no to one that you were made."""
    offer = _find(request, pk)
    ENDS[verb](offer_id=offer.pk, actor=request.user, now=clock.now())
    return CustomOfferOut.of(_find(request, pk), request.user)


def _find(request: AuthedRequest, pk: UUID) -> CustomOffer:
    return get_object_or_404(_offers(request), pk=pk)


def _offers(request: AuthedRequest) -> QuerySet[CustomOffer]:
    mine = CustomOffer.objects.visible_to(request.user)
    return mine.select_related("gig", "seller", "buyer")
