"""What two people offer and propose to each other, and what becomes of it."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.dispatch import receiver

from accounts.models import User
from messaging import actions
from messaging.kinds import NotificationKind as Kind
from messaging.kinds import values
from messaging.receivers.telling import tell
from orders import signals
from orders.models import CustomOffer, Order, Proposal
from payments.models import Payment


@receiver(signals.offer_made)
def bring_offer(
    *, offer: CustomOffer, actor: User, at: datetime, **_kwargs: Any
) -> None:
    """Put the offer into the conversation of the two, and tell the buyer."""
    thread = actions.open_conversation(between=(actor, offer.buyer), now=at)
    message = actions.send(
        conversation_id=thread.pk,
        sender=actor,
        body=offer.title,
        client_id=offer.client_id,
        offer=offer,
        now=at,
    )
    actions.notify(
        user=offer.buyer,
        kind=Kind.OFFER_MADE,
        key=f"{Kind.OFFER_MADE}:{offer.pk}",
        path=f"{thread.get_absolute_url()}#message-{message.pk}",
        now=at,
        actor=actor,
        about={
            "thing": offer.title,
            "price": values.amount(offer.price, offer.currency),
            "until": values.moment(offer.expires_at),
        },
    )


@receiver(signals.offer_ended)
def tell_of_ended_offer(
    *, offer: CustomOffer, actor: User | None, at: datetime, **_kwargs: Any
) -> None:
    """Tell the side that did not end it; of one that expired, the seller."""
    actions.notify(
        user=offer.buyer if actor == offer.seller else offer.seller,
        kind=Kind.OFFER_ENDED,
        # An offer that was taken up, and not paid, is open again and may end once more.
        key=f"{Kind.OFFER_ENDED}:{offer.pk}:{offer.status}",
        path=offer.message.conversation.get_absolute_url(),
        now=at,
        about={
            "thing": offer.title,
            "end": values.choice("offer", offer.status),
        },
    )


@receiver(signals.proposal_made)
def tell_of_proposal(
    *, order: Order, proposal: Proposal, actor: User, at: datetime, **_kwargs: Any
) -> None:
    tell(
        order.other_side(actor),
        order,
        Kind.PROPOSAL_MADE,
        actor=actor,
        cause=proposal.pk,
        proposal=values.proposed(proposal, order.currency),
        until=values.moment(proposal.lapses_at),
        at=at,
    )


@receiver(signals.proposal_answered)
def tell_of_answer(
    *,
    order: Order,
    proposal: Proposal,
    actor: User | None,
    at: datetime,
    **_kwargs: Any,
) -> None:
    tell(
        proposal.made_by,
        order,
        Kind.PROPOSAL_ANSWERED,
        actor=actor,
        cause=proposal.pk,
        answer=values.choice("proposal", proposal.status),
        proposal=values.proposed(proposal, order.currency),
        at=at,
    )


@receiver(signals.extra_paid)
def tell_of_extra(
    *, order: Order, extra_id: UUID, payment: Payment, at: datetime, **_kwargs: Any
) -> None:
    tell(
        order.seller,
        order,
        Kind.EXTRA_PAID,
        actor=order.buyer,
        cause=extra_id,
        price=values.amount(payment.price, payment.currency),
        due=values.moment(order.due_at),
        at=at,
    )
