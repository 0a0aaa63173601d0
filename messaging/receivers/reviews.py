"""Reviews: asked for, written, published, answered, removed, brought back."""

from datetime import datetime
from typing import Any

from django.dispatch import receiver
from django.urls import reverse

from accounts.models import User
from messaging.kinds import NotificationKind as Kind
from messaging.kinds import values
from messaging.receivers.telling import tell
from orders import signals
from orders.models import Order, Review
from orders.status import Role


def remind_to_review(order: Order, role: Role, at: datetime) -> None:
    person = order.buyer if role == Role.BUYER else order.seller
    tell(
        person,
        order,
        Kind.REVIEW_REMINDER,
        actor=order.other_side(person),
        path=_path(order),
        until=values.day(order.review_closes_at),
        at=at,
    )


@receiver(signals.review_written)
def tell_of_hidden_review(
    *, order: Order, actor: User, at: datetime, **_kwargs: Any
) -> None:
    """Tell the one who has not written yet; with the second review both are published."""
    if order.reviews.count() > 1:
        return
    tell(
        order.other_side(actor),
        order,
        Kind.REVIEW_WRITTEN,
        actor=actor,
        path=_path(order),
        until=values.day(order.review_closes_at),
        at=at,
    )


@receiver(signals.review_published)
def tell_of_review(
    *, order: Order, review: Review, at: datetime, **_kwargs: Any
) -> None:
    tell(
        review.subject,
        order,
        Kind.REVIEW_PUBLISHED,
        actor=review.author,
        path=_path(order),
        stars=review.rating,
        at=at,
    )


@receiver(signals.review_replied)
def tell_of_reply(*, order: Order, actor: User, at: datetime, **_kwargs: Any) -> None:
    tell(
        order.other_side(actor),
        order,
        Kind.REVIEW_REPLIED,
        actor=actor,
        path=_path(order),
        at=at,
    )


@receiver(signals.review_removed)
def tell_of_removed_review(
    *, order: Order, review: Review, at: datetime, **_kwargs: Any
) -> None:
    tell(
        review.author,
        order,
        Kind.REVIEW_REMOVED,
        cause=at,
        path=_path(order),
        reason=review.removal_reason,
        at=at,
    )


@receiver(signals.review_restored)
def tell_of_restored_review(
    *, order: Order, review: Review, at: datetime, **_kwargs: Any
) -> None:
    tell(
        review.author,
        order,
        Kind.REVIEW_REMOVED,
        case="restored",
        cause=f"restored:{at}",
        path=_path(order),
        at=at,
    )


def _path(order: Order) -> str:
    return reverse("orders:review", args=[order.pk])
