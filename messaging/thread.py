"""What a conversation shows: messages, and between them whatever else happened to the two.

Each kind of entry is drawn by a fragment of its own. Another kind is one more function in
`SOURCES`, which finds its entries within a span of time, and a template for them.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from operator import attrgetter
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils import timezone

from messaging.models import Attachment, Conversation, Message, Participant
from messaging.moments import MICROSECOND, to_moment
from orders.models import OrderEvent
from orders.status import OrderStatus

SHOWN = 50
MOST_EVENTS = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """After one moment and before another; None is without end."""

    after: datetime | None = None
    before: datetime | None = None

    def within(self, field: str) -> Q:
        condition = Q()
        if self.after:
            condition &= Q(**{f"{field}__gt": self.after})
        if self.before:
            condition &= Q(**{f"{field}__lt": self.before})
        return condition


@dataclass(slots=True, kw_only=True)
class Entry:
    """One thing in a thread, with the fragment that draws it as `entry`."""

    id: str
    at: datetime
    template: str
    thing: Any
    new_day: date | None = None
    """The day that begins with it."""
    is_first_unread: bool = False

    @property
    def moment(self) -> int:
        return to_moment(self.at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Thread:
    """A part of a conversation, the oldest first."""

    entries: Sequence[Entry]
    has_older: bool

    @property
    def oldest(self) -> int:
        return self.entries[0].moment if self.entries else 0

    @property
    def newest_said(self) -> int:
        """The moment of the last message; 0 without any."""
        said = [e.moment for e in self.entries if isinstance(e.thing, Message)]
        return said[-1] if said else 0


def read(
    side: Participant,
    span: Span,
    *,
    with_events: bool = True,
    last_day: date | None = None,
) -> Thread:
    """The newest entries of a span, at most fifty messages and what happened among them.

    `last_day` is the day of what stands above them, which needs no divider again.
    """
    conversation = side.conversation
    messages, has_older = _newest_messages(conversation, span)
    if has_older:
        span = Span(after=messages[0].at - MICROSECOND, before=span.before)
    found = messages
    for source in SOURCES if with_events else ():
        found = [*found, *source(conversation, span)]
    entries = sorted(found, key=attrgetter("at", "id"))
    _mark_days(entries, last_day)
    _mark_first_unread(entries, side)
    return Thread(entries=entries, has_older=has_older)


def shown(side: Participant, part: Thread) -> dict[str, Any]:
    """What `_conversation.html` needs, but for its form; two queries."""
    return {
        "side": side,
        "conversation": side.conversation,
        "partner": side.partner(),
        "other": other_side(side),
        "thread": part,
        "waiting": Attachment.objects.waiting().filter(
            conversation=side.conversation_id, uploaded_by=side.user_id
        ),
    }


def other_side(side: Participant) -> Participant:
    sides = Participant.objects.filter(conversation=side.conversation_id)
    return sides.exclude(user=side.user_id).get()


def _newest_messages(
    conversation: Conversation, span: Span
) -> tuple[list[Entry], bool]:
    said = conversation.messages.filter(span.within("sent_at"))
    said = said.select_related("sender", "order", "offer__gig", "offer__order")
    said = said.prefetch_related("attachments")
    newest = list(said.order_by("-sent_at", "-id")[: SHOWN + 1])
    entries = [
        Entry(
            id=f"message-{message.pk}",
            at=message.sent_at,
            template="messaging/_message.html",
            thing=message,
        )
        for message in reversed(newest[:SHOWN])
    ]
    return entries, len(newest) > SHOWN


def _order_events(conversation: Conversation, span: Span) -> Iterable[Entry]:
    pair = conversation.pair
    events = OrderEvent.objects.filter(
        span.within("at"), order__buyer__in=pair, order__seller__in=pair
    ).select_related("order")
    # That somebody is about to pay is no news for the other.
    events = events.exclude(to_status=OrderStatus.PENDING)
    return [
        Entry(
            id=f"event-{event.pk}",
            at=event.at,
            template="messaging/_event.html",
            thing=event,
        )
        for event in events.order_by("-at")[:MOST_EVENTS]
    ]


Source = Callable[[Conversation, Span], Iterable[Entry]]
SOURCES: list[Source] = [_order_events]


def _mark_days(entries: Iterable[Entry], last_day: date | None) -> None:
    for entry in entries:
        day = timezone.localdate(entry.at)
        if day != last_day:
            entry.new_day = last_day = day


def _mark_first_unread(entries: Iterable[Entry], side: Participant) -> None:
    if not side.unread_count:
        return
    for entry in entries:
        if _is_unread(entry, side.user_id, side.last_read_at):
            entry.is_first_unread = True
            return


def _is_unread(entry: Entry, reader: UUID, read_at: datetime | None) -> bool:
    is_of_other = isinstance(entry.thing, Message) and entry.thing.sender_id != reader
    return is_of_other and (read_at is None or entry.at > read_at)
