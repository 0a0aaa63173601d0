"""Numbers that are kept beside what they count: a job finds those that are wrong, staff have them counted anew.

What was found is kept as a `Check`: no page looks through a whole table.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Count, F, Max, Min, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

import orders.actions
from accounts.models import User
from admin_panel import figures
from gigs import listings
from gigs.models import Gig
from gigstream.core import checks, clock
from gigstream.core.models import AuditEntry, Check
from messaging.models import Conversation, Message, Participant
from orders.models import Order
from orders.ratings import Drift, drifted
from orders.status import OrderStatus

KIND = "counter"
AT_ONCE = 1000
"""How many rows one task mends; what is left is found again, and mended by the next."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Counter:
    """`wrong` names rows that say something else than what they count, `mend` counts one anew."""

    label: str | Promise
    wrong: Callable[[], Iterable[Any]]
    mend: Callable[[Any], None]


def check(name: str, *, now: datetime) -> Check:
    return checks.keep(f"{KIND}:{name}", COUNTERS[name].wrong, now=now)


def count_anew(name: str, *, actor: User, now: datetime) -> None:
    """Mend what is wrong, write down how much that was, and look once more. Twice is once."""
    counter = COUNTERS[name]
    found = list(islice(counter.wrong(), AT_ONCE))
    for each in found:
        with transaction.atomic():
            counter.mend(each)
    AuditEntry.objects.create(
        at=now,
        actor=actor,
        verb="core.count_anew",
        target=f"core.counter:{name}",
        after={"mended": len(found)},
    )
    check(name, now=now)


def latest() -> list[tuple[str, str | Promise, Check | None]]:
    """Each counter with what was found last; None before the first look."""
    found = checks.latest(KIND)
    return [(name, each.label, found.get(name)) for name, each in COUNTERS.items()]


def are_wrong() -> bool:
    names = [f"{KIND}:{name}" for name in COUNTERS]
    return Check.objects.filter(name__in=names).exclude(found=[]).exists()


def _keys(wrong: QuerySet[Any]) -> Iterable[UUID]:
    keys: QuerySet[Any, UUID] = wrong.order_by("pk").values_list("pk", flat=True)
    return keys[:AT_ONCE]


# Each row is locked before it is counted: what is added meanwhile waits, and adds itself.


def _mend_rating(drift: Drift) -> None:
    if drift.kind == "seller":
        orders.actions.count_ratings(seller_id=drift.pk)
    else:
        seller = Gig.objects.values_list("seller_id", flat=True).get(pk=drift.pk)
        orders.actions.count_ratings(seller_id=seller, gig_id=drift.pk)


def _wrong_completions() -> Iterable[UUID]:
    done = Q(orders__status=OrderStatus.COMPLETED)
    gigs = Gig.objects.annotate(made=Count("orders", filter=done))
    return _keys(gigs.exclude(completed_orders=F("made")))


def _mend_completions(pk: UUID) -> None:
    gig = Gig.objects.select_for_update().get(pk=pk)
    done = Order.objects.filter(gig=gig, status=OrderStatus.COMPLETED)
    gig.completed_orders = done.count()
    gig.save(update_fields=["completed_orders"])


def _wrong_prices() -> Iterable[UUID]:
    gigs = Gig.objects.annotate(made=Min("packages__price")).filter(made__isnull=False)
    return _keys(gigs.exclude(starting_price=F("made")))


def _mend_price(pk: UUID) -> None:
    gig = Gig.objects.select_for_update().get(pk=pk)
    gig.starting_price = gig.packages.aggregate(least=Min("price"))["least"]
    gig.save(update_fields=["starting_price"])


def _wrong_unread() -> Iterable[UUID]:
    """Each side of a conversation that claims to have read it all, or not, wrongly."""
    theirs = ~Q(conversation__messages__sender=F("user"))
    later = Q(last_read_at=None) | Q(
        conversation__messages__sent_at__gt=F("last_read_at")
    )
    sides = Participant.objects.annotate(
        made=Count("conversation__messages", filter=theirs & later)
    )
    return _keys(sides.exclude(unread_count=F("made")))


def _mend_unread(pk: UUID) -> None:
    side = Participant.objects.select_for_update().get(pk=pk)
    unread = Message.objects.filter(conversation=side.conversation_id)
    unread = unread.exclude(sender=side.user_id)
    if side.last_read_at:
        unread = unread.filter(sent_at__gt=side.last_read_at)
    side.unread_count = unread.count()
    side.save(update_fields=["unread_count"])


def _wrong_ends() -> Iterable[UUID]:
    talks = Conversation.objects.annotate(made=Max("messages__sent_at"))
    said = talks.filter(Q(made__isnull=False) | Q(last_message_at__isnull=False))
    return _keys(said.exclude(last_message_at=F("made")))


def _mend_end(pk: UUID) -> None:
    talk = Conversation.objects.select_for_update().get(pk=pk)
    talk.last_message_at = talk.messages.aggregate(last=Max("sent_at"))["last"]
    talk.save(update_fields=["last_message_at"])


def _wrong_figures() -> Iterable[figures.Difference]:
    today = figures.today(clock.now())
    return figures.differences(today - 30 * figures.DAY, today)


def _mend_figure(difference: figures.Difference) -> None:
    day = difference.key[0]
    figures.keep(day, day)


COUNTERS: dict[str, Counter] = {
    "ratings": Counter(
        label=gettext_lazy("Ratings of gigs and sellers"),
        wrong=drifted,
        mend=_mend_rating,
    ),
    "completions": Counter(
        label=gettext_lazy("Completed orders of gigs"),
        wrong=_wrong_completions,
        mend=_mend_completions,
    ),
    "prices": Counter(
        label=gettext_lazy("Prices from which gigs start"),
        wrong=_wrong_prices,
        mend=_mend_price,
    ),
    "listings": Counter(
        label=gettext_lazy("What the market lists"),
        wrong=listings.out_of_step,
        mend=lambda pk: listings.mend([pk]),
    ),
    "unread": Counter(
        label=gettext_lazy("Unread messages"), wrong=_wrong_unread, mend=_mend_unread
    ),
    "ends": Counter(
        label=gettext_lazy("Latest messages of conversations"),
        wrong=_wrong_ends,
        mend=_mend_end,
    ),
    "figures": Counter(
        label=gettext_lazy("Figures of the last 30 days"),
        wrong=_wrong_figures,
        mend=_mend_figure,
    ),
}
"""Sums of money are no counters: the invariants watch them, and only a posting corrects one."""
