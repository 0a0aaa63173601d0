"""Numbers on a gig that follow from what happens elsewhere."""

from uuid import UUID

from django.db.models import F

from gigs.models import Gig


def count_completion(*, gig_id: UUID) -> None:
    """One more order was completed; the caller makes sure that it is counted once."""
    Gig.objects.filter(pk=gig_id).update(completed_orders=F("completed_orders") + 1)
