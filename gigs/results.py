"""One page of what the market has for a wish; and where nothing fits, what is nearest to it."""

from collections.abc import Sequence
from dataclasses import dataclass

from gigs.market import Chip, Wish
from gigs.models import Listing
from gigs.paging import COUNT_LIMIT, Page, count_text, counts, whole
from gigs.search import spelling

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
    page: Page[Listing]
    first: int
    mended_from: str = ""
    ways: Sequence[Way] = ()

    @property
    def is_a_new_search(self) -> bool:
        """Somebody searched for words and found something: not the next page of it."""
        return bool(self.wish.words and self.page.total and self.page.number == 1)

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
    """Two queries, if anything fits; else the spelling is mended, or ways out are counted."""
    total = _total(wish)
    if total or not wish.words:
        return _cut(wish, total, page, first)
    if better := spelling.mend(wish.q, wish.words):
        mended = wish.but(q=better)
        if total := _total(mended):
            return _cut(mended, total, page, first, mended_from=wish.q)
    return _cut(wish, 0, page, first)


def _total(wish: Wish) -> int:
    (total,) = counts([wish.filtered().order_by("-quality", "-number")])
    return total


def _cut(
    wish: Wish, total: int, page: str, first: str, *, mended_from: str = ""
) -> Results:
    last = max(1, -(-min(total, COUNT_LIMIT) // SIZE))
    number = min(max(whole(page), 1), last)
    begin = whole(first) if first else number
    begin = min(max(begin, number - MOST_AT_ONCE + 1, 1), number)
    return Results(
        wish=wish,
        page=Page(
            rows=wish.rows((begin - 1) * SIZE, number * SIZE) if total else [],
            number=number,
            last=last,
            total=total,
        ),
        first=begin,
        mended_from=mended_from,
        ways=() if total else _ways(wish),
    )


def _ways(wish: Wish) -> list[Way]:
    """Without which one thing would something be found? The most first."""
    chips = wish.chips()
    if len(chips) < 2:
        return []
    left = counts([chip.rest.filtered().order_by("-quality") for chip in chips])
    ways = [
        Way(chip=chip, count=count)
        for chip, count in zip(chips, left, strict=True)
        if count
    ]
    return sorted(ways, key=lambda way: -way.count)
