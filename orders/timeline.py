"""Everything that happened to an order, in one line of time: moves, proposals, answers."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from gigstream.core.money import written
from orders.models import Order, OrderEvent, Proposal, Statement
from orders.status import Role
from orders.wording import day, said_offer
from payments.models import Payment


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One thing that happened; nobody means that the site did it."""

    at: datetime
    title: str
    text: str = ""
    who: User | None = None


def timeline(
    order: Order,
    events: Iterable[OrderEvent],
    proposals: Iterable[Proposal],
    tips: Iterable[Payment] = (),
    statements: Iterable[Statement] = (),
) -> list[Entry]:
    """The newest first. Asks nobody: the caller has fetched all of it, with people."""
    entries = [
        *(
            Entry(
                at=event.at,
                title=event.get_to_status_display(),
                text=event.reason,
                who=event.actor,
            )
            for event in events
        ),
        *_proposed(order, proposals),
        *_disputed(order, list(statements)),
        *_extended(order),
        *_tipped(order, tips),
    ]
    # Whatever happens in one moment keeps the order in which it stands above.
    return sorted(entries, key=lambda entry: entry.at, reverse=True)


def agreed(order: Order, proposals: Iterable[Proposal]) -> list[Entry]:
    """The changes that both sides agreed on, the first one first."""
    changes = [
        Entry(at=proposal.answered_at, title=offer(order, proposal))
        for proposal in proposals
        if proposal.status == Proposal.Status.AGREED and proposal.answered_at
    ]
    return sorted(changes, key=lambda change: change.at)


def _proposed(order: Order, proposals: Iterable[Proposal]) -> Iterator[Entry]:
    for proposal in proposals:
        if _is_purchase(proposal):
            # What was begun and not paid is nobody's news.
            if proposal.status == Proposal.Status.AGREED and proposal.answered_at:
                title = offer(order, proposal)
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
            title=offer(order, proposal),
            text=proposal.reason,
            who=proposal.made_by,
        )


def _is_purchase(proposal: Proposal) -> bool:
    """An extra that the buyer took from the gig, of which nobody was asked."""
    return proposal.kind == Proposal.Kind.EXTRA and proposal.side == Role.BUYER


def offer(order: Order, proposal: Proposal) -> str:
    """What a proposal comes to, in one line."""
    if proposal.kind == Proposal.Kind.EXTRA:
        return _extra(order, proposal)
    if proposal.kind == Proposal.Kind.TIME:
        return _("More time asked for, until %(due)s") % {"due": day(proposal.due_at)}
    amount = written(proposal.refund or 0, order.currency)
    return _("Cancelling offered; %(amount)s of the price goes back") % {
        "amount": amount
    }


def _extra(order: Order, proposal: Proposal) -> str:
    price = written(proposal.price or 0, order.currency)
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
        if tip.succeeded_at:
            amount = written(tip.amount, tip.currency)
            title = _("Tip of %(amount)s") % {"amount": amount}
            yield Entry(at=tip.succeeded_at, title=title, who=order.buyer)


def _disputed(order: Order, statements: list[Statement]) -> Iterator[Entry]:
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
