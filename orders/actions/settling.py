"""How a dispute ends: the money is divided, or the order goes on; by agreement or by staff."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

import payments.actions
from accounts.models import User
from gigs.actions.counters import count_completion, uncount_completion
from gigstream.core.errors import NotAllowed, Stale
from gigstream.core.jobs import together
from gigstream.core.models import AuditEntry, StaffTask
from gigstream.core.money import written
from orders.actions.moves import check, lock, move, share
from orders.models import Dispute, Order, Statement
from orders.signals import dispute_ended
from orders.status import WORKING, OrderStatus, Role, back_to

Status = Dispute.Status
OUTCOMES = {
    "O15": Status.RELEASED,
    "O16": Status.REFUNDED,
    "O17": Status.SPLIT,
}


@transaction.atomic
@together()
def decide_dispute(
    *,
    order_id: UUID,
    actor: User,
    refund: int,
    ruling: str,
    seen: UUID,
    most: int,
    now: datetime,
) -> None:
    """Staff decide how much of the price goes back; both sides read why (O15 to O17).

    `seen` is the newest statement that the actor has read, and `most` what could go back
    then. If that is no longer so, they look again: `Stale`.
    """
    order = lock(order_id)
    if check(order, "O15", actor) != Role.STAFF:
        raise NotAllowed(_("This is not yours to do."))
    newest = newest_of(order, Statement.objects.all())
    assert newest is not None  # noqa: S101 - a dispute is opened with one
    dispute = newest.dispute
    if dispute.status != Status.WITH_STAFF:
        raise NotAllowed(_("The two may still agree. Take the dispute over first."))
    if not ruling.strip():
        raise NotAllowed(_("Give your reasons; both sides read them."))
    if newest.pk != seen:
        raise Stale(_("Somebody said something meanwhile. Read it, and decide anew."))
    parts = payments.actions.lock_parts(order.pk)
    if payments.actions.total(parts).price != most:
        raise Stale(_("Something was refunded meanwhile. Look again, and decide anew."))
    divide(order, dispute, parts, refund, actor=actor, now=now, ruling=ruling)
    AuditEntry.objects.create(
        at=now,
        actor=actor,
        verb="orders.decide_dispute",
        target=f"orders.order:{order.pk}",
        before={
            "status": OrderStatus.DISPUTED,
            "refundable": written(most, order.currency),
        },
        after={"status": order.status, "returned": written(refund, order.currency)},
        reason=ruling,
    )


def newest_of(order: Order, among: QuerySet[Statement]) -> Statement | None:
    """The last word in the dispute of a locked order, with the dispute; one query."""
    said = among.filter(dispute=order.dispute_id).select_related("dispute")
    return said.order_by("-at", "-id").first()


def divide(
    order: Order,
    dispute: Dispute,
    parts: list[payments.actions.Part],
    refund: int,
    *,
    actor: User,
    now: datetime,
    ruling: str = "",
) -> None:
    """Send `refund` of the price back and give the seller the rest (E7 to E9, then E2).

    The caller has locked the order and its `parts`, what is left of each payment. Where
    it was complete before, E2 came first, and what is left of the earnings clears again.
    """
    most = payments.actions.total(parts).price
    if not 0 <= refund <= most:
        raise Stale(_("Something was refunded meanwhile. Agree on an amount anew."))
    code = "O15" if refund == 0 else "O16" if refund == most else "O17"
    _record_end(
        dispute, OUTCOMES[code], actor=actor, now=now, refund=refund, ruling=ruling
    )
    order.dispute = None
    _count(order, dispute, code, now)
    move(order, code, "dispute", "completed_at", actor=actor, now=now, reason=ruling)
    reason = ruling or _("Agreed in a dispute.")
    if dispute.came_from != OrderStatus.COMPLETED:
        share(order, parts, refund, reason=reason, actor=actor, now=now)
    else:
        payments.actions.part_frozen(
            parts=parts,
            order_id=order.pk,
            seller_id=order.seller_id,
            currency=order.currency,
            now=now,
            price=refund,
            reason=reason,
            by=actor,
        )
    _end(order, dispute, actor=actor, now=now)


def _count(order: Order, dispute: Dispute, code: str, now: datetime) -> None:
    was_complete = dispute.came_from == OrderStatus.COMPLETED
    if was_complete and code == "O16":
        uncount_completion(gig_id=order.gig_id)
    elif not was_complete and code != "O16":
        order.completed_at = now
        count_completion(gig_id=order.gig_id)


def leave(
    order: Order,
    dispute: Dispute,
    to: OrderStatus,
    *,
    actor: User,
    now: datetime,
    days: int | None = None,
) -> None:
    """Let the order go on (O18). What stood still is made up for, or due in `days` from now."""
    status = Status.WITHDRAWN if days is None else Status.RESUMED
    _record_end(dispute, status, actor=actor, now=now)
    order.dispute = None
    paused = now - dispute.opened_at
    if to in WORKING:
        order.review_ends_at = None
        due_at = order.due_at and order.due_at + paused
        order.due_at = due_at if days is None else now + timedelta(days=days)
    elif to == OrderStatus.DELIVERED and order.review_ends_at:
        order.review_ends_at += paused
    changed = "dispute", "due_at", "review_ends_at"
    move(order, back_to(to), *changed, actor=actor, now=now)
    if dispute.came_from == OrderStatus.COMPLETED:
        payments.actions.unfreeze(order_id=order.pk)
    _end(order, dispute, actor=actor, now=now)


def _record_end(
    dispute: Dispute,
    status: Dispute.Status,
    *,
    actor: User,
    now: datetime,
    refund: int | None = None,
    ruling: str = "",
) -> None:
    dispute.status, dispute.refund, dispute.ruling = status, refund, ruling
    dispute.closed_at, dispute.closed_by = now, actor
    dispute.turn, dispute.answer_by = "", None
    dispute.save(
        update_fields=[
            "status",
            "refund",
            "ruling",
            "closed_at",
            "closed_by",
            "turn",
            "answer_by",
        ]
    )


def _end(order: Order, dispute: Dispute, *, actor: User, now: datetime) -> None:
    if dispute.escalated_at:
        waiting = StaffTask.objects.open().filter(
            kind="orders.dispute", target=f"orders.dispute:{dispute.pk}"
        )
        waiting.update(closed_at=now, closed_by=actor)
    dispute_ended.send(sender=Order, order=order, dispute=dispute, actor=actor, at=now)
