"""Sellers' money on its way out: asked for, looked at, sent, and what the bank then says."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Count, QuerySet, Sum
from django.utils.translation import gettext as _

from accounts.models import User
from gigstream.core import money
from gigstream.core.errors import NotAllowed, Stale
from gigstream.core.jobs import enqueue
from gigstream.core.models import AuditEntry, PlatformSetting, StaffTask
from gigstream.core.models.settings import Policy
from gigstream.services import stripe
from payments.actions.earnings import pay
from payments.actions.posting import balance, credit, debit, post
from payments.actions.reconcile import automatic_payouts_stand_still
from payments.models import AccountKind, Payout, PayoutMethod
from payments.signals import payout_changed
from payments.status import PayoutStatus

DAY = timedelta(days=1)

SURE_OF_KEYS = timedelta(hours=20)
"""How long Stripe surely knows a call again; after that we look instead of asking again."""

GONE = [PayoutStatus.FAILED, PayoutStatus.CANCELED, PayoutStatus.RETURNED]


# --- Asking ---------------------------------------------------------------------


@transaction.atomic
def request_payout(
    *,
    user_id: UUID,
    amount: int | None,
    key: UUID,
    now: datetime,
    currency: str | None = None,
) -> Payout:
    """Set a seller's money aside to be sent to their bank (E4); no amount means all of it.

    What they earned in another currency than the marketplace's is asked for by its name.
    The same key again is the same withdrawal. Whoever sends by hand looks at it first;
    what goes through Stripe is sent by a task.
    """
    method = _method_to_use(user_id)
    if earlier := Payout.objects.filter(user_id=user_id, key=key).first():
        if amount not in {None, earlier.amount}:
            raise NotAllowed(_("This form was sent already, with another amount."))
        return earlier
    policy = _rules(currency)
    available = balance(AccountKind.SELLER_AVAILABLE, user_id, policy.currency)
    amount = available if amount is None else amount
    _check(method, amount, available, policy, now)

    payout = Payout.objects.create(
        user_id=user_id,
        method=method,
        key=key,
        amount=amount,
        currency=policy.currency,
        status=PayoutStatus.REQUESTED if method.is_automatic else PayoutStatus.REVIEW,
        requested_at=now,
    )
    post(
        "E4",
        debit(AccountKind.SELLER_AVAILABLE, amount, user_id),
        credit(AccountKind.PAYOUT_CLEARING, amount, payout.pk),
        key=f"wreq:{payout.pk}",
        currency=payout.currency,
        at=now,
    )
    if method.is_automatic:
        enqueue("payments.tasks.submit_payout", payout_id=payout.pk)
    payout_changed.send(sender=Payout, payout=payout, at=now)
    return payout


@transaction.atomic
def check_payout(
    *, user_id: UUID, amount: int, now: datetime, currency: str | None = None
) -> None:
    """Refuse what `request_payout` would refuse now, before somebody is asked to confirm it."""
    policy = _rules(currency)
    available = balance(AccountKind.SELLER_AVAILABLE, user_id, policy.currency)
    _check(_method_to_use(user_id), amount, available, policy, now)


def _rules(currency: str | None) -> Policy:
    """The rules in force; the numbers of their limits hold in every currency."""
    policy = PlatformSetting.objects.in_force()
    return policy.model_copy(update={"currency": currency}) if currency else policy


def _method_to_use(user_id: UUID) -> PayoutMethod:
    """The destination, locked: one withdrawal of a seller is decided after the other."""
    in_use = PayoutMethod.objects.select_for_update(of=("self",)).in_use()
    method = in_use.filter(user_id=user_id).first()
    if method is None:
        raise NotAllowed(_("Say first where your money should go."))
    return method


def _check(
    method: PayoutMethod, amount: int, available: int, policy: Policy, now: datetime
) -> None:
    _check_destination(method, now)
    _check_amount(method.user_id, amount, available, policy)
    _check_day(method.user_id, amount, policy, now)


def _check_destination(method: PayoutMethod, now: datetime) -> None:
    if method.is_frozen(at=now):
        raise NotAllowed(
            _("You changed where your money goes. Withdrawals are open again later.")
        )
    if method.is_automatic and method.standing != method.Standing.VERIFIED:
        raise NotAllowed(_("Stripe has not verified your account yet."))


def _check_amount(user_id: UUID, amount: int, available: int, policy: Policy) -> None:
    if balance(AccountKind.SELLER_RECEIVABLE, user_id, policy.currency):
        raise NotAllowed(
            _("You owe money from a refund; it is settled from your next earnings.")
        )
    if amount > available:
        raise NotAllowed(
            _("You have %(sum)s available.")
            % {"sum": money.written(available, policy.currency)}
        )
    if amount < policy.payout_minimum:
        raise NotAllowed(
            _("The least that can be withdrawn is %(sum)s.")
            % {"sum": money.written(policy.payout_minimum, policy.currency)}
        )


def _check_day(user_id: UUID, amount: int, policy: Policy, now: datetime) -> None:
    today = Payout.objects.filter(
        user_id=user_id, currency=policy.currency, requested_at__gt=now - DAY
    ).exclude(status__in=GONE)
    so_far = today.aggregate(count=Count("pk"), sum=Sum("amount"))
    if so_far["count"] >= policy.payouts_per_day:
        raise NotAllowed(
            _("You can withdraw %(count)d times in 24 hours.")
            % {"count": policy.payouts_per_day}
        )
    if (so_far["sum"] or 0) + amount > policy.payout_daily_maximum:
        raise NotAllowed(
            _("You can withdraw up to %(sum)s in 24 hours.")
            % {"sum": money.written(policy.payout_daily_maximum, policy.currency)}
        )


# --- Deciding -------------------------------------------------------------------


@transaction.atomic
def cancel_payout(*, payout_id: UUID, actor: User, now: datetime) -> None:
    """Take a withdrawal back that has not been sent yet (E6)."""
    payout = _locked(payout_id)
    if payout.user_id != actor.pk:
        raise NotAllowed(_("This is not your withdrawal."))
    _end(payout, PayoutStatus.CANCELED, now=now)


@transaction.atomic
def approve_payout(*, payout_id: UUID, actor: User, now: datetime) -> None:
    """Let a withdrawal go: by hand from here on, or by Stripe if it was only held back."""
    payout = _locked(payout_id)
    _check_staff(payout, actor)
    if payout.status != PayoutStatus.REVIEW:
        raise Stale(_("This withdrawal is no longer in review."))
    if payout.method.is_frozen(at=now):
        raise NotAllowed(
            _("The bank behind it was changed a short while ago. Wait, or reject it.")
        )
    _submit(payout, now=now)
    _note(payout, "payments.approve_payout", actor=actor, now=now)
    if payout.method.is_automatic:
        enqueue("payments.tasks.submit_payout", payout_id=payout.pk)


@transaction.atomic
def reject_payout(*, payout_id: UUID, actor: User, reason: str, now: datetime) -> None:
    """Refuse a withdrawal before it is sent; the seller reads why, and has the money back."""
    payout = _locked(payout_id)
    _check_staff(payout, actor)
    _check_reason(reason)
    _end(payout, PayoutStatus.CANCELED, now=now, why=reason)
    _note(payout, "payments.reject_payout", actor=actor, now=now, reason=reason)


@transaction.atomic
def confirm_payout(*, payout_id: UUID, actor: User, now: datetime) -> None:
    """Say that the bank has sent a withdrawal made by hand (E5)."""
    payout = _locked(payout_id)
    _check_staff(payout, actor)
    _check_by_hand(payout)
    if payout.status != PayoutStatus.SUBMITTED:
        raise Stale(_("This withdrawal is not on its way."))
    _pay(payout, now=now)
    PayoutMethod.objects.filter(pk=payout.method_id).update(
        standing=PayoutMethod.Standing.VERIFIED
    )
    _note(payout, "payments.confirm_payout", actor=actor, now=now)


@transaction.atomic
def return_payout(*, payout_id: UUID, actor: User, reason: str, now: datetime) -> None:
    """Say that the bank refused or sent back a withdrawal made by hand (E6, E6b)."""
    payout = _locked(payout_id)
    _check_staff(payout, actor)
    _check_by_hand(payout)
    _check_reason(reason)
    _bounce(payout, now=now, why=reason)
    _note(payout, "payments.return_payout", actor=actor, now=now, reason=reason)


def _check_staff(payout: Payout, actor: User) -> None:
    if not actor.has_perm("payments.change_payout"):
        raise NotAllowed(_("Only finance decides on withdrawals."))
    if payout.user_id == actor.pk:
        raise NotAllowed(_("Nobody decides on a withdrawal of their own."))


def _check_reason(reason: str) -> None:
    if not reason.strip():
        raise NotAllowed(_("Give a reason: the seller will read it."))


def _check_by_hand(payout: Payout) -> None:
    if payout.method.is_automatic:
        raise NotAllowed(_("Stripe tells what becomes of this withdrawal."))


def _note(
    payout: Payout, verb: str, *, actor: User, now: datetime, reason: str = ""
) -> None:
    AuditEntry.objects.create(
        at=now,
        actor=actor,
        verb=verb,
        target=f"payments.payout:{payout.pk}",
        after={
            "status": payout.status,
            "amount": money.written(payout.amount, payout.currency),
        },
        reason=reason,
    )


# --- Sending by Stripe ----------------------------------------------------------


def submit_payout(*, payout_id: UUID, now: datetime) -> None:
    """Have Stripe move the money to the seller's account there, and from it to their bank.

    Again is the same transfer and the same payout. Raises `StripeUnavailable` when the
    answer is not known, so that the task that called comes back.
    """
    payout = _hand_over(payout_id, now=now)
    if payout.failure and PayoutStatus(payout.status).can_become(_after_bounce(payout)):
        take_payout_back(payout_id=payout_id, now=now)
        return
    if payout.status != PayoutStatus.SUBMITTED or not payout.method.is_automatic:
        return
    try:
        is_there = _transfer(payout, now) and _pay_out(payout, now)
    except stripe.StripeRefused as refusal:
        refuse(payout_id=payout_id, why=str(refusal), now=now)
        return
    if not is_there:
        _ask_staff(
            payout, _("Stripe does not know this withdrawal. Look, then decide.")
        )


@transaction.atomic
def _hand_over(payout_id: UUID, *, now: datetime) -> Payout:
    """Write down that Stripe is about to be asked, from when on only Stripe decides."""
    payout = _locked(payout_id)
    payout.asked_at = now
    payout.save(update_fields=["asked_at"])
    if payout.status == PayoutStatus.REQUESTED:
        if doubt := _doubt(payout, now):
            _move(payout, PayoutStatus.REVIEW, now=now)
            _ask_staff(payout, doubt)
        else:
            _submit(payout, now=now)
    return payout


def _doubt(payout: Payout, now: datetime) -> str:
    """Why people look at a withdrawal before Stripe sends it; empty where they need not."""
    if payout.method.is_frozen(at=now):
        return _("The bank behind a withdrawal was changed after it was asked for.")
    if automatic_payouts_stand_still():
        return _("The books differ: decide on this withdrawal by hand.")
    return ""


def _transfer(payout: Payout, now: datetime) -> bool:
    if payout.transfer_id:
        return True
    account = payout.method.stripe_id or ""
    if _is_sure(payout, now):
        told = stripe.transfer(
            payout_id=payout.pk,
            account_id=account,
            amount=payout.amount,
            currency=payout.currency,
            timeout=stripe.TASK_TIMEOUT,
        )
    else:
        found = stripe.find_transfer(payout_id=payout.pk, timeout=stripe.TASK_TIMEOUT)
        if found is None:
            return False
        told = found
    note_transfer(told=told, now=now)
    payout.refresh_from_db()
    return True


def _pay_out(payout: Payout, now: datetime) -> bool:
    account = payout.method.stripe_id or ""
    told: stripe.Payout | None
    if payout.stripe_id:
        told = stripe.retrieve_payout(
            payout.stripe_id, account_id=account, timeout=stripe.TASK_TIMEOUT
        )
    elif _is_sure(payout, now):
        told = stripe.pay_out(
            payout_id=payout.pk,
            account_id=account,
            amount=payout.amount,
            currency=payout.currency,
            timeout=stripe.TASK_TIMEOUT,
        )
    else:
        told = stripe.find_payout(
            payout_id=payout.pk, account_id=account, timeout=stripe.TASK_TIMEOUT
        )
    return told is not None and note_payout(told=told, now=now)


def look_up_payout(*, payout_id: UUID, now: datetime) -> None:
    """Ask Stripe whether a bank sent a withdrawal back that was paid; the news may be lost."""
    payout = Payout.objects.select_related("method").get(pk=payout_id)
    told = stripe.retrieve_payout(
        payout.stripe_id or "",
        account_id=payout.method.stripe_id or "",
        timeout=stripe.TASK_TIMEOUT,
    )
    note_payout(told=told, now=now)


def _is_sure(payout: Payout, now: datetime) -> bool:
    """Whether asking again is surely the same call to Stripe."""
    return bool(payout.submitted_at and now - payout.submitted_at < SURE_OF_KEYS)


def take_payout_back(*, payout_id: UUID, now: datetime) -> None:
    """Fetch the money of a withdrawal that failed from the seller's account at Stripe.

    Only when it is back with us is it given to the seller's wallet: never in two places.
    """
    payout = Payout.objects.get(pk=payout_id)
    if not PayoutStatus(payout.status).can_become(_after_bounce(payout)):
        return
    if payout.transfer_id:
        try:
            is_back = stripe.reverse_transfer(
                payout_id=payout.pk,
                transfer_id=payout.transfer_id,
                timeout=stripe.TASK_TIMEOUT,
            )
        except stripe.StripeRefused as refusal:
            _ask_staff(payout, _("Stripe keeps the money: %(why)s") % {"why": refusal})
            return
        if not is_back:
            return
    with transaction.atomic():
        _bounce(_locked(payout_id), now=now, why=payout.failure)


# --- What Stripe says -------------------------------------------------------------


@transaction.atomic
def note_transfer(*, told: stripe.Transfer, now: datetime) -> bool:
    """Remember Stripe's name for the first half; False if it is none of ours."""
    payout = _ours(told.metadata, "transfer_id", told.id)
    if payout is None:
        return False
    if payout.transfer_id != told.id:
        payout.transfer_id = told.id
        payout.save(update_fields=["transfer_id"])
    return True


@transaction.atomic
def note_payout(*, told: stripe.Payout, now: datetime) -> bool:
    """Take over what Stripe says of one of our withdrawals; False if it is none of ours.

    News that comes late or twice changes nothing: what failed is not paid any more.
    """
    payout = _ours(told.metadata, "stripe_id", told.id)
    if payout is None:
        return False
    if payout.stripe_id != told.id:
        payout.stripe_id = told.id
        payout.save(update_fields=["stripe_id"])
    if told.status in {"failed", "canceled"}:
        _refuse(payout, told.failure or _("The bank did not take the money."))
    elif (
        told.status == "paid"
        and not payout.failure
        and PayoutStatus(payout.status).can_become(PayoutStatus.PAID)
    ):
        _pay(payout, now=now)
    return True


@transaction.atomic
def refuse(*, payout_id: UUID, why: str, now: datetime) -> None:
    """Remember that Stripe or a bank refused, and have the money fetched back."""
    _refuse(_locked(payout_id), why)


def _refuse(payout: Payout, why: str) -> None:
    if payout.failure or payout.status not in {
        PayoutStatus.SUBMITTED,
        PayoutStatus.PAID,
    }:
        return
    payout.failure = why[:300]
    payout.save(update_fields=["failure"])
    enqueue("payments.tasks.take_payout_back", payout_id=payout.pk)


def _ours(metadata: stripe.Metadata, field: str, name: str) -> Payout | None:
    try:
        named = UUID(metadata.get("payout", ""))
    except ValueError:
        return None
    payout = _lock().filter(pk=named).first()
    known = payout and getattr(payout, field)
    return payout if known in {None, name} else None


# --- States and postings ----------------------------------------------------------


def _lock() -> QuerySet[Payout]:
    return Payout.objects.select_for_update(of=("self",)).select_related("method")


def _locked(payout_id: UUID) -> Payout:
    return _lock().get(pk=payout_id)


def _move(payout: Payout, new: PayoutStatus, *, now: datetime, why: str = "") -> None:
    if not PayoutStatus(payout.status).can_become(new):
        raise Stale(_("This withdrawal has moved on meanwhile."))
    payout.status = new
    payout.failure = why[:300]
    fields = ["status", "failure"]
    if new == PayoutStatus.SUBMITTED:
        payout.submitted_at = now
        fields.append("submitted_at")
    elif new not in PayoutStatus.on_the_way():
        payout.settled_at = now
        fields.append("settled_at")
    payout.save(update_fields=fields)
    payout_changed.send(sender=Payout, payout=payout, at=now)


def _submit(payout: Payout, *, now: datetime) -> None:
    _move(payout, PayoutStatus.SUBMITTED, now=now)


def _pay(payout: Payout, *, now: datetime) -> None:
    _move(payout, PayoutStatus.PAID, now=now)
    post(
        "E5",
        debit(AccountKind.PAYOUT_CLEARING, payout.amount, payout.pk),
        credit(AccountKind.STRIPE, payout.amount),
        key=f"wpaid:{payout.pk}",
        currency=payout.currency,
        at=now,
    )


def _after_bounce(payout: Payout) -> PayoutStatus:
    was_paid = payout.status == PayoutStatus.PAID
    return PayoutStatus.RETURNED if was_paid else PayoutStatus.FAILED


def _bounce(payout: Payout, *, now: datetime, why: str) -> None:
    """The money is back: a payment that failed, or one that had already been called paid."""
    _end(payout, _after_bounce(payout), now=now, why=why)


def _end(payout: Payout, new: PayoutStatus, *, now: datetime, why: str = "") -> None:
    """Give the money back to the seller (E6, E6b); what they owe is settled first."""
    _move(payout, new, now=now, why=why)
    came_back = new == PayoutStatus.RETURNED
    post(
        "E6b" if came_back else "E6",
        debit(AccountKind.STRIPE, payout.amount)
        if came_back
        else debit(AccountKind.PAYOUT_CLEARING, payout.amount, payout.pk),
        *pay(payout.user_id, payout.amount, payout.currency),
        key=f"{'wret' if came_back else 'wfail'}:{payout.pk}",
        currency=payout.currency,
        at=now,
    )


def _ask_staff(payout: Payout, text: str) -> None:
    StaffTask.objects.raise_once(
        kind="payout", target=f"payments.payout:{payout.pk}", text=text[:300]
    )
