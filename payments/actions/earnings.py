"""A seller's money: earned, cleared, taken back, given again."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Case, Exists, F, Q, Value, When
from django.utils.translation import gettext as _

from gigstream.core.errors import Stale
from gigstream.core.jobs import enqueue
from payments.actions import shares
from payments.actions.posting import (
    Leg,
    Posting,
    credit,
    debit,
    hold,
    post,
    post_all,
)
from payments.models import (
    AccountKind,
    Earning,
    LedgerEntry,
    LedgerTransaction,
    Payment,
    Purpose,
)
from payments.models.ledger import EarningQuerySet

AVAILABLE, RECEIVABLE = AccountKind.SELLER_AVAILABLE, AccountKind.SELLER_RECEIVABLE
PENDING = AccountKind.SELLER_PENDING

Taken = tuple[str, list[Leg]]
"""The number of a rule, and the debits that it makes."""


@transaction.atomic
def release(
    *,
    order_id: UUID,
    seller_id: UUID,
    currency: str,
    clears_at: datetime,
    now: datetime,
) -> None:
    """Give what is held for a completed order to its seller (E2); it clears later.

    The caller has locked the order. Twice is once; where all went back there is nothing.
    """
    parts = shares.left_of(shares.paid(order_id))
    give(
        order_id=order_id,
        seller_id=seller_id,
        currency=currency,
        clears_at=clears_at,
        now=now,
        rest=shares.total(left for _payment, left in parts),
    )


def give(
    *,
    order_id: UUID,
    seller_id: UUID,
    currency: str,
    clears_at: datetime,
    now: datetime,
    rest: shares.Share,
    after: Sequence[Posting] = (),
) -> None:
    """Post E2 for what is left of an order, `after` what takes the other part of it.

    The caller has locked the order, and read what is left then. Twice is once.
    """
    done = Posting(
        "E2",
        f"done:{order_id}",
        (
            debit(AccountKind.ESCROW, rest.price, order_id),
            debit(AccountKind.FEE_DEFERRED, rest.fee, order_id),
            credit(PENDING, rest.sellers, seller_id),
            credit(AccountKind.COMMISSION, rest.commission),
            credit(AccountKind.SERVICE_FEE, rest.fee),
        ),
    )
    postings = [*after, done] if rest.total else after
    new = post_all(postings, currency=currency, at=now, order_id=order_id)
    if done.key not in new:
        return
    enqueue("payments.tasks.issue_invoice", order_id=order_id)
    if rest.sellers > 0:
        Earning.objects.create(
            order_id=order_id,
            seller_id=seller_id,
            amount=rest.sellers,
            currency=currency,
            earned_at=now,
            clears_at=clears_at,
        )


def earn_tip(payment: Payment, *, now: datetime) -> None:
    """Give a tip to the seller (E14), as a lot of its own; we keep nothing of it."""
    seller_id, policy = payment.order.seller_id, payment.order.policy
    post(
        "E14",
        debit(AccountKind.STRIPE, payment.amount),
        credit(PENDING, payment.amount, seller_id),
        key=f"tip:{payment.pk}",
        currency=payment.currency,
        at=now,
        order_id=payment.order_id,
    )
    Earning.objects.create(
        order_id=payment.order_id,
        tip=payment,
        seller_id=seller_id,
        amount=payment.amount,
        currency=payment.currency,
        earned_at=now,
        clears_at=now + timedelta(days=policy.clearance_days),
    )


@transaction.atomic
def clear(*, earning_id: UUID, now: datetime) -> None:
    """Make a lot available whose time has come (E3); debts of the seller are paid first."""
    lot = Earning.objects.select_for_update(of=("self",)).get(pk=earning_id)
    if lot.cleared_at or lot.is_held or lot.clears_at > now:
        return
    if lot.remaining:
        post(
            "E3",
            debit(PENDING, lot.remaining, lot.seller_id),
            *pay(lot.seller_id, lot.remaining, lot.currency),
            key=f"clear:{lot.pk}",
            currency=lot.currency,
            at=now,
            order_id=lot.order_id,
        )
    lot.cleared_at = now
    lot.save(update_fields=["cleared_at"])


@transaction.atomic
def freeze(*, order_id: UUID, now: datetime) -> bool:
    """Keep the uncleared earnings of an order from clearing; the caller has locked the order.

    Says whether what the work itself brought is held now; if not, it has cleared already.
    """
    _lots(order_id).filter(frozen_at=None).update(frozen_at=now)
    return _lots(order_id).filter(tip=None).exists()


def is_clearing(order_id: UUID, *, at: datetime) -> bool:
    """Whether what an order brought waits to clear, and its time has not come."""
    return Earning.objects.clearing(at=at).filter(order_id=order_id).exists()


@transaction.atomic
def unfreeze(*, order_id: UUID) -> None:
    """Let the earnings of an order clear again, at their time or at once if it is over."""
    _lots(order_id).update(frozen_at=None)


def _lots(order_id: UUID) -> EarningQuerySet:
    return Earning.objects.uncleared().filter(order_id=order_id)


# --- Legs that depend on what the seller has -----------------------------------------


def pay(seller_id: UUID, amount: int, currency: str) -> list[Leg]:
    """Credit a seller: what they owe is paid first, the rest is theirs to withdraw."""
    has = hold(AVAILABLE, RECEIVABLE, subject=seller_id, currency=currency)
    owed = min(amount, has[RECEIVABLE])
    return [
        credit(RECEIVABLE, owed, seller_id),
        credit(AVAILABLE, amount - owed, seller_id),
    ]


def charge(seller_id: UUID, amount: int, currency: str) -> list[Leg]:
    """Debit a seller: what is there to withdraw goes first, the rest they owe."""
    has = hold(AVAILABLE, RECEIVABLE, subject=seller_id, currency=currency)
    there = min(amount, has[AVAILABLE])
    return [
        debit(AVAILABLE, there, seller_id),
        debit(RECEIVABLE, amount - there, seller_id),
    ]


def lot_of(payment: Payment) -> Earning | None:
    """The lot that a payment has become part of, locked; None while it is in escrow."""
    lots = Earning.objects.select_for_update(of=("self",)).filter(
        order_id=payment.order_id
    )
    if payment.purpose == Purpose.TIP:
        return lots.get(tip=payment)
    return lots.filter(tip=None).first()


def is_held(payment: Payment) -> bool:
    """Whether it is still held for its order: E2 has not given it to the seller."""
    if payment.purpose == Purpose.TIP:
        return False
    known: bool | None = getattr(payment, "is_released", None)
    if known is not None:
        return not known
    done = LedgerTransaction.objects.filter(key=f"done:{payment.order_id}")
    return not done.exists()


def held(payment: Payment, share: shares.Share) -> Taken:
    """The debits by which a share of a payment is taken from what is held for its order."""
    return "E8", [
        debit(AccountKind.ESCROW, share.price, payment.order_id),
        debit(AccountKind.FEE_DEFERRED, share.fee, payment.order_id),
    ]


def take_back(payment: Payment, share: shares.Share) -> Taken:
    """The debits by which a share of a payment is taken from where it is now.

    With the number of the rule: E8 from escrow, E9 from what has not cleared, E10 from
    what the seller has or will owe. The caller has locked order and payment.
    """
    return held(payment, share) if is_held(payment) else unearn(payment, share)


def unearn(payment: Payment, share: shares.Share) -> Taken:
    """The debits by which it is taken once it was given to the seller (E9, E10)."""
    lot = lot_of(payment)
    if lot is None:
        # A last cent that was all commission; the seller never had a part of it.
        return "E9", _ours(share)
    if lot.cleared_at:
        lot.taken_back += share.sellers
        lot.save(update_fields=["taken_back"])
        charged = charge(lot.seller_id, share.sellers, lot.currency)
        return "E10", [*charged, *_ours(share)]
    lot.returned += share.sellers
    lot.save(update_fields=["returned"])
    return "E9", [debit(PENDING, share.sellers, lot.seller_id), *_ours(share)]


def unearn_frozen(
    parts: Iterable[shares.Share], *, order_id: UUID, seller_id: UUID
) -> list[Taken]:
    """The debits by which parts of an order are taken whose dispute keeps its lot (E9).

    What is left of its lots clears again. The caller has locked the order.
    """
    parts = list(parts)
    work = Q(tip=None)
    back = Case(
        When(work, then=Value(sum(share.sellers for share in parts))),
        default=Value(0),
    )
    lots = _lots(order_id).filter(Exists(_lots(order_id).filter(work)))
    if not lots.update(returned=F("returned") + back, frozen_at=None):
        raise Stale(_("What this order brought has cleared meanwhile."))
    return [
        ("E9", [debit(PENDING, share.sellers, seller_id), *_ours(share)])
        for share in parts
    ]


def _ours(share: shares.Share) -> list[Leg]:
    return [
        debit(AccountKind.COMMISSION, share.commission),
        debit(AccountKind.SERVICE_FEE, share.fee),
    ]


def give_back(payment: Payment, taken: Iterable[LedgerEntry]) -> list[Leg]:
    """The credits by which what `take_back` took goes where it came from.

    What the seller had, or owes since, goes to the debt first.
    """
    legs, sellers = [], 0
    for entry in taken:
        kind = AccountKind(entry.account.kind)
        if kind in {AVAILABLE, RECEIVABLE}:
            sellers += entry.amount
        else:
            legs.append(credit(kind, entry.amount, entry.account.subject))
        if kind == PENDING and (lot := lot_of(payment)):
            lot.returned -= entry.amount
            lot.save(update_fields=["returned"])
    if sellers and (lot := lot_of(payment)):
        lot.taken_back -= sellers
        lot.save(update_fields=["taken_back"])
        legs += pay(lot.seller_id, sellers, lot.currency)
    return legs
