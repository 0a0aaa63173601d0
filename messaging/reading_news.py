"""Notifications as a page shows them: by day, and in a day what is about one thing together."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import User
from messaging.models import Notification

PAGE = 30
IN_THE_BELL = 8


@dataclass(slots=True)
class Thing:
    """What several pieces of news of a day are about, the newest first."""

    latest: Notification
    earlier: list[Notification] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Day:
    date: date
    things: list[Thing]


@dataclass(frozen=True, slots=True)
class Page:
    """`older` is the key after which the next page begins; None on the last one."""

    days: list[Day]
    older: UUID | None
    has_unread: bool


def newest(user: User) -> "QuerySet[Notification]":
    return (
        Notification.objects.visible_to(user)
        .with_words()
        .order_by("-created_at", "-id")
    )


def page(user: User, *, after: UUID | None) -> Page:
    """One page, by key: news that comes meanwhile moves nothing. A foreign key is the first page."""
    rows = newest(user)
    last = rows.filter(pk=after).first() if after else None
    if last:
        earlier = rows.filter(created_at__lt=last.created_at)
        rows = earlier | rows.filter(created_at=last.created_at, pk__lt=last.pk)
    found = list(rows[: PAGE + 1])
    shown = found[:PAGE]
    older = shown[-1].pk if len(found) > PAGE else None
    return Page(list(_days(shown)), older, any(not each.read_at for each in shown))


def _days(rows: Iterable[Notification]) -> Iterator[Day]:
    days: dict[date, dict[str, Thing]] = {}
    for row in rows:
        things = days.setdefault(timezone.localdate(row.created_at), {})
        about = row.path.partition("#")[0].partition("?")[0]
        if about in things:
            things[about].earlier.append(row)
        else:
            things[about] = Thing(row)
    for day, things in days.items():
        yield Day(day, list(things.values()))
