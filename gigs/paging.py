"""Pages of a list that may be huge: nothing counts or skips more than a bounded number of rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.db import connection
from django.db.models import Model, QuerySet

from gigstream.core.numbers import grouped

Row = TypeVar("Row")
Each = TypeVar("Each", bound=Model)

COUNT_LIMIT = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Page(Generic[Row]):
    """One page, and what its links and headings need. `total` stops just past the limit."""

    rows: Sequence[Row]
    number: int
    last: int
    total: int

    @property
    def has_previous(self) -> bool:
        return self.number > 1

    @property
    def has_next(self) -> bool:
        return self.number < self.last

    @property
    def has_other_pages(self) -> bool:
        return self.last > 1

    @property
    def previous_page_number(self) -> int:
        return self.number - 1

    @property
    def next_page_number(self) -> int:
        return self.number + 1

    @property
    def total_text(self) -> str:
        return count_text(self.total)


def counts(questions: Sequence[tuple[str, Sequence[Any]]]) -> list[int]:
    """Count the rows of each piece of SQL, which is limited itself; all in one query."""
    if not questions:
        return []
    parts = ", ".join(f"(SELECT COUNT(*) FROM ({sql}) counted)" for sql, _ in questions)
    parameters = [each for _sql, used in questions for each in used]
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {parts}", parameters)
        return list(cursor.fetchone())


def paginate(rows: QuerySet[Each, Any], *, wanted: str, size: int = 24) -> Page[Each]:
    """Cut out the wanted page, or the nearest there is. Asks the database twice."""
    total = rows.order_by()[: COUNT_LIMIT + 1].count()
    last = max(1, -(-min(total, COUNT_LIMIT) // size))
    number = min(max(whole(wanted), 1), last)
    start = (number - 1) * size
    return Page(
        rows=list(rows[start : start + size]), number=number, last=last, total=total
    )


def count_text(count: int) -> str:
    """Write a count that was stopped at the limit as what it is: at least so many."""
    return f"{grouped(COUNT_LIMIT)}+" if count > COUNT_LIMIT else grouped(count)


def whole(text: str) -> int:
    """Read a page number; an absurdly long one is as good as any large one."""
    return int(text[:9]) if text.isascii() and text.isdigit() else 1
