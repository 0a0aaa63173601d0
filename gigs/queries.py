"""Answers that are not gigs: counts per category, popular tags. Each is one bounded query."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, F, Func, IntegerField, OuterRef, Subquery

from gigs.models import Category, Gig
from gigs.paging import COUNT_LIMIT, count_text


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """A category of the first level, with the number of gigs on offer in and below it."""

    category: Category
    family: frozenset[UUID]
    count: int

    @property
    def count_text(self) -> str:
        return count_text(self.count)


def shelves() -> list[Shelf]:
    """All shelves in their order. Counting stops just past the limit."""
    on_offer = Gig.objects.on_offer().filter(category=OuterRef(OuterRef("pk")))
    counted = (
        Gig.objects.filter(pk__in=on_offer.values("pk")[: COUNT_LIMIT + 1])
        .annotate(number=Func(F("pk"), function="Count", output_field=IntegerField()))
        .values("number")
    )
    categories = list(
        Category.objects.annotate(on_offer=Subquery(counted)).order_by(
            "position", "name"
        )
    )
    return [_shelf(each, categories) for each in categories if each.parent_id is None]


def _shelf(category: Category, categories: Sequence[Category]) -> Shelf:
    family = [each for each in categories if category.pk in {each.pk, each.parent_id}]
    return Shelf(
        category=category,
        family=frozenset(each.pk for each in family),
        count=sum(each.on_offer for each in family),  # type: ignore[attr-defined]
    )


def popular_tags(*, limit: int = 5) -> list[str]:
    """The words that most of the newest thousand gigs carry."""
    newest = Gig.objects.on_offer().order_by("-published_at", "-id").values("pk")
    uses = Gig.tags.through.objects.filter(gig__in=newest[:COUNT_LIMIT])
    counted = uses.values("tag__name").annotate(uses=Count("id"))
    ranked = counted.order_by("-uses", "tag__name")
    return list(ranked.values_list("tag__name", flat=True)[:limit])
