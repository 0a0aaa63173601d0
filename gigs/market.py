"""What a visitor of the marketplace asked for, read from the address however it was mangled."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from typing import Self
from urllib.parse import urlencode

from django.db.models import Exists, OuterRef, Q
from django.http import QueryDict
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gigs.models import PRICE_LIMIT, Gig, GigQuerySet
from gigs.queries import Shelf
from gigstream.core import money

LONGEST_QUERY = 120
DEFAULT_SORT = "newest"

SORTS: dict[str, tuple[str | Promise, tuple[str, ...]]] = {
    "newest": (gettext_lazy("Newest"), ("-published_at", "-id")),
    "price": (gettext_lazy("Price: low to high"), ("starting_price", "id")),
    "price-high": (gettext_lazy("Price: high to low"), ("-starting_price", "-id")),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Chip:
    """A filter that is on, and the address without it."""

    text: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """Filters and order. Prices are in minor units; empty and None mean "any"."""

    q: str = ""
    shelf: Shelf | None = None
    least: int | None = None
    most: int | None = None
    sort: str = DEFAULT_SORT

    @classmethod
    def read(
        cls, query: QueryDict, shelves: Iterable[Shelf], *, category: str = ""
    ) -> Self:
        """Read the address. What makes no sense there counts as not said."""
        slug = category or query.get("category", "")
        least, most = _amount(query.get("min", "")), _amount(query.get("max", ""))
        if least and most and least > most:
            least, most = most, least
        sort = query.get("sort", "")
        return cls(
            q=" ".join(query.get("q", "").split())[:LONGEST_QUERY].strip(),
            shelf=next((s for s in shelves if s.category.slug == slug), None),
            least=least,
            most=most,
            sort=sort if sort in SORTS else DEFAULT_SORT,
        )

    def apply(self, gigs: GigQuerySet) -> GigQuerySet:
        if self.shelf:
            gigs = gigs.filter(category__in=self.shelf.family)
        if self.least is not None:
            gigs = gigs.filter(starting_price__gte=self.least)
        if self.most is not None:
            gigs = gigs.filter(starting_price__lte=self.most)
        for word in self.q.split():
            gigs = gigs.filter(_mentions(word))
        return gigs.order_by(*SORTS[self.sort][1])

    def url(self, *, page: int = 1) -> str:
        """The one address that means this: a category alone has a page of its own."""
        said = {
            "q": self.q,
            "category": self.shelf.category.slug if self.shelf else "",
            "min": self.typed_least,
            "max": self.typed_most,
            "sort": "" if self.sort == DEFAULT_SORT else self.sort,
            "page": str(page) if page > 1 else "",
        }
        path = reverse("gigs:market")
        if self.shelf and self == Wish(shelf=self.shelf):
            path = self.shelf.category.get_absolute_url()
            said["category"] = ""
        query = urlencode({name: value for name, value in said.items() if value})
        return f"{path}?{query}" if query else path

    @property
    def typed_least(self) -> str:
        return _typed(self.least)

    @property
    def typed_most(self) -> str:
        return _typed(self.most)

    def chips(self) -> list[Chip]:
        """The filters that are on; the search has its own field."""
        chips = []
        if self.q:
            chips.append(Chip(text=f"“{self.q}”", url=replace(self, q="").url()))
        if self.shelf:
            name = self.shelf.category.name
            chips.append(Chip(text=name, url=replace(self, shelf=None).url()))
        if self.least is not None:
            text = _("From %(price)s") % {"price": _written(self.least)}
            chips.append(Chip(text=text, url=replace(self, least=None).url()))
        if self.most is not None:
            text = _("Up to %(price)s") % {"price": _written(self.most)}
            chips.append(Chip(text=text, url=replace(self, most=None).url()))
        return chips


def _mentions(word: str) -> Q:
    """In the title or in a tag. A plain search; an index answers in a later version."""
    tagged = Gig.tags.through.objects.filter(
        gig=OuterRef("pk"), tag__name__icontains=word
    )
    return Q(title__icontains=word) | Q(Exists(tagged))


def _amount(typed: str) -> int | None:
    """Read an amount that somebody typed; nonsense and zero mean that none was."""
    try:
        amount = Decimal(typed.replace("$", "").replace(",", "").strip()[:20])
    except InvalidOperation:
        return None
    if not amount.is_finite() or amount <= 0:
        return None
    return min(int(min(amount, Decimal(PRICE_LIMIT)) * 100), PRICE_LIMIT) or None


def _typed(amount: int | None) -> str:
    if amount is None:
        return ""
    return (
        str(amount // 100)
        if amount % 100 == 0
        else f"{amount // 100}.{amount % 100:02}"
    )


def _written(amount: int) -> str:
    return money.shown(amount, "usd", short=True)
