"""Reading reviews: which of them, in which order, and how far down the list."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Self
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from orders.models import STARS, Review
from orders.models.reviews import ReviewQuerySet

PAGE = 8
# What a list is sorted by before the moment; a minus turns it around.
SORTS: dict[str, tuple[Promise, str]] = {
    "newest": (_("Newest"), ""),
    "highest": (_("Highest"), "-rating"),
    "lowest": (_("Lowest"), "rating"),
}
DEFAULT_SORT = "newest"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What somebody wants to read; nonsense in an address means that nothing was said."""

    address: str
    stars: int | None = None
    sort: str = DEFAULT_SORT
    after: str = ""
    fixed: tuple[tuple[str, str], ...] = ()

    @classmethod
    def read(cls, said: Mapping[str, str], address: str, **fixed: str) -> Self:
        sort, stars = said.get("sort", ""), said.get("stars", "")
        return cls(
            address=address,
            stars=int(stars) if stars in map(str, STARS) else None,
            sort=sort if sort in SORTS else DEFAULT_SORT,
            after=said.get("after", "")[:40],
            fixed=tuple(fixed.items()),
        )

    def url(self, **changes: Any) -> str:
        """The address of this wish, with changes; a new filter begins at the top."""
        wish = replace(self, **{"after": "", **changes})
        said = {
            **dict(self.fixed),
            "stars": str(wish.stars or ""),
            "sort": "" if wish.sort == DEFAULT_SORT else wish.sort,
            "after": wish.after,
        }
        query = urlencode({name: value for name, value in said.items() if value})
        return f"{self.address}?{query}" if query else self.address

    def without_filter(self) -> str:
        return self.url(stars=None)

    def page(self, reviews: ReviewQuerySet, *, size: int = PAGE) -> "Page":
        """Cut out the page after the key, however far down it is. Two queries at most."""
        by = SORTS[self.sort][1]
        order = [by, "-published_at", "-id"] if by else ["-published_at", "-id"]
        wanted = reviews.filter(rating=self.stars) if self.stars else reviews
        if last := _last_read(wanted, self.after):
            wanted = wanted.filter(_beyond(last, by))
        rows = list(wanted.with_people().order_by(*order)[: size + 1])
        more = ""
        if len(rows) > size:
            more = self.url(after=str(rows[size - 1].pk))
        return Page(rows=rows[:size], more=more)


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    rows: list[Review]
    more: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One line of the histogram, and what a click on it leads to."""

    stars: int
    count: int
    url: str
    is_chosen: bool


def bars(tally: dict[int, int], wish: Wish) -> list[Bar]:
    """A click on the chosen bar lets go of it again."""
    return [
        Bar(
            stars=stars,
            count=count,
            url=wish.url(stars=None if stars == wish.stars else stars),
            is_chosen=stars == wish.stars,
        )
        for stars, count in tally.items()
    ]


def _last_read(reviews: ReviewQuerySet, key: str) -> Review | None:
    try:
        return reviews.filter(pk=UUID(key)).first() if key else None
    except ValueError:
        return None


def _beyond(last: Review, by: str) -> Q:
    """What comes after a review in its list."""
    later = Q(published_at__lt=last.published_at) | Q(
        published_at=last.published_at, pk__lt=last.pk
    )
    if not by:
        return later
    further = "rating__lt" if by == "-rating" else "rating__gt"
    return Q(**{further: last.rating}) | Q(rating=last.rating) & later
