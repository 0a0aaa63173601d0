"""Tables for spreadsheets, in which what people typed never becomes a formula."""

import csv
import re
from collections.abc import Iterable, Iterator

from django.http import StreamingHttpResponse

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")
# Where columns are parted by semicolons, as in Germany, a text may begin a cell inside.
FORMULA_WITHIN = re.compile(r"([;\t\r\n] *)(?=[=@]|[-+] *[\w(])")
NUMBER = re.compile(r"-?\d+(\.\d+)?", re.ASCII)

Cell = str | int
Row = list[Cell]


class _Echo:
    """A file that hands back what is written to it."""

    def write(self, value: str) -> str:
        return value


def cell(value: Cell) -> Cell:
    """A text that a spreadsheet would take for a formula gets an apostrophe in front.

    A number below zero is none, and is to be added up.
    """
    if isinstance(value, int) or NUMBER.fullmatch(value):
        return value
    value = FORMULA_WITHIN.sub(r"\1'", value)
    return f"'{value}" if value.lstrip(" ").startswith(FORMULA_STARTS) else value


def lines(rows: Iterable[Row]) -> Iterator[str]:
    """CSV, line by line; with the mark by which spreadsheets know UTF-8."""
    yield "\ufeff"
    writer = csv.writer(_Echo())
    for row in rows:
        yield writer.writerow([cell(value) for value in row])


def download(rows: Iterable[Row], *, name: str) -> StreamingHttpResponse:
    response = StreamingHttpResponse(
        lines(rows), content_type="text/csv; charset=utf-8"
    )
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
