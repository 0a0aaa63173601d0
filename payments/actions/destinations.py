"""Where a seller's money goes, and the care that a change of it needs."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import security
from accounts.models import NOBODY, SecurityEvent, User
from accounts.security import Client
from gigstream.core.errors import NotAllowed
from gigstream.core.jobs import enqueue
from gigstream.core.models import PlatformSetting
from gigstream.services import stripe
from payments.models import PayoutMethod

Standing = PayoutMethod.Standing


@dataclass(frozen=True, slots=True, kw_only=True)
class BankAccount:
    """What a bank needs to be told."""

    holder: str
    country: str
    bank_name: str
    bank_code: str
    account_number: str


@transaction.atomic
def add_bank(
    *, user_id: UUID, account: BankAccount, client: Client, now: datetime
) -> PayoutMethod:
    """Have withdrawals sent to this account from now on, by hand.

    It replaces what was there; then withdrawals wait for three days, and the owner
    hears of it by mail, in case it was somebody else.
    """
    user = _locked_person(user_id)
    current = PayoutMethod.objects.in_use().filter(user=user, kind="bank").first()
    if current and _is_same(current, account):
        return current
    usable_at = _make_room(user, now=now)
    method = PayoutMethod.objects.create(
        user=user,
        kind=PayoutMethod.Kind.BANK,
        standing=Standing.CHECKING,
        holder=account.holder,
        country=account.country,
        bank_name=account.bank_name,
        bank_code=account.bank_code,
        account_number=account.account_number,
        last4=account.account_number[-4:],
        added_at=now,
        usable_at=usable_at,
    )
    _tell(user, client=client, now=now)
    return method


@transaction.atomic
def remove_method(*, user_id: UUID, client: Client, now: datetime) -> None:
    """Forget where the money goes. Withdrawals under way still go there."""
    user = _locked_person(user_id)
    removed = PayoutMethod.objects.in_use().filter(user=user).update(removed_at=now)
    if removed:
        _tell(user, client=client, now=now)


@transaction.atomic
def forget_methods(*, user_id: UUID, now: datetime) -> None:
    """Keep of the bank accounts of somebody who leaves only what the books need."""
    methods = PayoutMethod.objects.filter(user_id=user_id)
    methods.in_use().update(removed_at=now)
    for method in methods.filter(kind=PayoutMethod.Kind.BANK):
        method.holder, method.bank_code = NOBODY, ""
        method.account_number = method.last4
        method.save(update_fields=["holder", "account_number", "bank_code"])


def connect(*, user_id: UUID, client: Client, return_url: str, now: datetime) -> str:
    """Begin or go on with an account at Stripe; returns the page on which Stripe asks.

    Not to be called in a transaction. Raises `StripeUnavailable`, `StripeRefused`.
    """
    method = _begin_connecting(user_id, client=client, now=now)
    if not method.stripe_id:
        user = User.objects.get(pk=user_id)
        account_id = stripe.open_account(
            method_id=method.pk, email=user.email, country=user.country.code or ""
        )
        # Somebody who clicked twice has the same account: the key is the method's.
        PayoutMethod.objects.filter(pk=method.pk, stripe_id=None).update(
            stripe_id=account_id
        )
        method.stripe_id = account_id
    return stripe.onboarding_url(account_id=method.stripe_id, return_url=return_url)


@transaction.atomic
def _begin_connecting(user_id: UUID, *, client: Client, now: datetime) -> PayoutMethod:
    user = _locked_person(user_id)
    stripes = PayoutMethod.objects.in_use().filter(user=user, kind="stripe")
    if current := stripes.first():
        return current
    usable_at = _make_room(user, now=now)
    method = PayoutMethod.objects.create(
        user=user,
        kind=PayoutMethod.Kind.STRIPE,
        standing=Standing.INCOMPLETE,
        added_at=now,
        usable_at=usable_at,
    )
    _tell(user, client=client, now=now)
    return method


def hear_of_account(*, told: stripe.Account) -> bool:
    """Have Stripe asked about an account that it has news of; False if it is none of ours.

    What the event says may be older than what we know, as events come in any order.
    """
    method = PayoutMethod.objects.filter(stripe_id=told.id).first()
    if method is None:
        return False
    enqueue("payments.tasks.look_up_account", method_id=method.pk)
    return True


def look_up_account(
    *, method_id: UUID, now: datetime, timeout: float = stripe.REQUEST_TIMEOUT
) -> None:
    """Ask Stripe how far it is with an account."""
    method = PayoutMethod.objects.get(pk=method_id)
    if method.stripe_id:
        told = stripe.retrieve_account(method.stripe_id, timeout=timeout)
        note_account(told=told, now=now)


@transaction.atomic
def note_account(*, told: stripe.Account, now: datetime) -> bool:
    """Take over what Stripe says of a seller's account; False if it is none of ours.

    Another bank account behind it is another destination, with all that this means.
    """
    found = PayoutMethod.objects.select_for_update(of=("self",))
    method = found.filter(stripe_id=told.id).first()
    if method is None:
        return False
    had_bank = (method.bank_name, method.last4)
    method.standing = _standing(told)
    method.missing = ", ".join(told.missing)[:300]
    method.bank_name, method.last4 = told.bank_name[:140], told.last4[:4]
    if any(had_bank) and had_bank != (method.bank_name, method.last4):
        method.usable_at = now + _freeze()
        _tell(method.user, client=Client(address=None, browser=""), now=now)
    method.save(
        update_fields=["standing", "missing", "bank_name", "last4", "usable_at"]
    )
    return True


def _standing(told: stripe.Account) -> str:
    if told.payouts_enabled:
        return Standing.VERIFIED
    return Standing.CHECKING if told.details_submitted else Standing.INCOMPLETE


def _make_room(user: User, *, now: datetime) -> datetime:
    """Put the destination in use aside; the moment from which the next may be used."""
    earlier = PayoutMethod.objects.filter(user=user)
    if not earlier.exists():
        return now
    earlier.in_use().update(removed_at=now)
    return now + _freeze()


def _freeze() -> timedelta:
    return timedelta(hours=PlatformSetting.objects.in_force().payout_freeze_hours)


def _is_same(method: PayoutMethod, account: BankAccount) -> bool:
    return all(
        str(getattr(method, name)) == getattr(account, name)
        for name in BankAccount.__dataclass_fields__
    )


def _locked_person(user_id: UUID) -> User:
    user = User.objects.select_for_update(of=("self",)).get(pk=user_id)
    if not user.is_seller:
        raise NotAllowed(_("Only sellers withdraw money."))
    return user


def _tell(user: User, *, client: Client, now: datetime) -> None:
    security.note(
        user=user, kind=SecurityEvent.Kind.PAYOUT_CHANGED, client=client, now=now
    )
    security.tell(user=user, what="payout_changed")
