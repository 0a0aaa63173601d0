"""Asking a buyer for money, and what becomes of it."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from gigstream.core.jobs import enqueue
from gigstream.core.models import StaffTask
from gigstream.core.money import written
from gigstream.services import stripe
from payments.actions.cards import note_kept_card
from payments.actions.earnings import earn_tip
from payments.actions.posting import credit, debit, post
from payments.models import AccountKind, Payment, Purpose, Refund, UnappliedPayment
from payments.signals import payment_returned, payment_succeeded
from payments.status import PaymentStatus

Reason = UnappliedPayment.Reason

ASK_AGAIN = timedelta(minutes=10)
"""Sooner than the reconciler misses a fee that Stripe told a moment late."""

STAND_BY = timedelta(seconds=15)
"""How long the page that the buyer waits for has to open the intent by itself."""


@transaction.atomic
def request_payment(
    *,
    order_id: UUID,
    buyer_id: UUID,
    price: int,
    fee: int = 0,
    commission: int = 0,
    currency: str,
    now: datetime,
    purpose: Purpose = Purpose.ORDER,
    purpose_id: UUID | None = None,
) -> Payment:
    """Write down that a buyer is to pay for something; Stripe is asked after the commit.

    It is for the order itself unless an extra or a tip is named. A payment that is still
    open, or has succeeded, is returned as it is; after one that is over this is the next
    attempt. A task stands by to ask Stripe in case nobody else gets round to it.
    """
    purpose_id = purpose_id or order_id
    earlier = Payment.objects.filter(purpose=purpose, purpose_id=purpose_id)
    wanted = earlier.succeeded() | earlier.open()
    if found := wanted.first():
        return found
    try:
        with transaction.atomic():
            payment = Payment.objects.create(
                order_id=order_id,
                purpose=purpose,
                purpose_id=purpose_id,
                attempt=earlier.count() + 1,
                buyer_id=buyer_id,
                amount=price + fee,
                price=price,
                fee=fee,
                commission=commission,
                currency=currency,
                created_at=now,
            )
    except IntegrityError:
        # The other click was faster by a moment; its payment is this one.
        return wanted.get()
    enqueue("payments.tasks.open_intent", delay=STAND_BY, payment_id=payment.pk)
    return payment


def open_intent(
    *, payment_id: UUID, timeout: float = stripe.REQUEST_TIMEOUT
) -> Payment:
    """Have Stripe open the intent on which the buyer pays; again is the same intent.

    Raises `StripeUnavailable`; the payment then waits, and the task goes on.
    """
    payment = Payment.objects.get(pk=payment_id)
    if payment.intent_id or payment.status == PaymentStatus.CANCELED:
        return payment
    intent = stripe.open_intent(
        order_id=payment.order_id,
        payment_id=payment.pk,
        amount=payment.amount,
        currency=payment.currency,
        attempt=payment.attempt,
        description=f"GigStream {payment.order_id}",
        timeout=timeout,
    )
    # The webhook may have been here first; it writes the same name.
    Payment.objects.filter(pk=payment.pk).filter(
        Q(intent_id=None) | Q(intent_id=intent.id)
    ).update(intent_id=intent.id, client_secret=intent.client_secret)
    payment.refresh_from_db()
    return payment


@transaction.atomic
def capture(
    *,
    order_id: UUID,
    intent: stripe.Intent,
    waiting: bool,
    now: datetime,
) -> Payment | None:
    """Take a succeeded intent as a payment of an order that the caller has locked.

    Returns the payment if it pays now (E1, or E14 for a tip), once. None if it did so
    before, or does not fit: then it is booked as unapplied and sent back. `waiting` says
    whether the order still wants this money, be it for itself, an extra or a tip.
    """
    payment = _locked_payment(order_id, intent)
    if _is_booked(payment, intent):
        return None
    if payment and payment.order_id != order_id:
        payment = None
    reason = _why_not(payment, intent, waiting=waiting)
    if reason or payment is None:
        if payment:
            _set_aside(payment)
        book_unapplied(
            intent=intent,
            order_id=order_id,
            reason=reason or Reason.UNKNOWN_ORDER,
            now=now,
        )
        return None

    payment.status = PaymentStatus.SUCCEEDED
    payment.intent_id = intent.id
    payment.succeeded_at = now
    payment.failure = ""
    payment.save(update_fields=["status", "intent_id", "succeeded_at", "failure"])
    _post_capture(payment, now=now)
    enqueue("payments.tasks.note_charge", intent_id=intent.id)
    return payment


def _post_capture(payment: Payment, *, now: datetime) -> None:
    if payment.purpose == Purpose.TIP:
        earn_tip(payment, now=now)
        return
    post(
        "E1",
        debit(AccountKind.STRIPE, payment.amount),
        credit(AccountKind.ESCROW, payment.price, payment.order_id),
        credit(AccountKind.FEE_DEFERRED, payment.fee, payment.order_id),
        key=f"pay:{payment.pk}",
        currency=payment.currency,
        at=now,
        order_id=payment.order_id,
    )


def _is_booked(payment: Payment | None, intent: stripe.Intent) -> bool:
    """Whether this money is in the books already: as a payment, or as unapplied."""
    is_captured = payment is not None and payment.status == PaymentStatus.SUCCEEDED
    return is_captured or UnappliedPayment.objects.filter(intent_id=intent.id).exists()


def _set_aside(payment: Payment) -> None:
    """A payment whose money did not fit is over; the order may ask for a new one."""
    if PaymentStatus(payment.status).can_become(PaymentStatus.CANCELED):
        payment.status = PaymentStatus.CANCELED
        payment.save(update_fields=["status"])


@transaction.atomic
def book_unapplied(
    *, intent: stripe.Intent, order_id: UUID | None, reason: Reason, now: datetime
) -> None:
    """Book money that fits no order (E1c) and send it back (E1d). Twice is once.

    Money of the other mode is booked for staff to see, but cannot be sent back by our key.
    """
    unapplied, is_new = UnappliedPayment.objects.get_or_create(
        intent_id=intent.id,
        defaults={
            "order_id": order_id,
            "amount": intent.amount_received,
            "currency": intent.currency,
            "reason": reason,
            "received_at": now,
        },
    )
    if not is_new:
        return
    post(
        "E1c",
        debit(AccountKind.STRIPE, unapplied.amount),
        credit(AccountKind.UNAPPLIED, unapplied.amount, intent.id),
        key=f"unapp:{intent.id}",
        currency=unapplied.currency,
        at=now,
        order_id=order_id,
    )
    if reason not in EVERYDAY:
        _ask_staff_why(unapplied, now=now)
    if reason != Reason.MODE:
        enqueue("payments.tasks.note_charge", intent_id=intent.id)
        _send_back(unapplied, now=now)


EVERYDAY = {Reason.LATE, Reason.DUPLICATE}
"""What happens to buyers without anybody's fault; the rest should not happen at all."""


def _ask_staff_why(unapplied: UnappliedPayment, *, now: datetime) -> None:
    text = _("%(amount)s came and fits no order of ours (%(why)s). Find out why.")
    values = {
        "amount": written(unapplied.amount, unapplied.currency),
        "why": Reason(unapplied.reason).label,
    }
    StaffTask.objects.raise_once(
        kind="payments.strange_payment",
        target=f"payments.unappliedpayment:{unapplied.pk}",
        text=text % values,
        opened_at=now,
    )


def _send_back(unapplied: UnappliedPayment, *, now: datetime) -> None:
    refund = Refund.objects.create(
        unapplied=unapplied,
        intent_id=unapplied.intent_id,
        amount=unapplied.amount,
        currency=unapplied.currency,
        requested_at=now,
    )
    post(
        "E1d",
        debit(AccountKind.UNAPPLIED, refund.amount, unapplied.intent_id),
        credit(AccountKind.REFUND_CLEARING, refund.amount, refund.pk),
        key=f"unref:{unapplied.intent_id}",
        currency=refund.currency,
        at=now,
        order_id=unapplied.order_id,
    )
    enqueue("payments.tasks.submit_refund", refund_id=refund.pk)
    payment_returned.send(
        sender=UnappliedPayment,
        order_id=unapplied.order_id,
        amount=refund.amount,
        currency=refund.currency,
        at=now,
    )


@transaction.atomic
def note_progress(*, intent: stripe.Intent, new: PaymentStatus) -> None:
    """Take over that an attempt is under way, has failed or was cancelled.

    News that is older than what we know (a failure after the success) changes nothing.
    """
    payment = _locked_payment(named_order(intent), intent)
    if payment is None or not PaymentStatus(payment.status).can_become(new):
        return
    payment.status = new
    payment.intent_id = intent.id
    payment.failure = (
        intent.failure_message[:300] if new == PaymentStatus.FAILED else ""
    )
    payment.save(update_fields=["status", "intent_id", "failure"])


def note_charge(*, intent_id: str, now: datetime) -> None:
    """Look up which card paid, for the receipt, and what Stripe asked for it (E1b).

    Where Stripe does not know its fee yet, it is asked again later. Without an answer
    there is nothing to note.
    """
    try:
        intent = stripe.retrieve_intent(intent_id, timeout=stripe.TASK_TIMEOUT)
    except stripe.StripeRefused:
        return
    paid = Payment.objects.filter(intent_id=intent_id)
    # Once: the buyer may have removed the card by the time that this is asked again.
    for buyer_id in paid.filter(card_last4="").values_list("buyer", flat=True):
        note_kept_card(intent=intent, buyer_id=buyer_id, now=now)
    paid.update(card_brand=intent.card_brand[:20], card_last4=intent.card_last4[:4])
    if intent.fee_id:
        _post_fee(intent, now=now)
    elif intent.status == "succeeded":
        enqueue("payments.tasks.note_charge", delay=ASK_AGAIN, intent_id=intent_id)


@transaction.atomic
def _post_fee(intent: stripe.Intent, *, now: datetime) -> None:
    if intent.fee:
        post(
            "E1b",
            debit(AccountKind.STRIPE_FEES, intent.fee),
            credit(AccountKind.STRIPE, intent.fee),
            key=f"fee:{intent.fee_id}",
            currency=intent.currency,
            at=now,
            order_id=_order_of(intent),
        )


def _order_of(intent: stripe.Intent) -> UUID | None:
    payment = Payment.objects.filter(intent_id=intent.id).first()
    return payment.order_id if payment else None


def close_payments(*, order_id: UUID, timeout: float, now: datetime) -> bool:
    """Cancel at Stripe whatever could still pay an order; True if nothing can any more.

    Money that has come after all is announced like a webhook's. False means that a bank
    is still thinking. Raises `StripeUnavailable` when Stripe cannot be asked. Not to be
    called in a transaction.
    """
    waiting = Payment.objects.open().filter(order_id=order_id)
    return all(
        close_payment(payment_id=each.pk, timeout=timeout, now=now) for each in waiting
    )


def close_payment(*, payment_id: UUID, timeout: float, now: datetime) -> bool:
    """Cancel one payment at Stripe; True if it can neither succeed nor fail any more."""
    payment = open_intent(payment_id=payment_id, timeout=timeout)
    if payment.intent_id is None:
        return payment.status == PaymentStatus.CANCELED
    intent = stripe.cancel_intent(payment.intent_id, timeout=timeout)
    take_over(intent, now)
    return intent.status in {"succeeded", "canceled"}


def give_up_extras(*, order_id: UUID) -> None:
    """Have the payments closed by which a buyer might still pay for more of an order."""
    waiting = Payment.objects.open().filter(
        order_id=order_id, purpose=Purpose.AMENDMENT
    )
    for pk in waiting.values_list("pk", flat=True):
        enqueue("payments.tasks.close_payment", payment_id=pk)


def look_up(*, payment_id: UUID, now: datetime) -> None:
    """Ask Stripe what became of a payment whose webhook may have been lost."""
    Payment.objects.filter(pk=payment_id).update(asked_at=now)
    payment = Payment.objects.get(pk=payment_id)
    if not payment.intent_id:
        open_intent(payment_id=payment_id, timeout=stripe.TASK_TIMEOUT)
        return
    intent = stripe.retrieve_intent(payment.intent_id, timeout=stripe.TASK_TIMEOUT)
    take_over(intent, now)


def take_over(intent: stripe.Intent, now: datetime) -> None:
    """Act on what Stripe says of an intent, as on the event that may have been lost."""
    if intent.status == "succeeded":
        announce(intent=intent, happened_at=now, now=now)
    elif intent.status in PROGRESS:
        note_progress(intent=intent, new=PROGRESS[intent.status])


PROGRESS = {"processing": PaymentStatus.PROCESSING, "canceled": PaymentStatus.CANCELED}


@transaction.atomic
def announce(*, intent: stripe.Intent, happened_at: datetime, now: datetime) -> None:
    """Tell the apps above that Stripe has the money; no lock is held here."""
    payment_succeeded.send(
        sender=Payment,
        order_id=named_order(intent),
        intent=intent,
        happened_at=happened_at,
        at=now,
    )


def purpose_of(intent: stripe.Intent) -> Purpose | None:
    """What an intent pays for; None if it is no payment of ours."""
    payment = payment_of(intent)
    return Purpose(payment.purpose) if payment else None


def payment_of(intent: stripe.Intent) -> Payment | None:
    """Which payment of ours an intent belongs to, as it is now; nothing is locked."""
    return _payments_of(named_order(intent), intent).first()


def named_order(intent: stripe.Intent) -> UUID | None:
    return _uuid(intent.metadata.get("order", ""))


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except (ValueError, AttributeError, TypeError):
        return None


def _locked_payment(order_id: UUID | None, intent: stripe.Intent) -> Payment | None:
    return _payments_of(order_id, intent).select_for_update(of=("self",)).first()


def _payments_of(order_id: UUID | None, intent: stripe.Intent) -> QuerySet[Payment]:
    """The payment that an intent belongs to, even before we have noted the intent's name."""
    ours = Q(intent_id=intent.id)
    if named := _uuid(intent.metadata.get("payment", "")):
        ours |= Q(pk=named, order_id=order_id, intent_id=None)
    return Payment.objects.filter(ours).order_by("pk")


def _why_not(
    payment: Payment | None, intent: stripe.Intent, *, waiting: bool
) -> Reason | None:
    """Why an intent does not pay what the order asks for; None if it does."""
    if intent.livemode != stripe.is_livemode():
        return Reason.MODE
    if payment is None:
        return Reason.UNKNOWN_ORDER if waiting else Reason.DUPLICATE
    if intent.currency != payment.currency:
        return Reason.CURRENCY
    if intent.amount_received != payment.amount:
        return Reason.AMOUNT
    same = Payment.objects.filter(
        purpose=payment.purpose, purpose_id=payment.purpose_id
    )
    if same.succeeded().exists():
        return Reason.DUPLICATE
    if not PaymentStatus(payment.status).can_become(PaymentStatus.SUCCEEDED):
        return Reason.LATE
    return None if waiting else Reason.LATE
