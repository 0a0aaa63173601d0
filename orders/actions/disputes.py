"""Disagreeing: opening a dispute, answering, agreeing, handing it to staff, withdrawing."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

import payments.actions
from accounts.models import User
from gigstream.core.errors import NotAllowed, Stale
from gigstream.core.jobs import together
from gigstream.core.models import AuditEntry, StaffTask
from gigstream.core.money import written
from orders.actions.files import StoredFile, attach
from orders.actions.moves import admit, check, lock, move
from orders.actions.settling import divide, leave, newest_of
from orders.models import Dispute, Order, Statement
from orders.models.disputes import LONGEST_TEXT
from orders.signals import (
    dispute_answered,
    dispute_handed_over,
    dispute_opened,
)
from orders.status import PARTIES, OrderStatus, Role

MOST_DAYS = 60
OfferKind, Status = Statement.Offer, Dispute.Status


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """How one side would end it: with the work going on, or with the money divided."""

    kind: Statement.Offer
    days: int | None = None
    refund: int | None = None

    @property
    def goes_on(self) -> bool:
        return self.kind != OfferKind.SPLIT


@transaction.atomic
def open_dispute(
    *,
    order_id: UUID,
    actor: User,
    reason: str,
    offer: Ending,
    text: str,
    files: list[StoredFile],
    now: datetime,
) -> Dispute:
    """Stop an order until it is settled (O13, O14), and say what would be right."""
    order = lock(order_id)
    code = code_of_opening(order)
    role = check_opening(order, actor, now)
    _check_offer(order, offer, OrderStatus(order.status))
    if code == "O14" and not payments.actions.freeze(order_id=order.pk, now=now):
        raise NotAllowed(_("The money of this order has been paid out already."))
    dispute = Dispute.objects.create(
        order=order,
        reason=reason,
        side=role,
        opened_by=actor,
        came_from=order.status,
        opened_at=now,
        turn=_other(role),
        answer_by=now + timedelta(hours=order.policy.dispute_hours),
    )
    order.dispute = dispute
    words = dispute.get_reason_display()
    move(order, code, "dispute", actor=actor, now=now, reason=words)
    _say(order, role, actor, text, files, now=now, offer=offer)
    dispute_opened.send(sender=Order, order=order, dispute=dispute, actor=actor, at=now)
    return dispute


def check_opening(
    order: Order, actor: User, now: datetime, *, is_clearing: bool | None = None
) -> Role:
    """Refuse whoever may not open a dispute now; a completed order rests only for a while.

    A page that has asked whether its money `is_clearing` says so.
    """
    code = code_of_opening(order)
    role = check(order, code, actor)
    if code == "O14":
        if is_clearing is None:
            is_clearing = payments.actions.is_clearing(order.pk, at=now)
        if not is_clearing:
            raise NotAllowed(_("The time in which this could be disputed is over."))
    return role


def code_of_opening(order: Order) -> str:
    return "O14" if order.status == OrderStatus.COMPLETED else "O13"


@transaction.atomic
def answer_dispute(
    *,
    order_id: UUID,
    actor: User,
    text: str,
    files: list[StoredFile],
    offer: Ending | None,
    now: datetime,
) -> Statement:
    """Say something, and perhaps offer something else; then it is the other side's turn.

    Words alone leave the offer on the table, and the time to answer it, as they are. The
    same again, before anybody has said anything else, was said once.
    """
    order, dispute, role = _take_part(order_id, actor)
    if said := _said_already(order, actor, text, files, offer):
        return said
    if offer:
        _check_offer(order, offer, OrderStatus(dispute.came_from))
    statement = _say(order, role, actor, text, files, now=now, offer=offer)
    if offer and dispute.status == Status.OPEN:
        dispute.turn = _other(role)
        dispute.answer_by = now + timedelta(hours=order.policy.proposal_hours)
        dispute.save(update_fields=["turn", "answer_by"])
    dispute_answered.send(
        sender=Order,
        order=order,
        dispute=dispute,
        statement=statement,
        actor=actor,
        at=now,
    )
    return statement


@transaction.atomic
@together()
def settle_dispute(
    *, order_id: UUID, statement_id: UUID, actor: User, now: datetime
) -> None:
    """Agree to the newest offer of the other side (O15 to O18); it takes effect at once."""
    order, role = _lock_as_party(order_id, actor)
    offer = newest_of(order, Statement.objects.exclude(offer=""))
    if offer is None or offer.pk != statement_id:
        raise Stale(_("There is a newer offer. Read it, and decide anew."))
    if offer.side == role:
        raise NotAllowed(_("The other side answers this, not you."))
    dispute = offer.dispute
    if offer.refund is None:
        to = resumed_state(dispute)
        leave(order, dispute, to, actor=actor, now=now, days=offer.days)
    else:
        parts = payments.actions.lock_parts(order.pk)
        divide(order, dispute, parts, offer.refund, actor=actor, now=now)


@transaction.atomic
def escalate_dispute(*, order_id: UUID, actor: User, now: datetime) -> None:
    """Have staff decide; who opened it gives the other side their time to answer first."""
    order = lock(order_id)
    check_escalation(order, actor)
    assert order.dispute is not None  # noqa: S101 - a constraint, while it is in dispute
    if order.role_of(actor) is None:
        AuditEntry.objects.create(
            at=now,
            actor=actor,
            verb="orders.take_over_dispute",
            target=f"orders.order:{order.pk}",
            before={"status": order.dispute.status},
            after={"status": Status.WITH_STAFF},
        )
    _hand_over(order, order.dispute, actor=actor, now=now)


def check_escalation(order: Order, actor: User) -> None:
    check(order, "O15", actor)
    dispute = _ongoing(order)
    if dispute.status != Status.OPEN:
        raise Stale(_("This dispute is with our staff already."))
    answers = dispute.statements.exclude(side=dispute.side)
    if order.role_of(actor) == dispute.side and not answers.exists():
        text = _("%(name)s still has time to answer.")
        raise NotAllowed(text % {"name": order.other_side(actor).get_short_name()})


@transaction.atomic
def escalate_in_silence(*, order_id: UUID, now: datetime) -> None:
    """Have staff decide where nobody answered in time. Early or twice, nothing happens."""
    order = lock(order_id)
    dispute = order.dispute
    if order.on_hold or not dispute or not dispute.answer_by:
        return
    if dispute.answer_by <= now:
        _hand_over(order, dispute, actor=None, now=now)


@transaction.atomic
def withdraw_dispute(*, order_id: UUID, actor: User, now: datetime) -> None:
    """Take one's own dispute back (O18); the order goes on where it stood."""
    order, dispute, role = _take_part(order_id, actor)
    if dispute.side != role:
        raise NotAllowed(_("Who opened a dispute can withdraw it."))
    leave(order, dispute, OrderStatus(dispute.came_from), actor=actor, now=now)


def resumed_state(dispute: Dispute) -> OrderStatus:
    """Where the work goes on: what was handed over is changed, what was not is made."""
    if dispute.came_from == OrderStatus.IN_PROGRESS:
        return OrderStatus.IN_PROGRESS
    return OrderStatus.REVISION


def _take_part(order_id: UUID, actor: User) -> tuple[Order, Dispute, Role]:
    """The locked order, its dispute, and on which side somebody stands."""
    order, role = _lock_as_party(order_id, actor)
    return order, _ongoing(order), role


def _lock_as_party(order_id: UUID, actor: User) -> tuple[Order, Role]:
    order = lock(order_id)
    role = order.role_of(actor)
    sources = [OrderStatus.DISPUTED]
    return order, admit(order, actor, role, roles=PARTIES, sources=sources)


def _ongoing(order: Order) -> Dispute:
    assert order.dispute is not None  # noqa: S101 - a constraint, while it is in dispute
    return order.dispute


def _say(
    order: Order,
    role: Role,
    actor: User,
    text: str,
    files: list[StoredFile],
    *,
    now: datetime,
    offer: Ending | None,
) -> Statement:
    if not text.strip() or len(text) > LONGEST_TEXT:
        raise NotAllowed(_("Say what happened, in at most 10,000 characters."))
    statement = _ongoing(order).statements.create(
        side=role,
        author=actor,
        text=text,
        offer=offer.kind if offer else "",
        days=offer.days if offer else None,
        refund=offer.refund if offer else None,
        at=now,
    )
    attach(order, files, by=actor, now=now, statement=statement)
    return statement


def _said_already(
    order: Order,
    actor: User,
    text: str,
    files: list[StoredFile],
    offer: Ending | None,
) -> Statement | None:
    """The newest statement, if it is this one: somebody has pressed twice."""
    newest = newest_of(order, Statement.objects.all())
    if newest is None or (newest.author_id, newest.text) != (actor.pk, text):
        return None
    kept = set(newest.files.values_list("sha256", flat=True))
    same = kept == {file.sha256 for file in files} and _offered(newest) == offer
    return newest if same else None


def _offered(statement: Statement) -> Ending | None:
    kind, days, refund = statement.offer, statement.days, statement.refund
    return Ending(kind=OfferKind(kind), days=days, refund=refund) if kind else None


def _check_offer(order: Order, offer: Ending, before: OrderStatus) -> None:
    """Refuse what could not be done if the other side agreed."""
    if not offer.goes_on:
        most = payments.actions.refundable(order.pk)
        if offer.refund is None or not 0 <= offer.refund <= most:
            text = _("Name an amount of at most %(most)s.")
            raise NotAllowed(text % {"most": written(most, order.currency)})
        return
    if before == OrderStatus.COMPLETED:
        raise NotAllowed(_("This order is complete; only its money can be divided."))
    if offer.days is None or not 1 <= offer.days <= MOST_DAYS:
        raise NotAllowed(_("Name one to %(most)d days.") % {"most": MOST_DAYS})


def _hand_over(
    order: Order, dispute: Dispute, *, actor: User | None, now: datetime
) -> None:
    dispute.status, dispute.escalated_at = Status.WITH_STAFF, now
    dispute.turn, dispute.answer_by = "", None
    dispute.save(update_fields=["status", "escalated_at", "turn", "answer_by"])
    # Not in the language of whoever hands it over: staff read it.
    with override(settings.LANGUAGE_CODE):
        reason = dispute.get_reason_display()
        text = _("Decide the dispute about order %(order)s: %(reason)s.")
        text %= {"order": order.reference, "reason": reason}
    StaffTask.objects.raise_once(
        kind="orders.dispute",
        target=f"orders.dispute:{dispute.pk}",
        text=text,
        opened_at=now,
    )
    dispute_handed_over.send(
        sender=Order, order=order, dispute=dispute, actor=actor, at=now
    )


def _other(role: Role) -> Role:
    return Role.SELLER if role == Role.BUYER else Role.BUYER
