"""Corrections by hand: one of the staff proposes, another one approves, then it is posted."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from gigstream.core.errors import NotAllowed, Stale
from gigstream.core.models import AuditEntry
from gigstream.core.money import written
from payments.actions import lines, returned_late
from payments.actions.earnings import pay
from payments.actions.posting import Leg, credit, debit, post
from payments.models import AccountKind as Kind
from payments.models import (
    Adjustment,
    AdjustmentKind,
    AdjustmentStatus,
    Chargeback,
    StripeLine,
)

MAY_PROPOSE = "payments.add_adjustment"
MAY_APPROVE = "payments.change_adjustment"

VERBS = {
    AdjustmentStatus.PROPOSED: "payments.propose_adjustment",
    AdjustmentStatus.APPROVED: "payments.approve_adjustment",
    AdjustmentStatus.REJECTED: "payments.reject_adjustment",
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
    """Ask a colleague to agree to a correction; nothing is posted yet.

    The same one is not proposed twice at a time, so that a double click is one.
    """
    _check(actor, MAY_PROPOSE, [person.pk])
    adjustment = Adjustment(kind=kind, person=person, amount=amount, currency=currency)
    User.objects.select_for_update(of=("self",)).get(pk=person.pk)
    same = person.adjustments.filter(kind=kind, amount=amount, currency=currency)
    if same.filter(status=AdjustmentStatus.PROPOSED).exists():
        raise Stale(_("This is proposed already; a colleague has to agree."))
    return _propose(adjustment, reason=reason, actor=actor, now=now)


@transaction.atomic
def propose_for_returned_late(
    *,
    chargeback_id: UUID,
    kind: AdjustmentKind,
    reason: str,
    actor: User,
    now: datetime,
) -> Adjustment:
    """Ask a colleague to agree to whose the money is that a bank returned too late.

    There is one proposal at a time, and none after one was approved.
    """
    chargebacks = Chargeback.objects.select_for_update(of=("self",))
    chargeback = chargebacks.select_related("order").get(pk=chargeback_id)
    _check(actor, MAY_PROPOSE, returned_late.people_of(chargeback))
    returned_late.check_it_waits(chargeback)
    returned_late.check_order_is_over(chargeback)
    amount = returned_late.decisions_about(chargeback).get(kind)
    if amount is None:
        raise NotAllowed(_("None of this money is theirs."))
    adjustment = Adjustment(
        kind=kind,
        person=returned_late.whose(kind, chargeback),
        chargeback=chargeback,
        amount=amount,
        currency=chargeback.currency,
    )
    return _propose(adjustment, reason=reason, actor=actor, now=now)


@transaction.atomic
def propose_for_line(
    *, line_id: UUID, reason: str, actor: User, now: datetime
) -> Adjustment:
    """Tell a colleague what a line of Stripe's is that no posting of ours explains."""
    line = StripeLine.objects.select_for_update(of=("self",)).get(pk=line_id)
    _check(actor, MAY_PROPOSE, [])
    lines.check_it_is_strange(line, now=now)
    adjustment = Adjustment(
        kind=AdjustmentKind.STRIPE_LINE,
        line=line,
        amount=abs(line.amount),
        currency=line.currency,
    )
    return _propose(adjustment, reason=reason, actor=actor, now=now)


@transaction.atomic
def approve_adjustment(*, adjustment_id: UUID, actor: User, now: datetime) -> None:
    """Agree to a colleague's correction, and post it.

    As E15, or E10c for a buyer, E16 where a bank returned money late, E17 for Stripe's line.
    """
    adjustment = _open(adjustment_id, actor)
    if actor.pk == adjustment.proposed_by_id:
        raise NotAllowed(_("This was your own proposal; a colleague has to agree."))
    _decide(adjustment, AdjustmentStatus.APPROVED, actor, now)
    if adjustment.chargeback:
        returned_late.settle(adjustment, adjustment.chargeback, now=now)
        return
    if adjustment.line:
        lines.explain(adjustment.line, now=now)
        return
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
        .select_related("person", "chargeback__order", "line")
        .get(pk=adjustment_id)
    )
    _check(
        actor,
        MAY_APPROVE,
        [adjustment.person_id, *returned_late.people_of(adjustment.chargeback)],
    )
    if adjustment.status != AdjustmentStatus.PROPOSED:
        raise Stale(_("This was decided already."))
    return adjustment


def _check(actor: User, permission: str, people: Iterable[UUID | None]) -> None:
    """Who may, and is none of the people concerned."""
    if not actor.has_perm(permission) or actor.pk in people:
        raise NotAllowed(_("This is not yours to do."))


def _propose(
    adjustment: Adjustment, *, reason: str, actor: User, now: datetime
) -> Adjustment:
    adjustment.reason = reason[:300]
    adjustment.proposed_by, adjustment.proposed_at = actor, now
    adjustment.save(force_insert=True)
    _audit(adjustment, actor, now)
    return adjustment


def _decide(
    adjustment: Adjustment, status: AdjustmentStatus, actor: User, now: datetime
) -> None:
    adjustment.status = status
    adjustment.decided_by, adjustment.decided_at = actor, now
    adjustment.save(update_fields=["status", "decided_by", "decided_at"])
    _audit(adjustment, actor, now)


def _legs(adjustment: Adjustment) -> list[Leg]:
    amount, person = adjustment.amount, adjustment.person_id
    assert person is not None  # noqa: S101 - a constraint says so of these kinds
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
        verb=VERBS[AdjustmentStatus(adjustment.status)],
        target=f"payments.adjustment:{adjustment.pk}",
        after={
            "kind": adjustment.kind,
            "amount": written(adjustment.amount, adjustment.currency),
            **_about(adjustment),
        },
        reason=adjustment.reason,
    )


def _about(adjustment: Adjustment) -> dict[str, str]:
    keys = {
        "person": adjustment.person_id,
        "chargeback": adjustment.chargeback_id,
        "line": adjustment.line_id,
    }
    return {name: str(key) for name, key in keys.items() if key}
