"""The orders of somebody who takes their data along: both sides, seen from theirs."""

from typing import Any

from accounts.exports import KeptFile, Part, exports
from accounts.models import User
from orders.models import CustomOffer, Order, OrderFile, Review
from orders.status import Role


@exports("orders")
def orders(user: User) -> Part:
    parts = "answers", "deliveries", "events", "disputes__statements"
    mine = Order.objects.visible_to(user).with_people().prefetch_related(*parts)
    uploads = OrderFile.objects.filter(uploaded_by=user).order_by("at")
    return Part(
        data=[_order(order, user) for order in mine.order_by("placed_at")],
        files=[
            KeptFile(
                name=f"{file.order_id}/{file.pk}-{file.name}",
                public_id=file.public_id,
                size=file.size,
                path=file.get_absolute_url(),
            )
            for file in uploads
        ],
    )


@exports("offers")
def offers(user: User) -> Part:
    """What they offered somebody, and what was offered to them, beside the packages."""
    mine = CustomOffer.objects.visible_to(user).order_by("made_at")
    said = "title", "scope", "price", "currency", "delivery_days", "revisions"
    return Part(
        data=list(
            mine.values(
                *said, "status", "order_id", "made_at", "expires_at", "ended_at"
            )
        )
    )


@exports("reviews")
def reviews(user: User) -> Part:
    """What this person wrote, hidden or not, and what they may read of themselves."""
    mine = Review.objects.filter(author=user).order_by("written_at")
    of_me = Review.objects.published().filter(subject=user).order_by("published_at")
    said = "order_id", "rating", "communication", "quality", "as_described", "text"
    moments = "written_at", "published_at", "reply", "replied_at"
    return Part(
        data={
            "written": list(mine.values(*said, *moments, "removal_reason")),
            "received": list(of_me.values(*said, *moments)),
        }
    )


def _order(order: Order, user: User) -> dict[str, Any]:
    """The deal, and what this person said in it; what the other side said is theirs."""
    role = order.role_of(user)
    said: dict[str, Any] = {}
    if role == Role.BUYER:
        said["answers"] = [
            {"question": answer.question, "text": answer.text}
            for answer in order.answers.all()
        ]
    else:
        said["deliveries"] = [
            {"number": delivery.number, "message": delivery.message, "at": delivery.at}
            for delivery in order.deliveries.all()
        ]
    return {
        "id": order.pk,
        "reference": order.reference,
        "role": role,
        "with": order.other_side(user).full_name,
        "title": order.title,
        "package": order.tier,
        "status": order.status,
        "price": order.price,
        "fee": order.fee,
        "total": order.total,
        "commission": order.commission,
        "currency": order.currency,
        "placed_at": order.placed_at,
        "paid_at": order.paid_at,
        "due_at": order.due_at,
        "delivered_at": order.delivered_at,
        "completed_at": order.completed_at,
        "moves": [
            {"to": event.to_status, "reason": event.reason, "at": event.at}
            for event in order.events.all()
            if event.actor_id == user.pk
        ],
        "disputes": [
            {
                "text": statement.text,
                "offer": statement.offer,
                "days": statement.days,
                "refund": statement.refund,
                "at": statement.at,
            }
            for dispute in order.disputes.all()
            for statement in dispute.statements.all()
            if statement.author_id == user.pk
        ],
        **said,
    }
