"""Corrections by hand: one of the staff proposes, another one approves, then it is posted."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from gigstream.core.errors import NotAllowed, Stale
from gigstream.core.models import AuditEntry
from gigstream.core.money import written
from payments.actions.earnings import pay
from payments.actions.posting import Leg, credit, debit, post
from payments.models import AccountKind as Kind
from payments.models import Adjustment, AdjustmentKind, AdjustmentStatus

MAY_PROPOSE = "payments.add_adjustment"
MAY_APPROVE = "payments.change_adjustment"

VERBS = {
    AdjustmentStatus.PROPOSED: "propose",
    AdjustmentStatus.APPROVED: "approve",
    AdjustmentStatus.REJECTED: "reject",
}


@transaction.atomic
def propose_adjustment(
    *,
    kind: AdjustmentKind,
    person: User,
    amount: int,
    currency: str,
    reason: str,
    actor: User,
    now: datetime,
) -> Adjustment:
    """Ask a colleague to agree to a correction; nothing is posted yet."""
    _check(actor, MAY_PROPOSE, person)
    adjustment = Adjustment.objects.create(
        kind=kind,
        person=person,
        amount=amount,
        currency=currency,
        reason=reason[:300],
        proposed_by=actor,
        proposed_at=now,
    )
    _audit(adjustment, actor, now)
    return adjustment


@transaction.atomic
def approve_adjustment(*, adjustment_id: UUID, actor: User, now: datetime) -> None:
    """Agree to a colleague's correction, and post it (E15, or E10c for a buyer)."""
    adjustment = _open(adjustment_id, actor)
    if actor.pk == adjustment.proposed_by_id:
        raise NotAllowed(_("This was your own proposal; a colleague has to agree."))
    _decide(adjustment, AdjustmentStatus.APPROVED, actor, now)
    is_payment = adjustment.kind == AdjustmentKind.BUYER_PAID
    post(
        "E10c" if is_payment else "E15",
        *_legs(adjustment),
        key=f"{'bpay' if is_payment else 'adj'}:{adjustment.pk}",
        currency=adjustment.currency,
        at=now,
    )


@transaction.atomic
def reject_adjustment(*, adjustment_id: UUID, actor: User, now: datetime) -> None:
    """Turn a correction down, or take back one's own."""
    _decide(_open(adjustment_id, actor), AdjustmentStatus.REJECTED, actor, now)


def _open(adjustment_id: UUID, actor: User) -> Adjustment:
    adjustment = (
        Adjustment.objects.select_for_update(of=("self",))
        .select_related("person")
        .get(pk=adjustment_id)
    )
    _check(actor, MAY_APPROVE, adjustment.person)
    if adjustment.status != AdjustmentStatus.PROPOSED:
        raise Stale(_("This was decided already."))
    return adjustment


def _check(actor: User, permission: str, person: User) -> None:
    if not actor.has_perm(permission) or actor.pk == person.pk:
        raise NotAllowed(_("This is not yours to do."))


def _decide(
    adjustment: Adjustment, status: AdjustmentStatus, actor: User, now: datetime
) -> None:
    adjustment.status = status
    adjustment.decided_by, adjustment.decided_at = actor, now
    adjustment.save(update_fields=["status", "decided_by", "decided_at"])
    _audit(adjustment, actor, now)


def _legs(adjustment: Adjustment) -> list[Leg]:
    amount, person = adjustment.amount, adjustment.person_id
    match AdjustmentKind(adjustment.kind):
        case AdjustmentKind.WRITE_OFF:
            return [
                debit(Kind.BAD_DEBT, amount),
                credit(Kind.SELLER_RECEIVABLE, amount, person),
            ]
        case AdjustmentKind.GOODWILL:
            return [
                debit(Kind.GOODWILL, amount),
                *pay(person, amount, adjustment.currency),
            ]
        case AdjustmentKind.BUYER_PAID:
            return [
                debit(Kind.BUYER_PAYABLE, amount, person),
                credit(Kind.STRIPE, amount),
            ]
    # What a buyer was owed and has from their bank already, we had written off.
    return [
        debit(Kind.BUYER_PAYABLE, amount, person),
        credit(Kind.BAD_DEBT, amount),
    ]


def _audit(adjustment: Adjustment, actor: User, now: datetime) -> None:
    AuditEntry.objects.create(
        at=now,
        actor=actor,
        verb=f"payments.{VERBS[AdjustmentStatus(adjustment.status)]}_adjustment",
        target=f"payments.adjustment:{adjustment.pk}",
        after={
            "kind": adjustment.kind,
            "person": str(adjustment.person_id),
            "amount": written(adjustment.amount, adjustment.currency),
        },
        reason=adjustment.reason,
    )
