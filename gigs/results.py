"""One page of what the market has for a wish; and where nothing fits, what is nearest to it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from gigs.market import Chip, Wish
from gigs.paging import COUNT_LIMIT, Page, count_text, counts, whole
from gigs.search import Found, spelling

SIZE = 24
MOST_AT_ONCE = 5  # pages, when somebody who loaded more comes back


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """What to leave out, and how many would be found then."""

    chip: Chip
    count: int

    @property
    def count_text(self) -> str:
        return count_text(self.count)


@dataclass(frozen=True, slots=True, kw_only=True)
class Results:
    """The pages from `first` to `page.number`; of `wish`, whose words may have been mended."""

    wish: Wish
    page: Page[Found]
    first: int
    mended_from: str = ""
    ways: Sequence[Way] = ()

    @property
    def is_a_new_search(self) -> bool:
        """Somebody's own words found something, and this is the first page of it."""
        found = self.page.total and not self.mended_from
        return bool(self.wish.words and found and self.page.number == 1)

    @property
    def address(self) -> str:
        return self.wish.url(page=self.page.number, first=self.first)

    @property
    def previous(self) -> str:
        return self.wish.url(page=self.first - 1)

    @property
    def next(self) -> str:
        return self.wish.url(page=self.page.next_page_number)

    @property
    def more(self) -> str:
        """Where somebody is who has loaded one page more."""
        number = self.page.next_page_number
        first = max(self.first, number - MOST_AT_ONCE + 1)
        return self.wish.url(page=number, first=first)

    @property
    def shown_until(self) -> int:
        return (self.first - 1) * SIZE + len(self.page.rows)


def find(wish: Wish, *, page: str, first: str = "") -> Results:
    """One query, if the page exists; else the nearest page, or another spelling, or ways out."""
    number = min(max(whole(page), 1), COUNT_LIMIT // SIZE + 1)
    begin = max(whole(first), 1) if first else number
    results = _cut(wish, number, begin)
    if results.page.total or not wish.words:
        return results
    if better := spelling.mend(wish.q, wish.words):
        mended = _cut(wish.but(q=better), number, begin)
        if mended.page.total:
            return replace(mended, mended_from=wish.q)
    return results


def _cut(wish: Wish, number: int, first: int) -> Results:
    """The pages from `first` to `number`, or the nearest that there are."""
    begin = min(max(first, number - MOST_AT_ONCE + 1), number)
    rows, total = wish.cut((begin - 1) * SIZE, min(number * SIZE, COUNT_LIMIT))
    if not rows and begin > 1:
        _first, total = wish.cut(0, 1)
    last = max(1, -(-min(total, COUNT_LIMIT) // SIZE))
    if number > last:
        return _cut(wish, last, first)
    page = Page(rows=rows, number=number, last=last, total=total)
    ways = () if total else _ways(wish)
    return Results(wish=wish, page=page, first=begin, ways=ways)


def _ways(wish: Wish) -> list[Way]:
    """Without which one thing would something be found? The most first."""
    chips = wish.chips()
    if len(chips) < 2:
        return []
    left = counts([chip.rest.candidates("number") for chip in chips])
    ways = [
        Way(chip=chip, count=count)
        for chip, count in zip(chips, left, strict=True)
        if count
    ]
    return sorted(ways, key=lambda way: -way.count)
