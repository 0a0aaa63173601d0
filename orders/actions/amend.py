"""Changing what was agreed, by one side offering and the other answering."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

import payments.actions
from accounts.models import User
from gigstream.core.errors import NotAllowed, Stale
from gigstream.core.jobs import together
from gigstream.core.money import written
from orders.actions.moves import PROPOSABLE, admit, lock, move, share
from orders.models import Order, Proposal
from orders.signals import order_cancelled, proposal_answered, proposal_made
from orders.status import PARTIES, Role

MOST_DAYS = 60
Kind, Status = Proposal.Kind, Proposal.Status


@transaction.atomic
def ask_for_time(
    *, order_id: UUID, actor: User, days: int, reason: str, now: datetime
) -> Proposal:
    """Ask the buyer for more days; who is late already asks for days from now on."""
    order = lock(order_id)
    role = check_asking_for_time(order, actor)
    if not 1 <= days <= MOST_DAYS:
        text = _("Ask for one to %(most)d days.")
        raise NotAllowed(text % {"most": MOST_DAYS})
    assert order.due_at is not None  # noqa: S101 - a constraint, for work under way
    due_at = max(order.due_at, now) + timedelta(days=days)
    return propose(order, actor, role, Kind.TIME, reason, now=now, due_at=due_at)


@transaction.atomic
def ask_to_cancel(
    *, order_id: UUID, actor: User, refund: int, reason: str, now: datetime
) -> Proposal:
    """Offer to part; `refund` of the price goes back to the buyer, the rest is earned."""
    order = lock(order_id)
    role = check_proposable(order, actor, Kind.CANCEL)
    most = payments.actions.refundable(order.pk)
    if not 1 <= refund <= most:
        text = _("Name an amount above zero, and at most %(most)s.")
        raise NotAllowed(text % {"most": written(most, order.currency)})
    return propose(order, actor, role, Kind.CANCEL, reason, now=now, refund=refund)


def propose(
    order: Order,
    actor: User,
    role: Role,
    kind: Proposal.Kind,
    reason: str,
    *,
    now: datetime,
    **terms: Any,
) -> Proposal:
    """Put something to the other side; the caller has checked who may, and locked the order."""
    refuse_second(order)
    proposal = order.proposals.create(
        kind=kind,
        side=role,
        made_by=actor,
        reason=reason,
        made_at=now,
        lapses_at=now + timedelta(hours=order.policy.proposal_hours),
        **terms,
    )
    proposal_made.send(
        sender=Order, order=order, proposal=proposal, actor=actor, at=now
    )
    return proposal


def refuse_second(order: Order) -> None:
    if order.proposals.open().exists():
        raise Stale(_("A proposal is waiting for an answer; one at a time."))


@transaction.atomic
@together()
def agree(*, order_id: UUID, proposal_id: UUID, actor: User, now: datetime) -> None:
    """Accept what the other side proposed; it takes effect at once (cancelling: O9).

    An extra is agreed by paying it, and not here.
    """
    order, proposal = unanswered(order_id, proposal_id)
    check_proposable(order, actor, Kind(proposal.kind))
    _refuse_own(proposal, actor)
    refuse_late(proposal, now)
    if proposal.kind == Kind.EXTRA:
        raise NotAllowed(_("An extra is agreed by paying it."))
    conclude(proposal, Status.AGREED, by=actor, now=now)
    if proposal.kind == Kind.TIME:
        order.due_at = proposal.due_at
        order.save(update_fields=["due_at"])
        _tell(order, proposal, actor, now)
    else:
        _part(order, proposal, actor=actor, now=now)


def _part(order: Order, proposal: Proposal, *, actor: User, now: datetime) -> None:
    """Call the order off, return what was agreed, and give the seller the rest (E7, E8 and E2)."""
    parts = payments.actions.lock_parts(order.pk)
    most = payments.actions.total(parts).price
    if proposal.refund is None or proposal.refund > most:
        raise Stale(_("Something was refunded meanwhile. Agree on an amount anew."))
    move(order, "O9", actor=actor, now=now, reason=proposal.reason)
    reason, refund = proposal.reason, proposal.refund
    share(order, parts, refund, reason=reason, actor=actor, now=now)
    order_cancelled.send(sender=Order, order=order, actor=actor, at=now)


@transaction.atomic
def refuse(*, order_id: UUID, proposal_id: UUID, actor: User, now: datetime) -> None:
    """Say no; everything stays as it was agreed."""
    order, proposal = unanswered(order_id, proposal_id)
    check_proposable(order, actor, Kind(proposal.kind))
    _refuse_own(proposal, actor)
    conclude(proposal, Status.REFUSED, by=actor, now=now)
    _tell(order, proposal, actor, now)


@transaction.atomic
def withdraw(*, order_id: UUID, proposal_id: UUID, actor: User, now: datetime) -> None:
    """Take one's own proposal back before it is answered."""
    order, proposal = unanswered(order_id, proposal_id)
    check_proposable(order, actor, Kind(proposal.kind))
    if proposal.made_by_id != actor.pk:
        raise NotAllowed(_("This is not yours to do."))
    conclude(proposal, Status.WITHDRAWN, by=actor, now=now)


@transaction.atomic
def lapse(*, order_id: UUID, now: datetime) -> None:
    """Close a proposal that was not answered in time. Early or twice, nothing happens."""
    order = lock(order_id)
    proposal = order.proposals.unanswered(at=now).first()
    if proposal:
        conclude(proposal, Status.LAPSED, by=None, now=now)
        _tell(order, proposal, None, now)


def check_proposable(order: Order, actor: User, kind: Proposal.Kind) -> Role:
    """Refuse unless `actor` may make or answer such a proposal in this state."""
    return admit(
        order,
        actor,
        order.role_of(actor),
        roles=PARTIES,
        sources=PROPOSABLE[kind],
    )


def check_asking_for_time(order: Order, actor: User) -> Role:
    """Only who works needs more time."""
    role = order.role_of(actor)
    return admit(order, actor, role, roles=[Role.SELLER], sources=PROPOSABLE[Kind.TIME])


def unanswered(order_id: UUID, proposal_id: UUID) -> tuple[Order, Proposal]:
    """The locked order and its open proposal, if that is the one somebody has read."""
    order = lock(order_id)
    proposal = order.proposals.open().filter(pk=proposal_id).first()
    if proposal is None:
        raise Stale(_("This proposal is not open any more. Look again."))
    return order, proposal


def refuse_late(proposal: Proposal, now: datetime) -> None:
    if proposal.lapses_at <= now:
        raise Stale(_("The time to answer is over."))


def _refuse_own(proposal: Proposal, actor: User) -> None:
    if proposal.made_by_id == actor.pk:
        raise NotAllowed(_("The other side answers this, not you."))


def conclude(
    proposal: Proposal, status: Proposal.Status, *, by: User | None, now: datetime
) -> None:
    proposal.status, proposal.answered_at, proposal.answered_by = status, now, by
    proposal.save(update_fields=["status", "answered_at", "answered_by"])
    if proposal.kind == Kind.EXTRA and status != Status.AGREED:
        payments.actions.give_up_extras(order_id=proposal.order_id)


def _tell(order: Order, proposal: Proposal, actor: User | None, now: datetime) -> None:
    if proposal.is_purchase and actor is None:
        return  # begun and not paid: nobody was asked anything
    proposal_answered.send(
        sender=Order, order=order, proposal=proposal, actor=actor, at=now
    )
