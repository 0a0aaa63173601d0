"""What goes beyond the package: a tip, an extra on the way, and offers in a conversation."""

from datetime import datetime, timedelta
from uuid import uuid4

import messaging.actions
import orders.actions
from accounts.models import User
from admin_panel.demo.cards import charge
from gigs.models import Gig
from orders.models import CustomOffer, Order


def tip(order: Order, now: datetime) -> None:
    payment = orders.actions.tip(
        order_id=order.pk, actor=order.buyer, amount=15_00, tip_key=uuid4(), now=now
    )
    charge(payment, now)


def grow(order: Order, now: datetime) -> None:
    """The seller offers more, and the buyer pays for it."""
    extra = orders.actions.offer_extra(
        order_id=order.pk,
        actor=order.seller,
        title="The same for the delivery van",
        price=45_00,
        days=2,
        revisions=1,
        reason="As we said: both sides of the van, ready for the foil cutter.",
        now=now,
    )
    later = now + timedelta(hours=2)
    payment = orders.actions.pay_for_extra(
        order_id=order.pk, proposal_id=extra.pk, actor=order.buyer, now=later
    )
    charge(payment, later)


def seed_offers(gig: Gig, buyer: User, other: User, *, now: datetime) -> None:
    """One that waits for its buyer's answer, and one that became an order; both once."""
    if CustomOffer.objects.filter(gig=gig).exists():
        return
    ask(gig, buyer, now=now - timedelta(hours=3))
    _offer(gig, buyer, "A mark for Sol, and its sign", 240_00, now=now)
    taken = _offer(gig, other, "Twelve icons in one hand", 180_00, now=now)
    cost = taken.price + taken.price // 10
    order = orders.actions.take_up(
        offer_id=taken.pk, buyer=other, quoted_total=cost, now=now
    )
    charge(order.payments.get(), now)


def ask(gig: Gig, buyer: User, *, now: datetime) -> None:
    thread = messaging.actions.open_conversation(between=(buyer, gig.seller), now=now)
    messaging.actions.send(
        conversation_id=thread.pk,
        sender=buyer,
        body="We also need a drawing for the sign painter. Could you do both together?",
        client_id=uuid4(),
        now=now,
    )


def _offer(
    gig: Gig, buyer: User, title: str, price: int, *, now: datetime
) -> CustomOffer:
    return orders.actions.make_offer(
        gig_id=gig.pk,
        actor=gig.seller,
        buyer=buyer,
        title=title,
        scope=(
            "The mark in two colours, as vectors and for the screen.\n"
            "A drawing of the sign at full size, with the colours named for the painter.\n"
            "Two rounds by message before I draw it clean."
        ),
        price=price,
        delivery_days=6,
        revisions=2,
        open_days=7,
        client_id=uuid4(),
        now=now,
    )
