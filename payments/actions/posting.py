"""The one door to the ledger. Debits are positive, credits negative."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import F, Sum
from django.utils.translation import gettext as _

from gigstream.core.errors import NotAllowed
from gigstream.core.ids import uuid7
from payments.models import AccountKind, LedgerAccount, LedgerEntry, LedgerTransaction
from payments.models.ledger import subject_code


class NotEnough(NotAllowed):
    """An account would have fallen below zero; nothing was posted."""


@dataclass(frozen=True, slots=True)
class Leg:
    """One side of a posting, before it has an account row."""

    kind: AccountKind
    amount: int
    subject: UUID | str | None = None

    @property
    def code(self) -> str:
        return subject_code(self.kind, self.subject)


def debit(kind: AccountKind, amount: int, subject: UUID | str | None = None) -> Leg:
    return Leg(kind, amount, subject)


def credit(kind: AccountKind, amount: int, subject: UUID | str | None = None) -> Leg:
    return Leg(kind, -amount, subject)


def post(
    kind: str,
    *legs: Leg,
    key: str,
    currency: str,
    at: datetime,
    order_id: UUID | None = None,
) -> bool:
    """Post legs that sum to zero; legs of zero are left out.

    Happens inside the caller's transaction. A key that was posted before changes
    nothing and returns False. Raises `NotEnough` rather than overdraw an account.
    """
    if LedgerTransaction.objects.filter(key=key).exists():
        return False
    amounts = _by_account(legs)
    if len(amounts) < 2 or sum(amounts.values()) != 0:
        raise ValueError(f"{key} does not balance: {amounts}")

    accounts = _lock_accounts(legs, amounts, currency)
    after = {each.code: _change_balance(each, amounts[each.code]) for each in accounts}
    header = LedgerTransaction(
        id=uuid7(), key=key, kind=kind, currency=currency, order_id=order_id, at=at
    )
    LedgerEntry.objects.bulk_create(
        LedgerEntry(
            transaction_id=header.id,
            account=account,
            amount=amounts[account.code],
            balance_after=after[account.code],
        )
        for account in accounts
    )
    header.save(force_insert=True)
    return True


def balance(kind: AccountKind, subject: UUID | str | None, currency: str) -> int:
    """What an account holds now, in its natural sign; zero where nobody ever posted."""
    account = LedgerAccount.objects.filter(
        code=subject_code(kind, subject), currency=currency
    ).first()
    if account is None:
        return 0
    if account.balance is not None:
        return account.balance
    total: int = account.entries.aggregate(sum=Sum("amount"))["sum"] or 0
    return total if kind.grows_by_debit else -total


def hold(
    *kinds: AccountKind, subject: UUID | str, currency: str
) -> dict[AccountKind, int]:
    """Lock accounts of one subject, and tell what they hold.

    For postings whose legs depend on it: what was read without the lock may be gone by
    the time it is posted.
    """
    legs = [Leg(kind, 0, subject) for kind in kinds]
    accounts = _lock_accounts(legs, [leg.code for leg in legs], currency)
    return {AccountKind(account.kind): account.balance or 0 for account in accounts}


def _by_account(legs: Iterable[Leg]) -> dict[str, int]:
    amounts: dict[str, int] = defaultdict(int)
    for leg in legs:
        amounts[leg.code] += leg.amount
    return {code: amount for code, amount in amounts.items() if amount}


def _lock_accounts(
    legs: Iterable[Leg], codes: Collection[str], currency: str
) -> list[LedgerAccount]:
    """Find or make the accounts, and lock those that keep a balance, always in one order."""
    kinds = {leg.code: leg.kind for leg in legs if leg.code in codes}
    LedgerAccount.objects.bulk_create(
        (
            LedgerAccount(
                kind=kinds[code],
                code=code,
                currency=currency,
                balance=0 if kinds[code].keeps_balance else None,
            )
            for code in sorted(kinds)
        ),
        ignore_conflicts=True,
    )
    accounts = LedgerAccount.objects.filter(code__in=kinds, currency=currency).order_by(
        "code"
    )
    locked = accounts.filter(balance__isnull=False).select_for_update(of=("self",))
    return [*locked, *accounts.filter(balance__isnull=True)]


def _change_balance(account: LedgerAccount, amount: int) -> int | None:
    """Move the balance, and return what it is now; None where balances are summed.

    It is one conditional statement: a missing lock cannot overdraw an account.
    """
    if account.balance is None:
        return None
    change = amount if AccountKind(account.kind).grows_by_debit else -amount
    changed = LedgerAccount.objects.filter(pk=account.pk, balance__gte=-change).update(
        balance=F("balance") + change
    )
    if not changed:
        raise NotEnough(_("There is not enough money for this."))
    return account.balance + change
