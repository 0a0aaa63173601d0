"""What the two sides of a completed order say of each other, and how that is counted."""

from dataclasses import asdict, dataclass
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from uuid import UUID

from django.db import transaction
from django.db.models import Avg, Count
from django.utils.translation import gettext as _

import accounts.actions
from accounts.models import Standing, User
from gigs.actions.counters import set_rating
from gigstream.core.errors import NotAllowed, Stale
from gigstream.core.models import AuditEntry
from orders.actions.moves import lock
from orders.models import Order, Review
from orders.models.reviews import ReviewQuerySet
from orders.signals import (
    review_published,
    review_removed,
    review_replied,
    review_restored,
    review_written,
)
from orders.status import PARTIES, OrderStatus, Role


@dataclass(frozen=True, slots=True, kw_only=True)
class Opinion:
    """What somebody says in a review; the criteria are the buyer's alone."""

    rating: int
    text: str
    communication: int | None = None
    quality: int | None = None
    as_described: int | None = None


@transaction.atomic
def review(*, order_id: UUID, actor: User, opinion: Opinion, now: datetime) -> Review:
    """Say how it was. Nobody reads it until the other side has written, or time is up."""
    order = lock(order_id)
    side = _check(order, actor, now)
    if order.reviews.filter(side=side).exists():
        raise Stale(_("You have reviewed this order already."))

    assert order.review_closes_at is not None  # noqa: S101 - it is completed
    written = order.reviews.create(
        gig_id=order.gig_id,
        side=side,
        author=actor,
        subject=order.other_side(actor),
        written_at=now,
        window_ends_at=order.review_closes_at,
        **asdict(opinion),
    )
    review_written.send(sender=Review, order=order, actor=actor, at=now)
    if order.reviews.count() == len(PARTIES):
        _publish(order, now=now)
    return written


@transaction.atomic
def edit_review(
    *, order_id: UUID, actor: User, opinion: Opinion, now: datetime
) -> None:
    """Change one's review, once, as long as nobody has read it."""
    order = lock(order_id)
    side = _check(order, actor, now)
    written = order.reviews.filter(side=side).first()
    if written is None:
        raise NotAllowed(_("You have not reviewed this order yet."))
    if written.published_at:
        raise Stale(_("Both reviews are published; they cannot be changed any more."))
    if written.edited_at:
        raise NotAllowed(_("You have changed your review once already."))

    said = asdict(opinion)
    for name, value in said.items():
        setattr(written, name, value)
    written.edited_at = now
    written.save(update_fields=[*said, "edited_at"])


@transaction.atomic
def publish_reviews(*, order_id: UUID, now: datetime) -> None:
    """Show what was written within the time to write. Early or twice, nothing happens."""
    order = lock(order_id)
    if order.reviews.past_window(at=now).exists():
        _publish(order, now=now)


@transaction.atomic
def reply(*, order_id: UUID, actor: User, text: str, now: datetime) -> None:
    """Answer in public to what the other side wrote; once."""
    order = lock(order_id)
    role = _side(order, actor)
    received = order.reviews.published().exclude(side=role).first()
    if received is None:
        raise NotAllowed(_("There is no review to reply to."))
    if received.replied_at:
        raise Stale(_("You have replied to this review already."))

    received.reply, received.replied_at = text, now
    received.save(update_fields=["reply", "replied_at"])
    review_replied.send(
        sender=Review, order=order, review=received, actor=actor, at=now
    )


@transaction.atomic
def remove_review(*, review_id: UUID, actor: User, reason: str, now: datetime) -> None:
    """Take a review off the site, for a reason that its author is told; it stays in the books."""
    order = lock(Review.objects.values_list("order_id", flat=True).get(pk=review_id))
    if order.role_of(actor) or not actor.has_perm("orders.change_review"):
        raise NotAllowed(_("This is not yours to do."))
    if not reason.strip():
        raise NotAllowed(_("Say why the review is removed."))
    removed = order.reviews.select_related("author", "subject").get(pk=review_id)
    if removed.removed_at:
        raise Stale(_("This review is removed already."))

    removed.removed_at, removed.removed_by = now, actor
    removed.removal_reason = reason.strip()
    removed.save(update_fields=["removed_at", "removed_by", "removal_reason"])
    AuditEntry.objects.create(
        at=now,
        actor=actor,
        verb="orders.remove_review",
        target=f"orders.review:{removed.pk}",
        before={"rating": removed.rating, "text": removed.text},
        reason=removed.removal_reason,
    )
    count_ratings(seller_id=order.seller_id, gig_id=order.gig_id)
    review_removed.send(sender=Review, order=order, review=removed, actor=actor, at=now)


@transaction.atomic
def restore_review(*, review_id: UUID, actor: User, reason: str, now: datetime) -> None:
    """Put a review back that should not have been removed; its author is told."""
    order = lock(Review.objects.values_list("order_id", flat=True).get(pk=review_id))
    if order.role_of(actor) or not actor.has_perm("orders.change_review"):
        raise NotAllowed(_("This is not yours to do."))
    if not reason.strip():
        raise NotAllowed(_("Say why the review comes back."))
    restored = order.reviews.select_related("author", "subject").get(pk=review_id)
    if restored.removed_at is None:
        raise Stale(_("This review is not removed."))

    before = {"removal_reason": restored.removal_reason}
    restored.removed_at = restored.removed_by = None
    restored.removal_reason = ""
    restored.save(update_fields=["removed_at", "removed_by", "removal_reason"])
    AuditEntry.objects.create(
        at=now,
        actor=actor,
        verb="orders.restore_review",
        target=f"orders.review:{restored.pk}",
        before=before,
        reason=reason.strip(),
    )
    count_ratings(seller_id=order.seller_id, gig_id=order.gig_id)
    review_restored.send(
        sender=Review, order=order, review=restored, actor=actor, at=now
    )


@transaction.atomic
def forget_texts(*, author: User) -> None:
    """Empty the words of somebody who leaves and takes them along; the stars stay."""
    Review.objects.filter(author=author).update(text="")
    Review.objects.filter(subject=author).update(reply="", replied_at=None)


@transaction.atomic
def count_ratings(*, seller_id: UUID, gig_id: UUID | None = None) -> None:
    """Compute the ratings of a seller and a gig of theirs anew, one at a time per seller."""
    User.objects.select_for_update(no_key=True).get(pk=seller_id)
    public = Review.objects.published()
    if gig_id:
        rating, count = _average(public.of_gig(gig_id))
        set_rating(gig_id=gig_id, rating=rating, review_count=count)
    rating, count = _average(public.received(seller_id, side=Role.BUYER))
    accounts.actions.set_rating(user_id=seller_id, rating=rating, review_count=count)


def _average(reviews: ReviewQuerySet) -> tuple[Decimal | None, int]:
    found = reviews.order_by().aggregate(mean=Avg("rating"), count=Count("pk"))
    return hundredths(found["mean"]), found["count"]


def hundredths(mean: float | Decimal | None) -> Decimal | None:
    """A mean as ratings are stored; databases say it as a float or exactly."""
    if mean is None:
        return None
    return Decimal(str(mean)).quantize(Decimal("0.01"), ROUND_HALF_UP)


def _publish(order: Order, *, now: datetime) -> None:
    """Show all that was written; the caller has locked the order."""
    hidden = list(
        order.reviews.filter(published_at__isnull=True).select_related(
            "author", "subject"
        )
    )
    for each in hidden:
        each.published_at = now
        each.save(update_fields=["published_at"])
    count_ratings(seller_id=order.seller_id, gig_id=order.gig_id)
    for each in hidden:
        if each.removed_at is None:
            review_published.send(
                sender=Review, order=order, review=each, actor=None, at=now
            )


def _check(order: Order, actor: User, now: datetime) -> Role:
    """Refuse unless `actor` may say something of this order now; return their side."""
    side = _side(order, actor)
    if order.status != OrderStatus.COMPLETED:
        raise NotAllowed(_("An order can be reviewed once it is completed."))
    if order.review_closes_at is None or order.review_closes_at <= now:
        raise NotAllowed(_("The time to review this order is over."))
    return side


def _side(order: Order, actor: User) -> Role:
    side = order.role_of(actor)
    if side is None:
        raise NotAllowed(_("This is not yours to do."))
    if actor.standing != Standing.ACTIVE:
        raise NotAllowed(_("This account cannot act on orders."))
    return side
