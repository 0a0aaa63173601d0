"""A seller's offer to one buyer: made, taken back, turned down, or left to expire.

Taking it up is placing an order: see `checkout.take_up`.
"""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Block, Standing, User
from gigs.models import LOWEST_PRICE, PRICE_LIMIT, Gig
from gigstream.core.errors import NotAllowed, Stale
from gigstream.core.money import written
from orders.models import CustomOffer, Order
from orders.queue import is_closed
from orders.signals import offer_ended, offer_made

Status = CustomOffer.Status
OPEN_DAYS = (1, 3, 7, 14, 30)
"""For how long an offer may be open."""


@transaction.atomic
def make_offer(
    *,
    gig_id: UUID,
    actor: User,
    buyer: User,
    title: str,
    scope: str,
    price: int,
    delivery_days: int,
    revisions: int,
    open_days: int,
    client_id: UUID,
    now: datetime,
) -> CustomOffer:
    """Offer somebody work in a gig's name; the same `client_id` again is the same offer.

    Raises `Stale` if that said something else, or has ended.
    """
    gig = Gig.objects.select_related("seller").get(pk=gig_id)
    _check_sides(gig, actor, buyer, now)
    _check_limits(price, delivery_days, revisions, open_days, gig.currency)
    said = {
        "gig": gig,
        "buyer": buyer,
        "title": title,
        "scope": scope,
        "price": price,
        "delivery_days": delivery_days,
        "revisions": revisions,
    }
    times = {"made_at": now, "expires_at": now + timedelta(days=open_days)}
    offer, is_new = CustomOffer.objects.select_related("gig", "buyer").get_or_create(
        seller=actor,
        client_id=client_id,
        defaults={**said, "currency": gig.currency, **times},
    )
    if is_new:
        offer_made.send(sender=CustomOffer, offer=offer, actor=actor, at=now)
    elif not (offer.is_open(at=now) and _says(offer, said)):
        text = _("This form was sent already. Open it anew to make another offer.")
        raise Stale(text)
    return offer


def _says(offer: CustomOffer, said: dict[str, Any]) -> bool:
    return all(getattr(offer, name) == value for name, value in said.items())


def _check_sides(gig: Gig, actor: User, buyer: User, now: datetime) -> None:
    if gig.seller_id != actor.pk or buyer == actor:
        raise NotAllowed(_("This is not yours to do."))
    if not gig.can_be_seen:
        raise NotAllowed(_("Only a gig that is on offer can stand behind an offer."))
    if gig.seller.away_until(at=now):
        raise NotAllowed(_("You are on vacation. Come back first, then make offers."))
    if is_closed(gig.seller):
        raise NotAllowed(_("You have as many orders open as you take at once."))
    is_kept_out = buyer.standing != Standing.ACTIVE
    # Whoever blocked whom, the words are the same: nobody learns of it by trying.
    if is_kept_out or Block.objects.between(actor.pk, buyer.pk).exists():
        raise NotAllowed(_("This person cannot receive offers at the moment."))


def _check_limits(
    price: int, delivery_days: int, revisions: int, open_days: int, currency: str
) -> None:
    if not LOWEST_PRICE <= price <= PRICE_LIMIT:
        text = _("A price is between %(least)s and %(most)s.")
        least, most = (
            written(each, currency, short=True) for each in (LOWEST_PRICE, PRICE_LIMIT)
        )
        raise NotAllowed(text % {"least": least, "most": most})
    if not (1 <= delivery_days <= 365 and 0 <= revisions <= 50):
        raise NotAllowed(_("An offer takes 1 to 365 days and has up to 50 revisions."))
    if open_days not in OPEN_DAYS:
        raise NotAllowed(_("An offer is open for up to 30 days."))


@transaction.atomic
def withdraw_offer(*, offer_id: UUID, actor: User, now: datetime) -> None:
    """Take an offer back before it is taken up."""
    offer = _lock(offer_id)
    _end(offer, Status.WITHDRAWN, actor, may=offer.seller_id, now=now)


@transaction.atomic
def decline_offer(*, offer_id: UUID, actor: User, now: datetime) -> None:
    """Say no to an offer."""
    offer = _lock(offer_id)
    _end(offer, Status.DECLINED, actor, may=offer.buyer_id, now=now)


def _end(
    offer: CustomOffer, status: Status, actor: User, *, may: UUID, now: datetime
) -> None:
    if actor.pk != may or actor.standing != Standing.ACTIVE:
        raise NotAllowed(_("This is not yours to do."))
    if offer.status == Status.TAKEN:
        raise Stale(_("This offer was accepted; it goes on as an order."))
    if offer.status != Status.OPEN:
        raise Stale(_("This offer has ended already."))
    _close(offer, status, actor, now)


@transaction.atomic
def expire_offer(*, offer_id: UUID, now: datetime) -> None:
    """Close an offer that nobody took up in time. Early or twice, nothing happens."""
    offer = _lock(offer_id)
    if offer.status == Status.OPEN and offer.expires_at <= now:
        _close(offer, Status.EXPIRED, None, now)


def reopen_offer(order: Order) -> None:
    """Let an offer be taken up again whose order was never paid; its time runs on."""
    CustomOffer.objects.filter(order=order).update(
        status=Status.OPEN, order=None, ended_at=None
    )


def _lock(offer_id: UUID) -> CustomOffer:
    return CustomOffer.objects.select_for_update(of=("self",)).get(pk=offer_id)


def _close(
    offer: CustomOffer, status: Status, actor: User | None, now: datetime
) -> None:
    offer.status, offer.ended_at = status, now
    offer.save(update_fields=["status", "ended_at"])
    offer_ended.send(sender=CustomOffer, offer=offer, actor=actor, at=now)
