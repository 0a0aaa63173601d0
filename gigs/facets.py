"""How many gigs each value of a filter would leave, at a cost that does not grow with the shop.

The values of a group are counted among what the other filters leave, for a value widens its
own group. Counted are at most `CANDIDATES` gigs (`gigs/tallies.py`); past that a count is at
least so much, and says so ("300+").
"""

import json
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from uuid import UUID

from django.utils.translation import gettext as _

from accounts.languages import name_of
from gigs.market import BEST_MATCH, DELIVERIES, RATINGS, Wish, rated, within
from gigs.queries import Shelf
from gigs.search import CANDIDATES
from gigs.tallies import BARS, VALUES, Tally, tallies
from gigstream.core.numbers import grouped

MOST_LANGUAGES = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One value of a filter, as the form shows it."""

    value: str
    text: str
    count: int
    count_text: str
    is_on: bool
    children: Sequence["Option"] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """A bar of the histogram, in units of its drawing."""

    x: int
    y: int
    height: int
    is_in: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Facets:
    """All groups of the filter form."""

    shelves: list[Option]
    deliveries: list[Option]
    ratings: list[Option]
    languages: list[Option]
    online: Option
    verified: Option
    bars: list[Bar]


def facets(wish: Wish, tree: Iterable[Shelf], *, is_vain: bool = False) -> Facets:
    """Count for every group; one query, none within a minute of the last.

    A wish that is vain, because nothing fits, need not be looked for again.
    """
    plain = wish.but(sort=BEST_MATCH)
    bases = {group: plain.without(group) for group in VALUES}
    asked = {
        group: base for group, base in bases.items() if base != plain or not is_vain
    }
    counted = tallies(asked)
    of = {group: Count(counted.get(group, Tally())) for group in bases}
    shelves = Counter({UUID(key): n for key, n in of["shelves"].tally.items()})
    return Facets(
        shelves=[
            _shelf(shelf, wish, of["shelves"], shelves)
            for shelf in tree
            if _is_shown(shelf, wish)
        ],
        deliveries=[
            of["delivery"].option(
                str(most),
                within(most),
                of["delivery"].among(partial(_is_within, most)),
                most == wish.delivery,
            )
            for most in DELIVERIES
        ],
        ratings=[
            of["rating"].option(
                least,
                rated(least),
                of["rating"].among(partial(_is_rated, least)),
                least == wish.rating,
            )
            for least in RATINGS
        ],
        languages=_languages(wish, of["languages"]),
        online=of["online"].switch(_("Online now"), wish.online),
        verified=of["verified"].switch(_("Verified"), wish.verified),
        bars=_bars(wish, of["price"].tally),
    )


@dataclass(frozen=True, slots=True)
class Count:
    """What was counted for one group, and how its options say it."""

    tally: Tally

    def among(self, fits: Callable[[str], bool]) -> int:
        return sum(count for value, count in self.tally.items() if fits(value))

    def option(
        self,
        value: str,
        text: str,
        count: int,
        is_on: bool,
        children: Sequence[Option] = (),
    ) -> Option:
        return Option(
            value=value,
            text=text,
            count=count,
            count_text=self._text(count),
            is_on=is_on,
            children=children,
        )

    def switch(self, text: str, is_on: bool) -> Option:
        return self.option("1", text, self.tally["1"], is_on)

    def _text(self, count: int) -> str:
        """A count among all there are; of more candidates than were looked at, a floor."""
        if self.tally.total() < CANDIDATES or not count:
            return grouped(count)
        step = 10 ** max(0, len(str(count)) - 1)
        return f"{grouped(count // step * step)}+"


def _is_within(most: int, days: str) -> bool:
    return int(days) <= most


def _is_rated(least: str, rating: str) -> bool:
    return float(rating) >= float(least)


def _is_shown(shelf: Shelf, wish: Wish) -> bool:
    """A hidden one is shown to who asks for it; what is kept of the page is for others, too."""
    is_asked_for = any(each in wish.shelves for each in (shelf, *shelf.children))
    return is_asked_for or not shelf.category.is_hidden


def _shelf(shelf: Shelf, wish: Wish, of: Count, counts: Counter[UUID]) -> Option:
    below = [child for child in shelf.children if child in wish.shelves]
    is_on = shelf in wish.shelves or bool(below)
    return of.option(
        shelf.category.slug,
        shelf.category.name,
        sum(counts[pk] for pk in shelf.family),
        is_on,
        [
            of.option(
                child.category.slug,
                child.category.name,
                counts[child.category.pk],
                child in wish.shelves,
            )
            for child in (shelf.children if is_on else ())
            if _is_shown(child, wish)
        ],
    )


def _languages(wish: Wish, of: Count) -> list[Option]:
    spoken: Counter[str] = Counter()
    for together, count in of.tally.items():
        spoken.update(dict.fromkeys(json.loads(together), count))
    common = sorted(spoken, key=lambda code: (-spoken[code], code))[:MOST_LANGUAGES]
    codes = dict.fromkeys([*common, *wish.languages])
    return [
        of.option(code, name_of(code), spoken[code], code in wish.languages)
        for code in codes
    ]


def _bars(wish: Wish, counts: Tally) -> list[Bar]:
    most = max(counts.values(), default=0)
    if not most:
        return []
    ends = [*BARS[1:], 10**9]
    bars = []
    for place, (begin, end) in enumerate(zip(BARS, ends, strict=True)):
        count = counts[str(place)]
        height = max(2, round(44 * count / most)) if count else 0
        is_in = (wish.least or 0) < end * 100 and begin * 100 <= (
            10**12 if wish.most is None else wish.most
        )
        bars.append(Bar(x=place * 10, y=44 - height, height=height, is_in=is_in))
    return bars
