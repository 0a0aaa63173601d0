"""How many gigs each value of a filter would leave, at a cost that does not grow with the shop.

The values of a group are counted among what the other filters leave, for a value widens its
own group. Counted are at most `CANDIDATES` gigs, the best first; past that a count is at
least so much, and says so ("300+"). All groups together are one query, and what was counted
is remembered for a minute.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.core.cache import caches
from django.db import connection
from django.db.models import IntegerField, Value
from django.utils.translation import gettext as _

from accounts.languages import name_of
from accounts.models import User
from gigs.market import DELIVERIES, RATINGS, Wish, online_since, rated, within
from gigs.queries import Shelf
from gigs.search import CANDIDATES

REMEMBERED = 60  # seconds
MOST_LANGUAGES = 8
GROUPS = ("shelves", "price", "delivery", "rating", "languages", "online", "verified")
# Where the bars of the histogram begin, in whole units of money.
BARS = (0, 10, 15, 20, 30, 40, 50, 65, 80, 100, 125, 150, 200, 250, 300, 400, 500, 750)
COLUMNS = (
    "category",
    "price",
    "delivery_days",
    "rating",
    "is_verified",
    "languages",
    "seller",
)
MOST_ONLINE = 5000
# The same columns as those of a listing, so that one query brings both.
ONLINE = "SELECT -1, id, 0, 0, 0, FALSE, '{{}}', id FROM ({sql}) here"


@dataclass(slots=True)
class Counts:
    """What was counted among the listings that fit one wish."""

    rows: int = 0
    shelves: Counter[UUID] = field(default_factory=Counter)
    prices: Counter[int] = field(default_factory=Counter)
    delivery: Counter[int] = field(default_factory=Counter)
    rating: Counter[str] = field(default_factory=Counter)
    languages: Counter[str] = field(default_factory=Counter)
    sellers: Counter[Any] = field(default_factory=Counter)
    online: int = 0
    verified: int = 0

    def add(self, row: Sequence[Any]) -> None:
        category, price, days, rating, is_verified, languages, seller = row
        self.rows += 1
        self.shelves[category] += 1
        self.prices[price] += 1
        self.delivery[days] += 1
        self.rating[rating] += 1
        self.languages[languages] += 1
        self.sellers[seller] += 1
        self.verified += bool(is_verified)

    def settle(self, online: set[Any]) -> "Counts":
        """Turn what was read into what is asked: each value converted once, not once a row."""
        self.shelves = Counter(
            {UUID(str(key)): count for key, count in self.shelves.items()}
        )
        bars: Counter[int] = Counter()
        for price, count in self.prices.items():
            bars[_bar(price)] += count
        self.prices = bars
        self.delivery = Counter(
            {
                most: sum(n for days, n in self.delivery.items() if days <= most)
                for most in DELIVERIES
            }
        )
        self.rating = Counter(
            {
                least: sum(
                    n for r, n in self.rating.items() if float(r) >= float(least)
                )
                for least in RATINGS
            }
        )
        spoken: Counter[str] = Counter()
        for languages, count in self.languages.items():
            for code in _codes(languages):
                spoken[code] += count
        self.languages = spoken
        self.online = sum(
            self.sellers[seller] for seller in online & self.sellers.keys()
        )
        self.sellers.clear()
        return self

    def text(self, count: int) -> str:
        """A count among all there are; of more candidates than were looked at, a floor."""
        if self.rows < CANDIDATES or not count:
            return f"{count:,}"
        step = 10 ** max(0, len(str(count)) - 1)
        return f"{count // step * step:,}+"


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


def facets(wish: Wish, tree: Iterable[Shelf]) -> Facets:
    """Count for every group; one query, none within a minute of the last."""
    bases = {group: wish.without(group).but(sort="best") for group in GROUPS}
    counts = _count(set(bases.values()))
    of = {group: counts[base] for group, base in bases.items()}
    online, verified = of["online"], of["verified"]
    return Facets(
        shelves=[_shelf_option(shelf, wish, of["shelves"]) for shelf in tree],
        deliveries=[
            _option(
                str(d),
                within(d),
                of["delivery"],
                of["delivery"].delivery[d],
                d == wish.delivery,
            )
            for d in DELIVERIES
        ],
        ratings=[
            _option(r, rated(r), of["rating"], of["rating"].rating[r], r == wish.rating)
            for r in RATINGS
        ],
        languages=_language_options(wish, of["languages"]),
        online=_option("1", _("Online now"), online, online.online, wish.online),
        verified=_option(
            "1", _("Verified"), verified, verified.verified, wish.verified
        ),
        bars=_bars(wish, of["price"]),
    )


def _count(bases: set[Wish]) -> dict[Wish, Counts]:
    memory = caches["memory"]
    keys = {_key(base): base for base in bases}
    found = {keys[key]: counts for key, counts in memory.get_many(keys).items()}
    missing = [base for base in bases if base not in found]
    if missing:
        counted = _ask(missing)
        memory.set_many(
            {_key(base): counts for base, counts in counted.items()}, REMEMBERED
        )
        found.update(counted)
    return found


def _key(base: Wish) -> str:
    return f"facets:{hashlib.sha256(base.url().encode()).hexdigest()}"


def _ask(bases: list[Wish]) -> dict[Wish, Counts]:
    parts: list[str] = []
    parameters: list[Any] = []
    for place, base in enumerate(bases):
        rows = base.filtered().order_by("-quality", "-number")
        rows = rows.annotate(base=Value(place, IntegerField()))
        limited = rows.values_list("base", *COLUMNS)[:CANDIDATES]
        sql, used = limited.query.sql_with_params()
        parts.append(f"SELECT * FROM ({sql}) base_{place}")
        parameters += used
    here = User.objects.filter(last_seen_at__gte=online_since()).values("id")
    sql, used = here.order_by("-last_seen_at")[:MOST_ONLINE].query.sql_with_params()
    parts.append(ONLINE.format(sql=sql))
    parameters += used
    counts = [Counts() for _base in bases]
    online = set()
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(parts), parameters)
        for place, *row in cursor.fetchall():
            if place < 0:
                online.add(row[-1])
            else:
                counts[place].add(row)
    return {base: each.settle(online) for base, each in zip(bases, counts, strict=True)}


@lru_cache(maxsize=4096)
def _codes(languages: str) -> tuple[str, ...]:
    return tuple(json.loads(languages))


def _bar(price: int) -> int:
    return sum(price >= least * 100 for least in BARS) - 1


def _option(value: str, text: str, counts: Counts, count: int, is_on: bool) -> Option:
    return Option(
        value=value, text=text, count=count, count_text=counts.text(count), is_on=is_on
    )


def _shelf_option(shelf: Shelf, wish: Wish, counts: Counts) -> Option:
    count = sum(counts.shelves[pk] for pk in shelf.family)
    below = [child for child in shelf.children if child in wish.shelves]
    is_on = shelf in wish.shelves or bool(below)
    children = [
        _option(
            child.category.slug,
            child.category.name,
            counts,
            counts.shelves[child.category.pk],
            child in wish.shelves,
        )
        for child in (shelf.children if is_on else ())
    ]
    return Option(
        value=shelf.category.slug,
        text=shelf.category.name,
        count=count,
        count_text=counts.text(count),
        is_on=is_on,
        children=children,
    )


def _language_options(wish: Wish, counts: Counts) -> list[Option]:
    common = [code for code, _count in counts.languages.most_common(MOST_LANGUAGES)]
    codes = dict.fromkeys([*common, *wish.languages])
    return [
        _option(
            code, name_of(code), counts, counts.languages[code], code in wish.languages
        )
        for code in codes
    ]


def _bars(wish: Wish, counts: Counts) -> list[Bar]:
    most = max(counts.prices.values(), default=0)
    if not most:
        return []
    ends = [*BARS[1:], 10**9]
    bars = []
    for place, (begin, end) in enumerate(zip(BARS, ends, strict=True)):
        count = counts.prices[place]
        height = max(2, round(44 * count / most)) if count else 0
        is_in = (wish.least or 0) < end * 100 and begin * 100 <= (
            10**12 if wish.most is None else wish.most
        )
        bars.append(Bar(x=place * 10, y=44 - height, height=height, is_in=is_in))
    return bars
