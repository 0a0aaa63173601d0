"""More work for more money, agreed while an order is under way.

An extra is a proposal that is agreed by paying it. The deal itself stays as it was; what
extras have added to it stands beside it.
"""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

import payments.actions
from accounts.models import Standing, User
from gigs.models import EXTRA_PRICE_LIMIT, LOWEST_EXTRA, ExtraKind, GigExtra
from gigstream.core.errors import NotAllowed, Stale
from gigstream.core.money import written
from gigstream.services.stripe import Intent
from orders.actions.amend import (
    conclude,
    propose,
    refuse_late,
    refuse_second,
    unanswered,
)
from orders.actions.moves import PROPOSABLE, admit, lock
from orders.models import Order, Proposal
from orders.signals import extra_paid
from orders.status import UNDER_WAY, OrderStatus, Role
from payments.models import Payment, Purpose

MOST_DAYS, MOST_REVISIONS = 90, 20
Kind, Status = Proposal.Kind, Proposal.Status


@transaction.atomic
def offer_extra(
    *,
    order_id: UUID,
    actor: User,
    title: str,
    price: int,
    days: int,
    revisions: int,
    reason: str,
    now: datetime,
) -> Proposal:
    """Offer the buyer more work; it is agreed when they have paid it."""
    order = lock(order_id)
    role = check_extra(order, actor, Role.SELLER)
    if not LOWEST_EXTRA <= price <= EXTRA_PRICE_LIMIT:
        least = written(LOWEST_EXTRA, order.currency, short=True)
        most = written(EXTRA_PRICE_LIMIT, order.currency, short=True)
        text = _("An extra costs between %(least)s and %(most)s.")
        raise NotAllowed(text % {"least": least, "most": most})
    if not (0 <= days <= MOST_DAYS and 0 <= revisions <= MOST_REVISIONS):
        raise NotAllowed(_("An extra adds up to 90 days and up to 20 revisions."))
    _refuse_useless(order, revisions)
    return propose(
        order,
        actor,
        role,
        Kind.EXTRA,
        reason,
        now=now,
        title=title,
        price=price,
        days=days,
        revisions=revisions,
    )


@transaction.atomic
def buy_extra(*, order_id: UUID, actor: User, extra: UUID, now: datetime) -> Payment:
    """Buy more of what the gig offers to everybody; it waits as long as an order for its money.

    The same extra again, while it waits, is the same purchase.
    """
    order = lock(order_id)
    role = check_extra(order, actor, Role.BUYER)
    chosen = next((each for each in extras_for(order) if each.pk == extra), None)
    if chosen is None:
        raise Stale(
            _("An extra that you chose is no longer offered. Please look again.")
        )
    begun = order.proposals.open().filter(side=role, title=chosen.name).first()
    if begun:
        return _ask_to_pay(order, begun, now=now)
    refuse_second(order)
    proposal = order.proposals.create(
        kind=Kind.EXTRA,
        side=role,
        made_by=actor,
        title=chosen.name,
        price=chosen.price,
        days=chosen.days,
        revisions=chosen.revisions,
        made_at=now,
        lapses_at=now + timedelta(minutes=order.policy.unpaid_expires_minutes),
    )
    return _ask_to_pay(order, proposal, now=now)


@transaction.atomic
def pay_for_extra(
    *, order_id: UUID, proposal_id: UUID, actor: User, now: datetime
) -> Payment:
    """Go to pay an extra that waits: offered by the seller, or begun by the buyer."""
    order, proposal = unanswered(order_id, proposal_id)
    check_extra(order, actor, Role.BUYER)
    refuse_late(proposal, now)
    if proposal.kind != Kind.EXTRA:
        raise NotAllowed(_("This is not yours to do."))
    return _ask_to_pay(order, proposal, now=now)


def extras_for(order: Order) -> list[GigExtra]:
    """What the order's gig offers that can still be added to it, for the price of today.

    Not what would bring the date forward, which is for the seller to offer; nothing of the
    seller's own twice; and nothing at all once the gig, or its seller, is off the shelf.
    """
    if not order.gig.is_on_offer or order.seller.standing != Standing.ACTIVE:
        return []
    has = {extra["name"] for extra in order.terms["extras"]}
    agreed = order.proposals.filter(kind=Kind.EXTRA, status=Status.AGREED)
    has |= set(agreed.values_list("title", flat=True))
    offered = order.gig.extras.exclude(kind=ExtraKind.FASTER).order_by("position")
    return [
        extra
        for extra in offered
        if _is_useful(order, extra.revisions)
        and (extra.kind == ExtraKind.REVISION or extra.name not in has)
    ]


def check_extra(order: Order, actor: User, side: Role) -> Role:
    """The seller offers extras, the buyer buys them, while the order is under way."""
    role = order.role_of(actor)
    return admit(order, actor, role, roles=[side], sources=PROPOSABLE[Kind.EXTRA])


def _is_useful(order: Order, revisions: int) -> bool:
    """Once the work is delivered, more of it can come only with a revision."""
    return order.status != OrderStatus.DELIVERED or revisions > 0


def _refuse_useless(order: Order, revisions: int) -> None:
    if not _is_useful(order, revisions):
        raise NotAllowed(
            _("The work is delivered. Add a revision, so that you can deliver more.")
        )


def _ask_to_pay(order: Order, proposal: Proposal, *, now: datetime) -> Payment:
    assert proposal.price is not None  # noqa: S101 - a constraint, for an extra
    return request_extra_payment(
        order, extra_id=proposal.pk, price=proposal.price, now=now
    )


def request_extra_payment(
    order: Order, *, extra_id: UUID, price: int, now: datetime
) -> Payment:
    """Have the buyer pay for an extra, with the fees that were frozen on the order.

    The caller has locked the order, and checked who may ask. The same extra is the same
    payment, until it was paid, too.
    """
    policy = order.policy
    return payments.actions.request_payment(
        order_id=order.pk,
        buyer_id=order.buyer_id,
        price=price,
        fee=policy.service_fee(price),
        commission=policy.commission(price),
        currency=order.currency,
        now=now,
        purpose=Purpose.AMENDMENT,
        purpose_id=extra_id,
    )


def settle_extra(order: Order, intent: Intent, *, now: datetime) -> None:
    """Take the money for an extra while order and proposal are open; later it goes back.

    Whoever else must know hears of it by `extra_paid`, in this transaction.
    """
    proposal = _proposal_of(order, intent)
    is_wanted = order.status in UNDER_WAY and not order.on_hold
    if proposal:
        is_wanted = is_wanted and proposal.status == Status.OPEN
    payment = payments.actions.capture(
        order_id=order.pk, intent=intent, waiting=is_wanted, now=now
    )
    if payment is None:
        return
    _add(order, payment, proposal)
    if proposal:
        conclude(proposal, Status.AGREED, by=order.buyer, now=now)
    extra_paid.send(
        sender=Order,
        order=order,
        actor=order.buyer,
        extra_id=payment.purpose_id,
        payment=payment,
        at=now,
    )


def _proposal_of(order: Order, intent: Intent) -> Proposal | None:
    payment = payments.actions.payment_of(intent)
    return order.proposals.filter(pk=payment.purpose_id).first() if payment else None


def _add(order: Order, payment: Payment, proposal: Proposal | None) -> None:
    """Let the order grow by what was paid, and by the days and revisions that come with it."""
    order.added_price += payment.price
    order.added_fee += payment.fee
    order.added_commission += payment.commission
    if proposal and order.due_at:
        order.added_revisions += proposal.revisions or 0
        order.due_at += timedelta(days=proposal.days or 0)
    order.save(
        update_fields=[
            "added_price",
            "added_fee",
            "added_commission",
            "added_revisions",
            "due_at",
        ]
    )
