"""Answers that are not gigs: the tree of categories, popular tags. Each is one bounded query."""

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import (
    Count,
    F,
    Func,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
)

from gigs.models import Category, Gig, Listing
from gigs.paging import COUNT_LIMIT
from gigs.status import GigStatus

# Words of every other title.
SAYS_NOTHING = {"will", "you", "your", "the", "and", "for", "with", "that", "our"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """A category, with those below it; the count, where it was asked for, includes theirs."""

    category: Category
    children: tuple["Shelf", ...] = ()
    count: int = 0

    @property
    def family(self) -> frozenset[UUID]:
        below = (child.category.pk for child in self.children)
        return frozenset([self.category.pk, *below])

    @property
    def slugs(self) -> frozenset[str]:
        return frozenset(
            [self.category.slug, *(child.category.slug for child in self.children)]
        )


def tree(*, keep: Collection[str] = ()) -> list[Shelf]:
    """The categories in their order, without counts; of the hidden ones only `keep`."""
    if keep:
        kept = Q(is_hidden=False) | Q(slug__in=keep) | Q(children__slug__in=keep)
        return _stand_up(Category.objects.filter(kept).distinct())
    return _stand_up(Category.objects.shown())


def shelves() -> list[Shelf]:
    """All shelves in their order. Counting stops just past the limit."""
    return _stand_up(counted(Category.objects.shown()))


def counted(categories: QuerySet[Category]) -> QuerySet[Category]:
    """With the number of gigs on offer as `listed`, no further than the limit."""
    listed = Listing.objects.filter(category=OuterRef(OuterRef("pk")))
    count = (
        Listing.objects.filter(number__in=listed.values("number")[: COUNT_LIMIT + 1])
        .annotate(n=Func(F("number"), function="Count", output_field=IntegerField()))
        .values("n")
    )
    return categories.annotate(listed=Subquery(count))


def _stand_up(categories: QuerySet[Category]) -> list[Shelf]:
    below: dict[UUID | None, list[Category]] = defaultdict(list)
    for each in categories.order_by("position", "name"):
        below[each.parent_id].append(each)
    for top in below[None]:
        for each in below[top.pk]:
            each.parent = top
    return [
        _shelf(top, [_shelf(each) for each in below[top.pk]]) for top in below[None]
    ]


def _shelf(category: Category, children: Sequence[Shelf] = ()) -> Shelf:
    own: int = getattr(category, "listed", 0)
    count = own + sum(child.count for child in children)
    return Shelf(category=category, children=tuple(children), count=count)


def popular_tags(*, limit: int = 5) -> list[str]:
    """The words that most of the newest thousand gigs carry."""
    newest = Listing.objects.order_by("-published_at", "-number").values("gig")
    uses = Gig.tags.through.objects.filter(gig__in=newest[:COUNT_LIMIT])
    counted = uses.values("tag__name").annotate(uses=Count("id"))
    ranked = counted.order_by("-uses", "tag__name")
    return list(ranked.values_list("tag__name", flat=True)[:limit])


def fitting_categories(title: str, *, limit: int = 3) -> list[Category]:
    """The categories that a title speaks of: by their names first, then by what others
    with the same tags chose. Two bounded queries.
    """
    words = {word for word in re.findall(r"\w+", title.lower()) if len(word) > 2}
    words -= SAYS_NOTHING
    if not words:
        return []
    pairs = re.findall(r"(?=\b(\w+\s+\w+)\b)", title.lower())
    chosen = (
        Gig.tags.through.objects.filter(tag__name__in=[*words, *pairs])
        .filter(gig__status=GigStatus.ACTIVE)
        .values_list("gig__category", flat=True)[:COUNT_LIMIT]
    )
    votes = Counter(chosen)
    categories = {
        each.pk: each
        for each in Category.objects.shown().select_related("parent").order_by()
    }
    for category in categories.values():
        named = {_stem(word) for word in re.findall(r"\w+", category.name.lower())}
        matches = len(named & {_stem(word) for word in words})
        if matches:
            votes[category.pk] += matches * COUNT_LIMIT
    known = [pk for pk, _count in votes.most_common() if pk in categories]
    return [categories[pk] for pk in known[:limit]]


def _stem(word: str) -> str:
    """Near enough: logos and logo, designing and design."""
    for ending in ("ing", "es", "s"):
        if word.endswith(ending) and len(word) - len(ending) > 2:
            return word.removesuffix(ending)
    return word
