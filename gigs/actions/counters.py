"""Numbers on a gig that follow from what happens elsewhere."""

from decimal import Decimal
from uuid import UUID

from django.db.models import F

from gigs.models import Gig


def count_completion(*, gig_id: UUID) -> None:
    """One more order was completed; the caller makes sure that it is counted once."""
    Gig.objects.filter(pk=gig_id).update(completed_orders=F("completed_orders") + 1)


def uncount_completion(*, gig_id: UUID) -> None:
    """An order that was counted was called off after all."""
    Gig.objects.filter(pk=gig_id).update(completed_orders=F("completed_orders") - 1)


def set_rating(*, gig_id: UUID, rating: Decimal | None, review_count: int) -> None:
    """What buyers' reviews come to, as the caller has counted them just now."""
    Gig.objects.filter(pk=gig_id).update(rating=rating, review_count=review_count)
