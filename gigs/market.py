"""What a visitor of the marketplace asked for, read from the address however it was mangled."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, fields, replace
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Self
from urllib.parse import urlencode

from django.http import QueryDict
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.languages import name_of
from accounts.models import SEEN_EVERY
from gigs import search
from gigs.models import LOWEST_PRICE, PRICE_LIMIT, Listing
from gigs.queries import Shelf
from gigs.search import Listings
from gigs.search.words import LONGEST, Words
from gigstream.core import clock, money, site

BEST_MATCH = "best"
MOST_CHOSEN = 12  # of one group; more is nobody's wish
DELIVERIES = (1, 3, 7, 14)
RATINGS = ("4.8", "4.5", "4")
HINTS = (LOWEST_PRICE, 500_00)  # of a budget, while none was typed
SIGNS = " " + "".join(money.SYMBOLS.values())

SORTS: dict[str, tuple[str | Promise, tuple[str, ...]]] = {
    BEST_MATCH: (gettext_lazy("Best match"), ("-quality", "-number")),
    "selling": (gettext_lazy("Best selling"), ("-completed_orders", "-number")),
    "rating": (
        gettext_lazy("Best rated"),
        ("-rating", "-review_count", "-number"),
    ),
    "price": (gettext_lazy("Price: low to high"), ("price", "number")),
    "price-high": (gettext_lazy("Price: high to low"), ("-price", "-number")),
    "fastest": (
        gettext_lazy("Fastest delivery"),
        ("delivery_days", "-quality", "-number"),
    ),
    "newest": (gettext_lazy("Newest"), ("-published_at", "-number")),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Chip:
    """A filter that is on, and the wish without it."""

    text: str
    rest: "Wish"

    @property
    def url(self) -> str:
        return self.rest.url()


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """Filters and order. Prices are in minor units; empty and None mean "any".

    Different filters must all hold; of several values of one, any.
    """

    q: str = ""
    shelves: tuple[Shelf, ...] = ()
    least: int | None = None
    most: int | None = None
    delivery: int | None = None
    rating: str = ""
    languages: tuple[str, ...] = ()
    online: bool = False
    verified: bool = False
    sort: str = BEST_MATCH

    @classmethod
    def read(
        cls,
        query: QueryDict,
        tree: Callable[[], Iterable[Shelf]],
        *,
        category: str = "",
    ) -> Self:
        """Read the address. What makes no sense there counts as not said."""
        least, most = _amount(query.get("min", "")), _amount(query.get("max", ""))
        if least and most and least > most:
            least, most = most, least
        sort, rating = query.get("sort", ""), query.get("rating", "")
        slugs = {category, *query.getlist("category")[:MOST_CHOSEN]} - {""}
        kinds = set(query.getlist("kind")[:MOST_CHOSEN])
        return cls(
            q=" ".join(query.get("q", "")[: LONGEST * 2].split())[:LONGEST].strip(),
            # Whoever asks for no category need not fetch them.
            shelves=tuple(_chosen(tree(), slugs, kinds)) if slugs else (),
            least=least,
            most=most,
            delivery=_longest(query.getlist("delivery")[:MOST_CHOSEN]),
            rating=rating if rating in RATINGS else "",
            languages=_known_languages(query.getlist("language")[:MOST_CHOSEN]),
            online=query.get("online") == "1",
            verified=query.get("verified") == "1",
            sort=sort if sort in SORTS else BEST_MATCH,
        )

    @property
    def words(self) -> Words:
        return Words.read(self.q)

    @property
    def shelf(self) -> Shelf | None:
        """The one category that was chosen, if it is one."""
        return self.shelves[0] if len(self.shelves) == 1 else None

    @property
    def is_filtered(self) -> bool:
        """Whether anything but one category is asked for: such pages are not indexed."""
        return self != type(self)(shelves=self.shelves[:1])

    def filtered(self) -> Listings:
        """What the filters leave, whatever the words, in no order yet."""
        found = Listing.objects.all()
        if self.shelves:
            family = frozenset().union(*(shelf.family for shelf in self.shelves))
            found = found.filter(category__in=family)
        if self.least is not None:
            found = found.filter(price__gte=self.least)
        if self.most is not None:
            found = found.filter(price__lte=self.most)
        if self.delivery:
            found = found.filter(delivery_days__lte=self.delivery)
        if self.rating:
            found = found.filter(rating__gte=Decimal(self.rating))
        if self.languages:
            found = found.filter(languages__has_any_keys=self.languages)
        if self.online:
            found = found.filter(seller__last_seen_at__gte=online_since())
        if self.verified:
            found = found.filter(is_verified=True)
        return found

    def cut(self, start: int, stop: int) -> tuple[list[search.Found], int]:
        """A part of what fits in the order that was asked for, and how many fit; one query."""
        order = () if self.sort == BEST_MATCH else SORTS[self.sort][1]
        return search.cut(
            self.filtered(), self.words, order=order, start=start, stop=stop
        )

    def candidates(self, *columns: str) -> search.Sql:
        """The best that fit, as SQL; of no more than are shown."""
        return search.candidates(self.filtered(), self.words, columns)

    def url(self, *, page: int = 1, first: int = 0) -> str:
        """The one address that means this: a category alone has a page of its own."""
        said: list[tuple[str, str]] = [
            ("q", self.q),
            *(("category", shelf.category.slug) for shelf in self.shelves),
            ("min", self.typed_least),
            ("max", self.typed_most),
            ("delivery", str(self.delivery or "")),
            ("rating", self.rating),
            *(("language", code) for code in self.languages),
            ("online", "1" if self.online else ""),
            ("verified", "1" if self.verified else ""),
            ("sort", "" if self.sort == BEST_MATCH else self.sort),
            ("from", str(first) if 0 < first < page else ""),
            ("page", str(page) if page > 1 else ""),
        ]
        path = reverse("gigs:market")
        if self.shelf and not self.is_filtered:
            path = self.shelf.category.get_absolute_url()
            said = [(name, value) for name, value in said if name != "category"]
        query = urlencode([(name, value) for name, value in said if value])
        return f"{path}?{query}" if query else path

    @property
    def typed_least(self) -> str:
        return _typed(self.least)

    @property
    def typed_most(self) -> str:
        return _typed(self.most)

    @property
    def hints(self) -> list[str]:
        return [_written(amount) for amount in HINTS]

    def but(self, **changes: object) -> "Wish":
        return replace(self, **changes)  # type: ignore[arg-type]

    def without(self, group: str) -> "Wish":
        """As if nothing had been chosen of one group of filters."""
        names = {"price": ("least", "most")}.get(group, (group,))
        defaults = {each.name: each.default for each in fields(self)}
        return self.but(**{name: defaults[name] for name in names})

    def chips(self) -> list[Chip]:
        """All that is asked for, each with the wish that is left without it."""
        return [Chip(text=text, rest=rest) for text, rest in self._parts()]

    def _parts(self) -> Iterator[tuple[str, "Wish"]]:
        if self.q:
            yield f"“{self.q}”", self.without("q")
        for shelf in self.shelves:
            rest = tuple(each for each in self.shelves if each != shelf)
            yield shelf.category.name, self.but(shelves=rest)
        if self.least is not None:
            text = _("From %(price)s") % {"price": _written(self.least)}
            yield text, self.without("least")
        if self.most is not None:
            yield up_to(self.most), self.without("most")
        if self.delivery:
            yield within(self.delivery), self.without("delivery")
        if self.rating:
            yield rated(self.rating), self.without("rating")
        for code in self.languages:
            rest_of = tuple(each for each in self.languages if each != code)
            text = _("Speaks %(language)s") % {"language": name_of(code)}
            yield text, self.but(languages=rest_of)
        if self.online:
            yield _("Online now"), self.without("online")
        if self.verified:
            yield _("Verified sellers"), self.without("verified")

    def promoted(self) -> list[Chip]:
        """The filters that people want most, as long as they are off."""
        offered = [
            (up_to(100_00), self.but(most=100_00), self.most is None),
            (within(1), self.but(delivery=1), not self.delivery),
            (rated("4.5"), self.but(rating="4.5"), not self.rating),
            (_("Online now"), self.but(online=True), not self.online),
            (_("Verified sellers"), self.but(verified=True), not self.verified),
        ]
        return [Chip(text=text, rest=more) for text, more, is_off in offered if is_off]


def online_since() -> datetime:
    """Whoever was here since then counts as online."""
    return clock.now() - SEEN_EVERY


def up_to(amount: int) -> str:
    return _("Up to %(price)s") % {"price": _written(amount)}


def within(days: int) -> str:
    if days == 1:
        return _("24 h delivery")
    text = ngettext("Up to %(days)s day", "Up to %(days)s days", days)
    return text % {"days": days}


def rated(rating: str) -> str:
    return _("Rated %(rating)s and up") % {"rating": rating}


def _chosen(tree: Iterable[Shelf], slugs: set[str], kinds: set[str]) -> Iterator[Shelf]:
    """The categories that were chosen; each narrowed to the kinds that were ticked below it.

    Kinds of another category say nothing: the form still sends those of the one before.
    """
    for top in tree:
        if top.category.slug in slugs:
            ticked = [each for each in top.children if each.category.slug in kinds]
            yield from ticked or [top]
        else:
            yield from (each for each in top.children if each.category.slug in slugs)


def _longest(typed: list[str]) -> int | None:
    days = [each for each in DELIVERIES if str(each) in typed]
    return max(days, default=None)


def _known_languages(codes: list[str]) -> tuple[str, ...]:
    known = {code for code in codes if len(code) == 2 and name_of(code) != code}
    return tuple(sorted(known))


def _amount(typed: str) -> int | None:
    """Read an amount that somebody typed; nonsense and zero mean that none was."""
    text = typed[:20].strip(SIGNS)
    try:
        amount = Decimal(money.plain(text) or text)
    except InvalidOperation:
        return None
    if not amount.is_finite() or amount <= 0:
        return None
    scale = 10 ** money.decimals(_currency())
    return min(int(min(amount, Decimal(PRICE_LIMIT)) * scale), PRICE_LIMIT) or None


def _typed(amount: int | None) -> str:
    if amount is None:
        return ""
    units, rest = divmod(amount, 10 ** money.decimals(_currency()))
    return f"{units}.{rest:02}" if rest else str(units)


def _written(amount: int) -> str:
    return money.shown(amount, _currency(), short=True)


def _currency() -> str:
    """Budgets are in the currency of the marketplace."""
    return site.current().currency
