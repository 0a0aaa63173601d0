"""Lists a page at a time, by key: what comes meanwhile moves nothing."""

from base64 import b64decode, urlsafe_b64encode
from typing import Generic, TypeVar
from uuid import UUID

from django.db.models import Model, QuerySet
from pydantic import Field

from gigstream.core.api.problems import Problem
from gigstream.core.api.schema import Schema

Item = TypeVar("Item")
Row = TypeVar("Row", bound=Model)

MOST = 50


class Paging(Schema):
    """Where a page begins, and how long it is."""

    cursor: str | None = Field(
        None, max_length=200, description="`next` of the page before."
    )
    limit: int = Field(20, ge=1, le=MOST, description="How many at most.")

    @property
    def after(self) -> str:
        """What the cursor holds; nothing on the first page."""
        return decoded(self.cursor) if self.cursor else ""

    @property
    def after_key(self) -> UUID | None:
        try:
            return UUID(self.after) if self.after else None
        except ValueError as error:
            raise not_a_cursor() from error

    @property
    def after_number(self) -> int:
        if not self.after:
            return 0
        if not (self.after.isascii() and self.after.isdigit() and len(self.after) < 18):
            raise not_a_cursor()
        return int(self.after)


class Page(Schema, Generic[Item]):
    """A part of a list. `next` is the cursor of the following page; null on the last."""

    items: list[Item]
    next: str | None


def newest_first(rows: QuerySet[Row], paging: Paging) -> tuple[list[Row], str | None]:
    """A page of rows by their keys, and the cursor of the following one; one query."""
    if key := paging.after_key:
        rows = rows.filter(pk__lt=key)
    found = list(rows.order_by("-pk")[: paging.limit + 1])
    shown = found[: paging.limit]
    return shown, encoded(shown[-1].pk) if len(found) > len(shown) else None


def encoded(key: object) -> str:
    return urlsafe_b64encode(str(key).encode()).decode().rstrip("=")


def decoded(cursor: str) -> str:
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        key = b64decode(padded.encode("ascii"), b"-_", validate=True).decode("ascii")
    except ValueError as error:  # and what is a kind of it: not ASCII, not base 64
        raise not_a_cursor() from error
    if not key:
        raise not_a_cursor()
    return key


def not_a_cursor() -> Problem:
    return Problem(422, "This is no cursor of ours.", code="cursor")
