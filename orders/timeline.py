"""Everything that happened to an order, in one line of time: moves, proposals, answers."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, Prefetch, Q, Sum
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from gigstream.core.money import written
from orders.models import (
    Delivery,
    Dispute,
    Order,
    OrderEvent,
    OrderFile,
    Proposal,
    Statement,
)
from orders.status import OrderStatus
from orders.wording import day, said_offer
from payments.actions.shares import Share
from payments.models import Payment, Purpose


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One thing that happened; nobody means that the site did it."""

    at: datetime
    title: str
    text: str = ""
    who: User | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """What has happened to an order, as far back as somebody asked; the newest first."""

    timeline: list[Entry]
    has_more_events: bool
    deliveries: list[Delivery]
    has_more_deliveries: bool
    open_proposal: Proposal | None
    agreed: list[Entry]
    payment: Payment | None
    returned: Share
    was_disputed: bool
    tipped: int


def past_of(
    order: Order, *, events: int | None = None, deliveries: int | None = None
) -> Past:
    """The newest `events` and `deliveries`, or all; five queries, six after a dispute, however many there are."""
    proposals = _proposals(order, newest=_one_more(events))
    paid = _payments(order)
    tips = [payment for payment in paid if payment.purpose == Purpose.TIP]
    own = [payment for payment in paid if payment.purpose == Purpose.ORDER]
    work = [payment for payment in paid if payment.purpose != Purpose.TIP]
    moves = _moves(order)[: _one_more(events)]
    was_disputed = any(move.was_disputed for move in moves)
    statements = _statements(order, newest=_one_more(events)) if was_disputed else []
    line = _timeline(order, moves, proposals, tips, statements)
    files = Prefetch("files", OrderFile.objects.order_by("id"))
    works = order.deliveries.prefetch_related(files).order_by("-number")
    found = list(works[: _one_more(deliveries)])
    return Past(
        timeline=line[:events],
        has_more_events=events is not None and len(line) > events,
        deliveries=found[:deliveries],
        has_more_deliveries=deliveries is not None and len(found) > deliveries,
        open_proposal=next((each for each in proposals if not each.answered_at), None),
        agreed=_agreed(order, proposals),
        payment=own[-1] if own else None,
        returned=Share(
            price=sum(payment.returned_price for payment in work),
            fee=sum(payment.returned_fee for payment in work),
            commission=sum(payment.returned_commission for payment in work),
        ),
        was_disputed=was_disputed,
        tipped=sum(tip.amount for tip in tips if tip.succeeded_at),
    )


def _one_more(number: int | None) -> int | None:
    return None if number is None else number + 1


def _payments(order: Order):  # type: ignore[no-untyped-def]
    """All that was ever asked for, the oldest first, each with what went back of it."""
    names = "price", "fee", "commission"
    sums = {f"returned_{name}": Sum(f"refunds__{name}", default=0) for name in names}
    return list(order.payments.annotate(**sums).order_by("pk"))


def _moves(order: Order):  # type: ignore[no-untyped-def]
    """The newest first, each with whether its order ever was in dispute."""
    was_disputed = Exists(Dispute.objects.filter(order=OuterRef("order")))
    moves = order.events.select_related("actor").annotate(was_disputed=was_disputed)
    return moves.order_by("-at", "-id")


def _statements(order: Order, *, newest: int | None) -> list[Statement]:
    """What was said in disputes."""
    found = Statement.objects.filter(dispute__order=order).order_by("-at", "-id")
    return list(found.select_related("author", "dispute__closed_by")[:newest])


def _proposals(order: Order, *, newest: int | None) -> list[Proposal]:
    """The newest, and whatever is agreed or waits for an answer; one query."""
    everything = order.proposals.select_related("made_by", "answered_by")
    wanted = everything
    if newest is not None:
        last = order.proposals.order_by("-made_at").values("pk")[:newest]
        in_force = Q(status__in=[Proposal.Status.OPEN, Proposal.Status.AGREED])
        wanted = everything.filter(in_force | Q(pk__in=last))
    return list(wanted.order_by("-made_at"))


def _timeline(
    order: Order,
    events: Iterable[OrderEvent],
    proposals: Iterable[Proposal],
    tips: Iterable[Payment],
    statements: Collection[Statement],
) -> list[Entry]:
    disputes = {said.dispute.opened_at: said.dispute for said in statements}
    entries = [
        # What an opening asks for was said with it: it stands above the move.
        *_disputed(order, statements),
        *(
            Entry(
                at=event.at,
                title=event.get_to_status_display(),
                text=_reason(event, disputes),
                who=event.actor,
            )
            for event in events
        ),
        *_proposed(order, proposals),
        *_extended(order),
        *_tipped(order, tips),
    ]
    # Whatever happens in one moment keeps the order in which it stands above.
    return sorted(entries, key=lambda entry: entry.at, reverse=True)


def _reason(event: OrderEvent, disputes: Mapping[datetime, Dispute]) -> str:
    """Why; a choice of whoever opened a dispute is said in the language of whoever reads."""
    if event.to_status == OrderStatus.DISPUTED and event.at in disputes:
        return disputes[event.at].get_reason_display()
    return event.reason


def _agreed(order: Order, proposals: Iterable[Proposal]) -> list[Entry]:
    """The changes that both sides agreed on, the first one first."""
    changes = [
        Entry(at=proposal.answered_at, title=offer(proposal, order.currency))
        for proposal in proposals
        if proposal.status == Proposal.Status.AGREED and proposal.answered_at
    ]
    return sorted(changes, key=lambda change: change.at)


def _proposed(order: Order, proposals: Iterable[Proposal]) -> Iterator[Entry]:
    for proposal in proposals:
        if proposal.is_purchase:
            # What was begun and not paid is nobody's news.
            if proposal.status == Proposal.Status.AGREED and proposal.answered_at:
                title = offer(proposal, order.currency)
                yield Entry(at=proposal.answered_at, title=title, who=proposal.made_by)
            continue
        if proposal.answered_at:
            yield Entry(
                at=proposal.answered_at,
                title=f"{proposal.get_kind_display()}: {proposal.get_status_display()}",
                who=proposal.answered_by,
            )
        yield Entry(
            at=proposal.made_at,
            title=offer(proposal, order.currency),
            text=proposal.reason,
            who=proposal.made_by,
        )


def offer(proposal: Proposal, currency: str) -> str:
    """What a proposal comes to, in one line."""
    if proposal.kind == Proposal.Kind.EXTRA:
        return _extra(proposal, currency)
    if proposal.kind == Proposal.Kind.TIME:
        return _("More time asked for, until %(due)s") % {"due": day(proposal.due_at)}
    amount = written(proposal.refund or 0, currency)
    return _("Cancelling offered; %(amount)s of the price goes back") % {
        "amount": amount
    }


def _extra(proposal: Proposal, currency: str) -> str:
    price = written(proposal.price or 0, currency)
    words = [
        _("Extra “%(title)s” for %(price)s") % {"title": proposal.title, "price": price}
    ]
    if days := proposal.days:
        more = ngettext("%(days)d more day", "%(days)d more days", days)
        words.append(more % {"days": days})
    if count := proposal.revisions:
        more = ngettext("%(count)d more revision", "%(count)d more revisions", count)
        words.append(more % {"count": count})
    return ", ".join(words)


def _tipped(order: Order, tips: Iterable[Payment]) -> Iterator[Entry]:
    for tip in tips:
        if tip.succeeded_at:  # the others were begun, and are nobody's news
            amount = written(tip.amount, tip.currency)
            title = _("Tip of %(amount)s") % {"amount": amount}
            yield Entry(at=tip.succeeded_at, title=title, who=order.buyer)


def _disputed(order: Order, statements: Iterable[Statement]) -> Iterator[Entry]:
    """What was said and offered in disputes; that one began or ended is a move as well."""
    for statement in statements:
        offered = said_offer(statement, order.currency)
        title = _("Offer: %(offer)s") % {"offer": offered} if offered else _("Answer")
        yield Entry(at=statement.at, title=title, who=statement.author)
    for dispute in {statement.dispute for statement in statements}:
        if dispute.escalated_at:
            yield Entry(at=dispute.escalated_at, title=_("Handed to our staff"))
        if dispute.closed_at:
            title = _("Dispute: %(status)s") % {"status": dispute.get_status_display()}
            yield Entry(at=dispute.closed_at, title=title, who=dispute.closed_by)


def _extended(order: Order) -> Iterator[Entry]:
    if order.review_extended_at:
        title = _("More time to look at the delivery")
        yield Entry(at=order.review_extended_at, title=title, who=order.buyer)
