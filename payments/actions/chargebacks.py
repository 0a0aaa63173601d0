"""A buyer contests a payment at their bank, who takes the money and may give it back.

Stripe tells it in pieces, in any order: opened, money withdrawn, money reinstated, won,
lost. Each piece is written down, and what follows from all of them together is posted.
"""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.models import User
from gigstream.core.errors import NotAllowed, Stale
from gigstream.core.models import AuditEntry, StaffTask
from gigstream.core.money import written
from gigstream.services import stripe
from payments.actions import returned_late, shares
from payments.actions.earnings import give_back, take_back
from payments.actions.posting import Leg, balance, credit, debit, post
from payments.models import AccountKind as Kind
from payments.models import (
    Chargeback,
    LedgerEntry,
    Payment,
    UnappliedPayment,
)
from payments.signals import chargeback_told
from payments.status import TO_ANSWER, ChargebackStatus

MAY_ANSWER = "payments.change_chargeback"

NO_SOURCE = {Kind.STRIPE, Kind.DISPUTE_HOLD, Kind.DISPUTE_FEES, Kind.DISPUTE_RESERVE}


def knows_payment_of(dispute: stripe.Dispute) -> bool:
    """Whether the contested money is in our books."""
    ours = (Payment.objects.succeeded(), UnappliedPayment.objects.all())
    return any(each.filter(intent_id=dispute.intent_id).exists() for each in ours)


@transaction.atomic
def announce_chargeback(*, dispute: stripe.Dispute, now: datetime) -> None:
    """Tell the apps above, who lock the order first; no lock is held here."""
    paid = Payment.objects.succeeded().filter(intent_id=dispute.intent_id)
    payment = paid.first()
    order_id = payment.order_id if payment and dispute.intent_id else None
    chargeback_told.send(sender=Chargeback, order_id=order_id, dispute=dispute, at=now)


@transaction.atomic
def note_chargeback(*, dispute: stripe.Dispute, now: datetime) -> Chargeback:
    """Take over what Stripe says of a contested payment (E11 to E13).

    The caller has locked the order. News that comes late, early or twice ends in the same
    books: no status goes backwards, and each posting has its key.
    """
    # Money that fitted no order has left its payment alone.
    paid = Payment.objects.succeeded().filter(intent_id=dispute.intent_id)
    payment = paid.select_for_update(of=("self",)).first()
    chargeback = _row(dispute, payment, now=now)
    new = ChargebackStatus(dispute.status)
    if ChargebackStatus(chargeback.status).can_become(new):
        chargeback.status, chargeback.answer_by = new, dispute.answer_by
    if dispute.withdrawn and not chargeback.withdrawn_at:
        _withdraw(chargeback, dispute.stripe_fee, now=now)
    if dispute.reinstated and not chargeback.reinstated_at:
        _reinstate(chargeback, now=now)
    if chargeback.status == ChargebackStatus.LOST:
        _lose(chargeback, now=now)
    chargeback.save(
        update_fields=[
            "status",
            "answer_by",
            "withdrawn_at",
            "reinstated_at",
            "lost_at",
            "price",
            "fee",
            "commission",
        ]
    )
    _tell_staff(chargeback, now=now)
    return chargeback


def _tell_staff(chargeback: Chargeback, *, now: datetime) -> None:
    """Put on the desk what waits for an answer, and take off what does not any more."""
    kind, target = "payments.chargeback", f"payments.chargeback:{chargeback.pk}"
    if chargeback.status in TO_ANSWER:
        text = _(
            "A buyer contests %(amount)s at their bank. Answer with evidence%(by)s."
        )
        by = chargeback.answer_by
        values = {
            "amount": written(chargeback.amount, chargeback.currency),
            "by": _(" by %(day)s") % {"day": date_format(by, "MONTH_DAY_FORMAT")}
            if by
            else "",
        }
        StaffTask.objects.raise_once(
            kind=kind, target=target, text=text % values, opened_at=now
        )
    else:
        StaffTask.objects.open().filter(kind=kind, target=target).update(closed_at=now)


def is_held(order_id: UUID) -> bool:
    """Whether a bank keeps an order where it is."""
    return Chargeback.objects.holding().filter(order_id=order_id).exists()


def look_up_chargeback(*, chargeback_id: UUID, now: datetime) -> None:
    """Ask Stripe what became of a chargeback whose webhook may have been lost."""
    chargeback = Chargeback.objects.get(pk=chargeback_id)
    look_up_dispute(stripe_id=chargeback.stripe_id, now=now)


def look_up_dispute(*, stripe_id: str, now: datetime) -> None:
    """Ask Stripe about a chargeback of which we may never have heard."""
    dispute = stripe.retrieve_dispute(stripe_id, timeout=stripe.TASK_TIMEOUT)
    announce_chargeback(dispute=dispute, now=now)


def answer_chargeback(
    *,
    chargeback_id: UUID,
    evidence: dict[str, str],
    paper: bytes,
    actor: User,
    now: datetime,
) -> None:
    """Send our side of the story to the bank, which takes it once: as fields, and as a PDF.

    Not to be called in a transaction. Raises `StripeUnavailable`; sent again, it is the
    same answer.
    """
    if not actor.has_perm(MAY_ANSWER):
        raise NotAllowed(_("This is not yours to do."))
    chargeback = Chargeback.objects.get(pk=chargeback_id)
    if chargeback.status not in TO_ANSWER:
        raise Stale(_("This chargeback waits for no answer any more."))
    try:
        file = stripe.upload_evidence(paper, name=f"{chargeback.stripe_id}.pdf")
        evidence = {**evidence, "uncategorized_file": file}
        dispute = stripe.answer_dispute(chargeback.stripe_id, evidence=evidence)
    except stripe.StripeRefused as refusal:
        raise NotAllowed(str(refusal)) from refusal
    with transaction.atomic():
        announce_chargeback(dispute=dispute, now=now)
        Chargeback.objects.filter(pk=chargeback_id).update(answered_at=now)
        AuditEntry.objects.create(
            at=now,
            actor=actor,
            verb="payments.answer_chargeback",
            target=f"payments.chargeback:{chargeback_id}",
            after={"fields": sorted(evidence)},
        )


def _row(
    dispute: stripe.Dispute, payment: Payment | None, *, now: datetime
) -> Chargeback:
    chargeback, _is_new = Chargeback.objects.get_or_create(
        stripe_id=dispute.id,
        defaults={
            "intent_id": dispute.intent_id,
            "payment": payment,
            "order_id": payment.order_id if payment else None,
            "amount": dispute.amount,
            "currency": dispute.currency,
            "status": dispute.status,
            "reason": dispute.reason[:60],
            "answer_by": dispute.answer_by,
            "opened_at": dispute.opened_at,
        },
    )
    return Chargeback.objects.select_for_update(of=("self",)).get(pk=chargeback.pk)


# --- What follows -----------------------------------------------------------------


def _withdraw(chargeback: Chargeback, stripe_fee: int, *, now: datetime) -> None:
    """The bank takes the money (E11): from where the payment's parts are by now."""
    amount, subject = chargeback.amount, chargeback.pk
    sources = _sources(chargeback)
    _post(
        chargeback,
        "E11",
        debit(Kind.DISPUTE_HOLD, amount, subject),
        debit(Kind.DISPUTE_FEES, stripe_fee),
        *sources,
        credit(Kind.STRIPE, amount + stripe_fee),
        credit(Kind.DISPUTE_RESERVE, amount, subject),
        key=f"cbw:{subject}",
        now=now,
    )
    chargeback.withdrawn_at = now


def _sources(chargeback: Chargeback) -> list[Leg]:
    """Whom it is taken from; what was returned before is not taken a second time."""
    payment = chargeback.payment
    if payment is None:
        loose = balance(Kind.UNAPPLIED, chargeback.intent_id, chargeback.currency)
        loose = min(loose, chargeback.amount)
        return [
            debit(Kind.UNAPPLIED, loose, chargeback.intent_id),
            debit(Kind.BAD_DEBT, chargeback.amount - loose),
        ]
    gone = shares.gone(payment)
    share = shares.of_amount(payment, chargeback.amount, gone=gone)
    chargeback.price, chargeback.fee = share.price, share.fee
    chargeback.commission = share.commission
    _from, sources = take_back(payment, share)
    return [*sources, debit(Kind.BAD_DEBT, chargeback.amount - share.total)]


def _reinstate(chargeback: Chargeback, *, now: datetime) -> None:
    """The bank gives the money back (E12): to where it was taken from.

    Where we had booked it as lost already, nobody waits for it any more: it is unapplied,
    and staff decide.
    """
    amount, subject = chargeback.amount, chargeback.pk
    is_lost = chargeback.lost_at is not None
    back = (
        [credit(Kind.UNAPPLIED, amount, subject)]
        if is_lost
        else [
            debit(Kind.DISPUTE_RESERVE, amount, subject),
            credit(Kind.DISPUTE_HOLD, amount, subject),
            *_restored(chargeback),
        ]
    )
    _post(
        chargeback,
        "E12",
        debit(Kind.STRIPE, amount),
        *back,
        key=f"cbwon:{subject}",
        now=now,
    )
    chargeback.reinstated_at = now
    if is_lost:
        StaffTask.objects.raise_once(
            kind=returned_late.TASK,
            target=f"payments.chargeback:{subject}",
            text=_(
                "A bank returned %(amount)s that was booked as lost. Decide whose it is."
            )
            % {"amount": written(amount, chargeback.currency)},
            opened_at=now,
        )


def _restored(chargeback: Chargeback) -> list[Leg]:
    taken = (
        LedgerEntry.objects.filter(transaction__key=f"cbw:{chargeback.pk}")
        .exclude(account__kind__in=NO_SOURCE)
        .select_related("account")
        .order_by("account__code")
    )
    if chargeback.payment:
        return give_back(chargeback.payment, taken)
    return [
        credit(Kind(entry.account.kind), entry.amount, entry.account.subject)
        for entry in taken
    ]


def _lose(chargeback: Chargeback, *, now: datetime) -> None:
    """The bank keeps the money (E13)."""
    has_ended = chargeback.reinstated_at or chargeback.lost_at
    if has_ended or not chargeback.withdrawn_at:
        return
    _post(
        chargeback,
        "E13",
        debit(Kind.DISPUTE_RESERVE, chargeback.amount, chargeback.pk),
        credit(Kind.DISPUTE_HOLD, chargeback.amount, chargeback.pk),
        key=f"cblost:{chargeback.pk}",
        now=now,
    )
    chargeback.lost_at = now


def _post(
    chargeback: Chargeback, rule: str, *legs: Leg, key: str, now: datetime
) -> None:
    post(
        rule,
        *legs,
        key=key,
        currency=chargeback.currency,
        at=now,
        order_id=chargeback.order_id,
    )
