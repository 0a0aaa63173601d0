"""Ratings are projections of published reviews: which of them say something else?"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from django.db.models import Avg, Count, Model, Q

from accounts.models import User
from gigs.models import Gig
from orders.actions.reviews import hundredths
from orders.models import Review
from orders.status import Role


@dataclass(frozen=True, slots=True, kw_only=True)
class Drift:
    """A gig or a seller whose stored rating is not what the reviews make."""

    kind: str
    pk: UUID
    stored: tuple[Decimal | None, int]
    made: tuple[Decimal | None, int]

    def __str__(self) -> str:
        (rating, count), (mean, found) = self.stored, self.made
        return f"{self.kind} {self.pk} shows {rating} of {count}, its reviews make {mean} of {found}"


def drifted() -> Iterator[Drift]:
    """Every rating that is wrong; four queries, however many there are."""
    yield from _drifted("gig", Gig, "gig")
    yield from _drifted("seller", User, "subject")


def _drifted(kind: str, model: type[Model], key: str) -> Iterator[Drift]:
    reviews = Review.objects.published().filter(side=Role.BUYER).order_by()
    counted = reviews.values_list(key).annotate(Avg("rating"), Count("pk"))
    made = {pk: (hundredths(mean), count) for pk, mean, count in counted}
    told = (
        Q(review_count__gt=0) | Q(rating__isnull=False) | Q(pk__in=reviews.values(key))
    )
    rows = model._default_manager.filter(told)
    for pk, rating, count in rows.values_list("pk", "rating", "review_count"):
        right = made.get(pk, (None, 0))
        if (rating, count) != right:
            yield Drift(kind=kind, pk=pk, stored=(rating, count), made=right)
