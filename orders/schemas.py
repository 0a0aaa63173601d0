"""Orders as JSON: what is told of them, and what their two sides send. Amounts are minor units."""

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import Field, StringConstraints

from accounts.models import User
from accounts.schemas import PersonBrief
from gigs.models import EXTRA_PRICE_LIMIT, LOWEST_EXTRA, LOWEST_PRICE, PRICE_LIMIT
from gigs.schemas import TierName
from gigstream.core.api import Paging, Schema, one_of
from orders.actions.amend import MOST_DAYS
from orders.actions.extras import MOST_DAYS as MOST_EXTRA_DAYS
from orders.actions.extras import MOST_REVISIONS
from orders.actions.tips import LEAST_TIP, MOST_TIP
from orders.models import (
    CustomOffer,
    Delivery,
    Dispute,
    Order,
    OrderFile,
    Proposal,
    Review,
    Statement,
)
from orders.models.disputes import LONGEST_TEXT
from orders.status import OrderStatus, Role
from payments.models import Payment
from payments.status import PaymentStatus

MOST = 2**53
SideName = Literal["buyer", "seller"]


def text(most: int) -> StringConstraints:
    return StringConstraints(strip_whitespace=True, min_length=1, max_length=most)


FileToken = Annotated[str, Field(max_length=1500)]
Files = Annotated[
    list[FileToken],
    Field(max_length=10, description="`file` of each, as /api/upload told it."),
]


# --- What is told ----------------------------------------------------------------


class FileOut(Schema):
    id: UUID
    name: str
    media_type: str
    size: int
    path: str = Field(description="Where it is to be had, with a token that may read.")

    @classmethod
    def of(cls, file: OrderFile) -> Self:
        return cls(
            id=file.pk,
            name=file.name,
            media_type=file.media_type,
            size=file.size,
            path=f"/api/files/{file.pk}",
        )


class OrderRow(Schema):
    """An order as lists show it, from the side of whoever asks."""

    id: UUID
    reference: str
    title: str
    status: OrderStatus
    side: SideName
    other: PersonBrief
    gig: str = Field(description="The address of the gig.")
    package_type: str = Field(description="The tier, or `custom` for an offer.")
    price: int
    fee: int | None = Field(description="For the buyer: the service fee.")
    total: int | None = Field(description="For the buyer: what is paid in all.")
    earned: int | None = Field(description="For the seller: what is left of the price.")
    currency: str
    placed_at: datetime
    deadline: datetime | None = Field(description="Until when somebody has to act.")

    @classmethod
    def of(cls, order: Order, user: User) -> Self:
        """The caller has selected its people, its gig and its dispute."""
        is_buyer = order.buyer_id == user.pk
        return cls(
            id=order.pk,
            reference=order.reference,
            title=order.title,
            status=order.status,
            side="buyer" if is_buyer else "seller",
            other=PersonBrief.of(order.other_side(user)),
            gig=order.gig.slug,
            package_type=order.tier,
            price=order.whole_price,
            fee=order.whole_fee if is_buyer else None,
            total=order.whole_total if is_buyer else None,
            earned=None if is_buyer else order.seller_share,
            currency=order.currency,
            placed_at=order.placed_at,
            deadline=order.deadline,
        )


class DeliveryOut(Schema):
    number: int
    message: str
    at: datetime
    files: list[FileOut]

    @classmethod
    def of(cls, delivery: Delivery) -> Self:
        files = [FileOut.of(file) for file in delivery.files.all()]
        return cls(
            number=delivery.number,
            message=delivery.message,
            at=delivery.at,
            files=files,
        )


class AnswerOut(Schema):
    """What the buyer answered to one of the seller's questions."""

    question: str
    text: str
    file: FileOut | None


class EventOut(Schema):
    """One move in the life of an order."""

    status: OrderStatus
    role: Role
    reason: str
    at: datetime


class OrderOut(OrderRow):
    """All of an order."""

    delivery_days: int
    revisions_agreed: int
    revisions_used: int
    paid_at: datetime | None
    due_at: datetime | None
    delivered_at: datetime | None
    review_ends_at: datetime | None
    completed_at: datetime | None
    on_hold: bool = Field(description="A bank holds it; nothing can change meanwhile.")
    dispute: UUID | None = Field(description="The dispute that goes on.")
    deliveries: list[DeliveryOut]
    answers: list[AnswerOut]
    history: list[EventOut]


class ProposalOut(Schema):
    """Something that one side would change, and what became of it."""

    id: UUID
    kind: Annotated[Proposal.Kind, one_of(Proposal.Kind)]
    status: Annotated[Proposal.Status, one_of(Proposal.Status)]
    side: SideName = Field(description="Who proposed it.")
    reason: str
    due_at: datetime | None = Field(description="With `time`: when it is due then.")
    refund: int | None = Field(description="With `cancel`: what goes back.")
    title: str = Field(description="With `extra`, as the following.")
    price: int | None
    days: int | None
    revisions: int | None
    currency: str
    made_at: datetime
    lapses_at: datetime = Field(description="Until when it is to be answered, or paid.")
    answered_at: datetime | None

    @classmethod
    def of(cls, proposal: Proposal, order: Order) -> Self:
        return cls(
            id=proposal.pk,
            kind=proposal.kind,
            status=proposal.status,
            side=proposal.side,
            reason=proposal.reason,
            due_at=proposal.due_at,
            refund=proposal.refund,
            title=proposal.title,
            price=proposal.price,
            days=proposal.days,
            revisions=proposal.revisions,
            currency=order.currency,
            made_at=proposal.made_at,
            lapses_at=proposal.lapses_at,
            answered_at=proposal.answered_at,
        )


class CustomOfferOut(Schema):
    """Work that a seller offers one buyer, word by word as it would be agreed."""

    id: UUID
    status: Annotated[CustomOffer.Status, one_of(CustomOffer.Status)]
    side: SideName = Field(description="Which side you are on.")
    other: PersonBrief
    gig: str = Field(description="The address of the gig that it is like.")
    title: str
    scope: str
    price: int = Field(description="The service fee comes on top.")
    currency: str
    delivery_days: int
    revisions: int
    order_id: UUID | None = Field(description="What it became when it was taken up.")
    made_at: datetime
    expires_at: datetime

    @classmethod
    def of(cls, offer: CustomOffer, user: User) -> Self:
        """The caller has selected its people and its gig."""
        is_buyer = offer.buyer_id == user.pk
        return cls(
            id=offer.pk,
            status=offer.status,
            side="buyer" if is_buyer else "seller",
            other=PersonBrief.of(offer.seller if is_buyer else offer.buyer),
            gig=offer.gig.slug,
            title=offer.title,
            scope=offer.scope,
            price=offer.price,
            currency=offer.currency,
            delivery_days=offer.delivery_days,
            revisions=offer.revisions,
            order_id=offer.order_id,
            made_at=offer.made_at,
            expires_at=offer.expires_at,
        )


class PaymentOut(Schema):
    """A sum that waits for its buyer; with the secret, Stripe's own code takes the card."""

    id: UUID
    status: PaymentStatus
    amount: int
    currency: str
    client_secret: str | None = Field(
        description="Null while Stripe does not answer: ask /pay once more."
    )
    publishable_key: str

    @classmethod
    def of(cls, payment: Payment, *, publishable_key: str) -> Self:
        return cls(
            id=payment.pk,
            status=payment.status,
            amount=payment.amount,
            currency=payment.currency,
            client_secret=payment.client_secret or None,
            publishable_key=publishable_key,
        )


class CheckoutOut(Schema):
    order: OrderOut
    payment: PaymentOut


class ReviewOut(Schema):
    """What one side of an order says of the other. Hidden until both have, or time is up."""

    id: UUID
    side: SideName
    rating: int
    communication: int | None
    quality: int | None
    as_described: int | None
    text: str
    author: str
    gig: str
    published_at: datetime | None
    reply: str | None

    @classmethod
    def of(cls, review: Review) -> Self:
        return cls(
            id=review.pk,
            side=review.side,
            rating=review.rating,
            communication=review.communication,
            quality=review.quality,
            as_described=review.as_described,
            text=review.text,
            author=review.author_name,
            gig=review.gig.slug,
            published_at=review.published_at,
            reply=review.reply or None,
        )


class StatementOut(Schema):
    id: UUID
    side: SideName
    text: str
    offer: Literal["", "revision", "time", "split"]
    days: int | None
    refund: int | None = Field(description="Of the price, with a split.")
    at: datetime
    files: list[FileOut]


class DisputeOut(Schema):
    id: UUID
    order_id: UUID
    status: Annotated[Dispute.Status, one_of(Dispute.Status)]
    reason: Annotated[Dispute.Reason, one_of(Dispute.Reason)]
    opened_by: SideName
    turn: Literal["", "buyer", "seller"]
    answer_by: datetime | None
    opened_at: datetime
    closed_at: datetime | None
    refund: int | None = Field(description="What went back of the price in the end.")
    ruling: str
    statements: list[StatementOut]

    @classmethod
    def of(cls, dispute: Dispute, statements: Iterable[Statement]) -> Self:
        return cls(
            id=dispute.pk,
            order_id=dispute.order_id,
            status=dispute.status,
            reason=dispute.reason,
            opened_by=dispute.side,
            turn=dispute.turn,
            answer_by=dispute.answer_by,
            opened_at=dispute.opened_at,
            closed_at=dispute.closed_at,
            refund=dispute.refund,
            ruling=dispute.ruling,
            statements=[
                StatementOut(
                    id=each.pk,
                    side=each.side,
                    text=each.text,
                    offer=each.offer,
                    days=each.days,
                    refund=each.refund,
                    at=each.at,
                    files=[FileOut.of(file) for file in each.files.all()],
                )
                for each in statements
            ],
        )


# --- What is sent ----------------------------------------------------------------


class OrderSearch(Paging):
    side: Literal["buying", "selling"] = "buying"
    status: Literal[
        "", "unpaid", "active", "delivered", "disputed", "completed", "cancelled"
    ] = Field("", description="Without it, all.")
    q: str = Field("", max_length=100, description="Title, person or reference.")
    sort: Literal["", "deadline"] = Field("", description="Without it, newest first.")


class AnswerIn(Schema):
    question_id: UUID
    text: str = Field("", max_length=5000)
    file: FileToken | None = None


class CheckoutIn(Schema):
    """A package to be ordered, with extras and the answers that its seller needs."""

    gig_id: UUID
    package_type: TierName
    extras: list[UUID] = Field(default_factory=list, max_length=10)
    requirements: list[AnswerIn] = Field(default_factory=list, max_length=10)
    quoted_total: int | None = Field(
        None,
        ge=1,
        le=MOST,
        description="What the buyer was told; another price is then a 409.",
    )


class DeliverIn(Schema):
    message: Annotated[str, text(5000)]
    files: Files = Field(min_length=1)


class WishesIn(Schema):
    message: Annotated[str, text(5000)] = Field(description="What should change.")


class ReasonIn(Schema):
    reason: Annotated[str, text(2000)] = Field(description="The other side reads it.")


class AskForTimeIn(ReasonIn):
    days: int = Field(ge=1, le=MOST_DAYS, description="How many more.")


class AskToCancelIn(ReasonIn):
    refund: int = Field(ge=1, le=MOST, description="Of the price, to the buyer.")


class OfferExtraIn(ReasonIn):
    title: Annotated[str, text(80)]
    price: int = Field(ge=LOWEST_EXTRA, le=EXTRA_PRICE_LIMIT)
    days: int = Field(0, ge=0, le=MOST_EXTRA_DAYS, description="Added to the time.")
    revisions: int = Field(0, ge=0, le=MOST_REVISIONS)


class BuyExtraIn(Schema):
    extra: UUID = Field(description="The `id` of one that /extras lists.")


class TipIn(Schema):
    amount: int = Field(ge=LEAST_TIP, le=MOST_TIP)


class OfferSearch(Paging):
    side: Literal["", "buyer", "seller"] = Field("", description="Without it, both.")
    status: Annotated[CustomOffer.Status, one_of(CustomOffer.Status)] | None = None


class TakeUpIn(Schema):
    quoted_total: int | None = Field(
        None,
        ge=1,
        le=MOST,
        description="What the buyer was told; another price is then a 409.",
    )


class CustomOfferIn(Schema):
    """What a seller offers the other one of a conversation."""

    gig_id: UUID = Field(description="A gig of yours that is on offer.")
    title: Annotated[str, text(80)]
    scope: Annotated[str, text(5000)] = Field(description="It becomes the deal.")
    price: int = Field(ge=LOWEST_PRICE, le=PRICE_LIMIT)
    delivery_days: int = Field(ge=1, le=365)
    revisions: int = Field(1, ge=0, le=50)
    open_days: Literal[1, 3, 7, 14, 30] = 7


class StatusIn(Schema):
    """Where the order is to go; the operations of their own say the same more clearly."""

    status: Literal["delivered", "revision", "completed", "cancelled"]
    message: Annotated[str, text(5000)] | None = Field(
        None, description="The message, the wishes, or the reason."
    )
    files: Files = Field(default_factory=list)


Stars = Annotated[int, Field(ge=1, le=5)]


class ReviewEdit(Schema):
    rating: Stars
    comment: Annotated[str, text(5000)]
    communication: Stars | None = Field(
        None, description="Of buyers; as the rating if left out."
    )
    quality: Stars | None = None
    as_described: Stars | None = None


class ReviewIn(ReviewEdit):
    order_id: UUID


class ReplyIn(Schema):
    """Everybody reads it below the review."""

    text: Annotated[str, text(2000)]


class ReviewSearch(Paging):
    gig: str | None = Field(None, max_length=100, description="Of a gig: its address.")
    seller: str | None = Field(None, max_length=100, description="Of a seller.")
    stars: Literal["1", "2", "3", "4", "5"] | None = None
    sort: Literal["newest", "highest", "lowest"] = "newest"


class Removal(Schema):
    reason: Annotated[str, text(2000)] = Field(description="Its author is told.")


class OfferIn(Schema):
    want: Literal["revision", "time", "part", "refund", "release"] | None = Field(
        None, description="What would be right; in an answer, words alone are enough."
    )
    amount: int | None = Field(None, ge=1, le=MOST, description="With `part`.")
    days: int | None = Field(None, ge=1, le=60, description="With revision or time.")
    files: Files = Field(default_factory=list)


class DisputeIn(OfferIn):
    order_id: UUID
    reason: Annotated[Dispute.Reason, one_of(Dispute.Reason)]
    description: Annotated[str, text(LONGEST_TEXT)]


class DisputeAnswerIn(OfferIn):
    text: Annotated[str, text(LONGEST_TEXT)]


class SettleIn(Schema):
    statement_id: UUID = Field(description="The offer that was read and is agreed to.")
