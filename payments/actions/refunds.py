"""Sending money back: set it aside, ask Stripe, believe what Stripe then says."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from gigstream.core.errors import NotAllowed
from gigstream.core.jobs import enqueue
from gigstream.core.models import StaffTask
from gigstream.core.money import written
from gigstream.services import stripe
from payments.actions import shares
from payments.actions.earnings import Taken, give, held, is_held, unearn, unearn_frozen
from payments.actions.posting import Posting, credit, debit, post, post_all
from payments.models import AccountKind, Payment, Refund
from payments.signals import stranger_told
from payments.status import PaymentStatus, RefundStatus

TOLD_BY_STRIPE = {
    "pending": RefundStatus.SUBMITTED,
    "requires_action": RefundStatus.SUBMITTED,
    "succeeded": RefundStatus.SUCCEEDED,
    "failed": RefundStatus.FAILED,
    "canceled": RefundStatus.CANCELED,
}

Part = tuple[Payment, shares.Share]

KEYS_LAST = timedelta(hours=20)
"""How long the same call is surely the same refund; later Stripe is asked for it first."""


def refundable(order_id: UUID) -> int:
    """How much of an order's price can still go back, its extras included."""
    return total(shares.left_of(shares.paid(order_id))).price


def parting(order_id: UUID, price: int) -> tuple[shares.Share, shares.Share]:
    """What a refund of `price` would send back, and what it would leave. Nothing is moved."""
    parts = shares.left_of(shares.paid(order_id).reverse())
    back = total(_divide(price, parts) if price else [])
    return back, total(parts) - back


@transaction.atomic
def refund(
    *,
    order_id: UUID,
    now: datetime,
    price: int | None = None,
    reason: str = "",
    by: User | None = None,
) -> list[Refund]:
    """Send `price` of an order back to its buyer, or all that is left (E7 to E10).

    Its part of the service fee goes along. The caller has locked the order. The money is
    set aside now, from wherever it is; a task tells Stripe after the commit. An order
    with paid extras gives one refund per payment, the newest payment first.
    """
    parts = lock_parts(order_id)
    parts = _some(parts if price is None else _divide(price, parts))
    return _set_aside(parts, reason=reason, by=by, now=now)


@transaction.atomic
def part(
    *,
    parts: list[Part],
    order_id: UUID,
    seller_id: UUID,
    currency: str,
    clears_at: datetime,
    now: datetime,
    price: int,
    reason: str = "",
    by: User | None = None,
) -> list[Refund]:
    """Send `price` of an order back whose money is still held, and give its seller the rest.

    That is E7 or E8, and then E2, posted together. The caller has locked the order and
    `parts`, all that is left of it.
    """
    taken = _take(price, parts)
    refunds = _note(taken, reason=reason, by=by, now=now)
    give(
        order_id=order_id,
        seller_id=seller_id,
        currency=currency,
        clears_at=clears_at,
        now=now,
        rest=total(parts) - total(taken),
        after=_postings(refunds, taken, [held(*each) for each in taken]),
    )
    return refunds


@transaction.atomic
def part_frozen(
    *,
    parts: list[Part],
    order_id: UUID,
    seller_id: UUID,
    currency: str,
    now: datetime,
    price: int,
    reason: str = "",
    by: User | None = None,
) -> list[Refund]:
    """Send `price` of an order back that was complete before its dispute (E9).

    The rest of its earnings clears again. The caller has locked the order and `parts`.
    """
    taken = _take(price, parts)
    refunds = _note(taken, reason=reason, by=by, now=now)
    shares_taken = [share for _payment, share in taken]
    sources = unearn_frozen(shares_taken, order_id=order_id, seller_id=seller_id)
    if taken:
        postings = _postings(refunds, taken, sources)
        post_all(postings, currency=currency, at=now, order_id=order_id)
    return refunds


def lock_parts(order_id: UUID) -> list[Part]:
    """What is left of each payment for the work, the newest first, with its row locked."""
    locked = shares.paid(order_id).select_for_update(of=("self",))
    return shares.left_of(list(reversed(locked)))


def total(parts: Iterable[Part]) -> shares.Share:
    """What parts of payments come to."""
    return shares.total(share for _payment, share in parts)


def _take(price: int, parts: list[Part]) -> list[Part]:
    """What `price` takes of each payment, where it takes anything; zero takes nothing."""
    return _some(_divide(price, parts)) if price else []


def _some(parts: list[Part]) -> list[Part]:
    return [(payment, share) for payment, share in parts if share.total]


def _divide(price: int, parts: list[Part]) -> list[Part]:
    """Take a part of the price from each payment in turn, as far as it reaches."""
    most = sum(left.price for _payment, left in parts)
    if price <= 0:
        raise NotAllowed(_("Name an amount above zero."))
    if price > most:
        amount = written(most, parts[0][0].currency) if parts else "0"
        raise NotAllowed(
            _("No more than %(amount)s of the price can go back.") % {"amount": amount}
        )
    divided = []
    for payment, left in parts:
        taken = min(price, left.price)
        price -= taken
        gone = shares.whole(payment) - left
        share = shares.next_part(payment, taken, gone=gone) if taken else shares.Share()
        divided.append((payment, share))
    return divided


def _set_aside(
    parts: list[Part],
    *,
    reason: str,
    by: User | None,
    now: datetime,
    stripe_id: str | None = None,
) -> list[Refund]:
    """Take parts of payments of one order from where they are, and have them sent."""
    if not parts:
        return []
    refunds = _note(parts, reason=reason, by=by, now=now, stripe_id=stripe_id)
    first, _share = parts[0]
    post_these = partial(
        post_all, currency=first.currency, at=now, order_id=first.order_id
    )
    if is_held(first):
        post_these(_postings(refunds, parts, [held(*each) for each in parts]))
        return refunds
    for refund, each in zip(refunds, parts, strict=True):
        # What it is taken from depends on what the one before has left.
        post_these(_postings([refund], [each], [unearn(*each)]))
    return refunds


def _note(
    parts: list[Part],
    *,
    reason: str,
    by: User | None,
    now: datetime,
    stripe_id: str | None = None,
) -> list[Refund]:
    """Write down what is to be sent back, and have a task send it or follow it up."""
    refunds = Refund.objects.bulk_create(
        Refund(
            payment=payment,
            intent_id=payment.intent_id or "",
            amount=share.total,
            price=share.price,
            fee=share.fee,
            commission=share.commission,
            currency=payment.currency,
            stripe_id=stripe_id,
            reason=reason[:300],
            requested_by=by,
            requested_at=now,
        )
        for payment, share in parts
    )
    for refund in refunds:
        enqueue("payments.tasks.submit_refund", refund_id=refund.pk)
    return refunds


def _postings(
    refunds: list[Refund], parts: list[Part], sources: list[Taken]
) -> list[Posting]:
    postings = []
    for refund, (payment, share), taken in zip(refunds, parts, sources, strict=True):
        rule, legs = taken
        is_all = share == shares.whole(payment)
        to = credit(AccountKind.REFUND_CLEARING, share.total, refund.pk)
        rule = "E7" if rule == "E8" and is_all else rule
        postings.append(Posting(rule, f"rreq:{refund.pk}", (*legs, to)))
    return postings


def submit_refund(*, refund_id: UUID, now: datetime) -> None:
    """Ask Stripe to send a requested refund; asking again is the same refund.

    Raises `StripeUnavailable` when Stripe's answer is not known, so that the task
    that called comes back.
    """
    refund = Refund.objects.get(pk=refund_id)
    if refund.status not in {RefundStatus.REQUESTED, RefundStatus.SUBMITTED}:
        return
    Refund.objects.filter(pk=refund_id).update(asked_at=now)
    try:
        told = _ask(refund, now=now)
    except stripe.StripeRefused as refusal:
        settle_refund(
            refund_id=refund_id, new=RefundStatus.FAILED, now=now, why=str(refusal)
        )
        return
    note_refund(told=told, now=now)


def _ask(refund: Refund, *, now: datetime) -> stripe.Refund:
    """Have Stripe send a refund, or look up what became of one that it has taken."""
    timeout = stripe.TASK_TIMEOUT
    if refund.stripe_id:
        return stripe.retrieve_refund(refund.stripe_id, timeout=timeout)
    if refund.requested_at < now - KEYS_LAST:
        found = stripe.find_refund(
            refund_id=refund.pk, intent_id=refund.intent_id, timeout=timeout
        )
        if found:
            return found
    return stripe.refund_intent(
        refund_id=refund.pk,
        intent_id=refund.intent_id,
        amount=refund.amount,
        timeout=timeout,
    )


def note_refund(*, told: stripe.Refund, now: datetime) -> bool:
    """Take over what Stripe says of one of our refunds; False if it is none of ours."""
    refund = _ours(told)
    if refund is None:
        return False
    settle_refund(
        refund_id=refund.pk,
        new=TOLD_BY_STRIPE.get(told.status, RefundStatus.SUBMITTED),
        now=now,
        stripe_id=told.id,
        why=told.failure_reason,
    )
    return True


def look_up_refund(*, stripe_id: str, now: datetime) -> None:
    """Ask Stripe about a refund whose news was lost, be it one of ours or not."""
    told = stripe.retrieve_refund(stripe_id, timeout=stripe.TASK_TIMEOUT)
    if not note_refund(told=told, now=now):
        announce_stranger(told=told, now=now)


def refresh_refunds(*, intent_id: str) -> None:
    """Have Stripe asked about the refunds of a payment that are still on their way."""
    waiting = Refund.objects.filter(
        intent_id=intent_id, status__in=[RefundStatus.REQUESTED, RefundStatus.SUBMITTED]
    )
    for pk in waiting.values_list("pk", flat=True):
        enqueue("payments.tasks.submit_refund", refund_id=pk)


@transaction.atomic
def announce_stranger(*, told: stripe.Refund, now: datetime) -> None:
    """Tell the apps above of a refund that was made at Stripe by hand; no lock is held here."""
    payment = Payment.objects.filter(intent_id=told.intent_id).first()
    order_id = payment.order_id if payment and told.intent_id else None
    stranger_told.send(sender=Refund, order_id=order_id, refund=told, at=now)


@transaction.atomic
def adopt_refund(*, told: stripe.Refund, now: datetime) -> None:
    """Book a refund that was made at Stripe by hand, as if it had been made here.

    The caller has locked the order. What fits no payment of ours lands on a desk.
    """
    if Refund.objects.filter(stripe_id=told.id).exists():
        return
    paid = Payment.objects.filter(
        intent_id=told.intent_id, status=PaymentStatus.SUCCEEDED
    )
    payment = paid.select_for_update(of=("self",)).first()
    if payment:
        gone = shares.gone(payment)
        share = shares.of_amount(payment, told.amount, gone=gone)
        if share.total == told.amount:
            reason = _("Made at Stripe by hand.")
            parts = [(payment, share)]
            _set_aside(parts, reason=reason, by=None, now=now, stripe_id=told.id)
            note_refund(told=told, now=now)
            return
    text = _("Stripe sent %(amount)s back that we did not ask for. Find out why.")
    StaffTask.objects.raise_once(
        kind="payments.strange_refund",
        target=f"payments.refund:{told.id}",
        text=text % {"amount": written(told.amount, told.currency)},
        opened_at=now,
    )


@transaction.atomic
def settle_refund(
    *,
    refund_id: UUID,
    new: RefundStatus,
    now: datetime,
    stripe_id: str | None = None,
    why: str = "",
) -> None:
    """Move a refund on, with its posting E10b. News that comes late or twice changes nothing."""
    refund = Refund.objects.select_for_update(of=("self",)).get(pk=refund_id)
    old = RefundStatus(refund.status)
    if not old.can_become(new):
        return
    refund.status = new
    refund.stripe_id = stripe_id or refund.stripe_id
    refund.failure = why[:300]
    refund.settled_at = None if new == RefundStatus.SUBMITTED else now
    refund.save(update_fields=["status", "stripe_id", "failure", "settled_at"])
    _post_outcome(refund, old=old, new=new, now=now)


def _post_outcome(
    refund: Refund, *, old: RefundStatus, new: RefundStatus, now: datetime
) -> None:
    clearing, owed = AccountKind.REFUND_CLEARING, AccountKind.BUYER_PAYABLE
    if new == RefundStatus.SUCCEEDED:
        post(
            "E10b",
            debit(clearing, refund.amount, refund.pk),
            credit(AccountKind.STRIPE, refund.amount),
            key=f"rok:{refund.pk}",
            currency=refund.currency,
            at=now,
            order_id=_order_id(refund),
        )
        enqueue("payments.tasks.issue_credit_note", refund_id=refund.pk)
    elif new in {RefundStatus.FAILED, RefundStatus.CANCELED}:
        came_back = old == RefundStatus.SUCCEEDED
        post(
            "E10b",
            debit(AccountKind.STRIPE, refund.amount)
            if came_back
            else debit(clearing, refund.amount, refund.pk),
            credit(owed, refund.amount, _creditor(refund)),
            key=f"rfail:{refund.pk}",
            currency=refund.currency,
            at=now,
            order_id=_order_id(refund),
        )
        _ask_staff_to_pay(refund, now=now)


def _ask_staff_to_pay(refund: Refund, *, now: datetime) -> None:
    """Nobody but a person finds another way to give a buyer their money."""
    text = _("A refund of %(amount)s did not arrive. The buyer is owed it: %(why)s")
    values = {
        "amount": written(refund.amount, refund.currency),
        "why": refund.failure[:150] or _("no reason was given"),
    }
    StaffTask.objects.raise_once(
        kind="payments.refund_failed",
        target=f"payments.refund:{refund.pk}",
        text=text % values,
        opened_at=now,
    )


def _order_id(refund: Refund) -> UUID | None:
    source = refund.payment or refund.unapplied
    return source.order_id if source else None


def _creditor(refund: Refund) -> UUID | str:
    """Whom a refund that failed is owed to; unknown payers keep the name of their payment."""
    if refund.payment:
        return refund.payment.buyer_id
    assert refund.unapplied is not None  # noqa: S101 - a constraint says it is one of the two
    return (
        refund.unapplied.order.buyer_id if refund.unapplied.order else refund.intent_id
    )


def _ours(told: stripe.Refund) -> Refund | None:
    by_id = Refund.objects.filter(stripe_id=told.id).first()
    if by_id:
        return by_id
    try:
        named = UUID(told.metadata.get("refund", ""))
    except ValueError:
        return None
    return Refund.objects.filter(pk=named, intent_id=told.intent_id).first()
