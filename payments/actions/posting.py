"""The one door to the ledger. Debits are positive, credits negative."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from operator import or_
from uuid import UUID

from django.db.models import BigIntegerField, Case, F, Q, Sum, Value, When
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


@dataclass(frozen=True, slots=True)
class Posting:
    """What is posted together: its number, its key, its legs."""

    kind: str
    key: str
    legs: tuple[Leg, ...]

    def amounts(self) -> dict[str, int]:
        """What it does to each account; legs of zero are left out."""
        amounts: dict[str, int] = defaultdict(int)
        for leg in self.legs:
            amounts[leg.code] += leg.amount
        found = {code: amount for code, amount in amounts.items() if amount}
        if len(found) < 2 or sum(found.values()) != 0:
            raise ValueError(f"{self.key} does not balance: {found}")
        return found


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
    posting = Posting(kind, key, legs)
    return bool(post_all([posting], currency=currency, at=at, order_id=order_id))


def post_all(
    postings: Sequence[Posting],
    *,
    currency: str,
    at: datetime,
    order_id: UUID | None = None,
) -> list[str]:
    """Post several, one after the other, as `post` does; return the keys that are new.

    All the accounts are locked at once, so it asks as often for many as for one.
    """
    old, there = _look_up(postings, currency)
    new = [posting for posting in postings if posting.key not in old]
    if not new:
        return []
    amounts = {posting.key: posting.amounts() for posting in new}
    codes = {code for each in amounts.values() for code in each}
    legs = [leg for posting in new for leg in posting.legs if leg.code in codes]
    accounts = _lock_accounts(legs, currency, there)
    headers = [
        LedgerTransaction(
            id=uuid7(),
            key=posting.key,
            kind=posting.kind,
            currency=currency,
            order_id=order_id,
            at=at,
        )
        for posting in new
    ]
    LedgerEntry.objects.bulk_create(
        _entries(headers, amounts, {each.code: each for each in accounts})
    )
    _change_balances(accounts, amounts.values())
    LedgerTransaction.objects.bulk_create(headers)
    return [posting.key for posting in new]


def _look_up(
    postings: Iterable[Posting], currency: str
) -> tuple[set[str], dict[str, UUID]]:
    """Which keys were posted before, and the keys of the accounts that are there; one query."""
    keys = [posting.key for posting in postings]
    codes = {leg.code for posting in postings for leg in posting.legs if leg.amount}
    headers = LedgerTransaction.objects.filter(key__in=keys)
    accounts = LedgerAccount.objects.filter(code__in=codes, currency=currency)
    found = headers.values_list("key", "pk", Value(True)).union(
        accounts.values_list("code", "pk", Value(False)), all=True
    )
    old: set[str] = set()
    there: dict[str, UUID] = {}
    for name, pk, is_header in found:
        if is_header:
            old.add(name)
        else:
            there[name] = pk
    return old, there


def _entries(
    headers: Iterable[LedgerTransaction],
    amounts: Mapping[str, Mapping[str, int]],
    accounts: Mapping[str, LedgerAccount],
) -> Iterator[LedgerEntry]:
    """The legs, each with what its account holds after it; None where that is summed."""
    held = {code: account.balance for code, account in accounts.items()}
    for header in headers:
        for code, amount in sorted(amounts[header.key].items()):
            before = held[code]
            if before is not None:
                held[code] = before + _growth(accounts[code], amount)
                _refuse_overdraft(held[code])
            yield LedgerEntry(
                transaction_id=header.id,
                account=accounts[code],
                amount=amount,
                balance_after=held[code],
            )


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
    accounts = _lock_accounts(legs, currency, {})
    return {AccountKind(account.kind): account.balance or 0 for account in accounts}


def _lock_accounts(
    legs: Iterable[Leg], currency: str, there: Mapping[str, UUID]
) -> list[LedgerAccount]:
    """Make the accounts that are not `there`, and lock those that keep a balance, in one order.

    The others are never locked: everybody posts to them.
    """
    kinds = {leg.code: leg.kind for leg in legs}
    _make_accounts(
        {code: kind for code, kind in kinds.items() if code not in there}, currency
    )
    accounts = LedgerAccount.objects.filter(currency=currency).order_by("code")
    kept = [code for code, kind in kinds.items() if kind.keeps_balance]
    locked = accounts.filter(code__in=kept).select_for_update(of=("self",))
    summed = {code: kind for code, kind in kinds.items() if not kind.keeps_balance}
    known = [
        LedgerAccount(id=there[code], kind=kind, code=code, currency=currency)
        for code, kind in summed.items()
        if code in there
    ]
    made = summed.keys() - there.keys()
    return [
        *(locked if kept else []),
        *known,
        *(accounts.filter(code__in=made) if made else []),
    ]


def _make_accounts(kinds: Mapping[str, AccountKind], currency: str) -> None:
    """Made by another at the same moment, an account is the same one."""
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


def _change_balances(
    accounts: Iterable[LedgerAccount], amounts: Iterable[Mapping[str, int]]
) -> None:
    """Move the balances that are kept, all by one conditional statement.

    A missing lock cannot overdraw an account: too little in one, and nothing is posted.
    """
    sums: dict[str, int] = defaultdict(int)
    for each in amounts:
        for code, amount in each.items():
            sums[code] += amount
    changes = {
        account.pk: _growth(account, sums[account.code])
        for account in accounts
        if account.balance is not None
    }
    if not changes:
        return
    enough = [Q(pk=pk, balance__gte=-change) for pk, change in changes.items()]
    cases = [When(pk=pk, then=Value(change)) for pk, change in changes.items()]
    change = Case(*cases, output_field=BigIntegerField())
    changed = LedgerAccount.objects.filter(reduce(or_, enough))
    if changed.update(balance=F("balance") + change) != len(changes):
        _refuse_overdraft(-1)


def _growth(account: LedgerAccount, amount: int) -> int:
    """By how much a leg makes an account grow, in its natural sign."""
    return amount if AccountKind(account.kind).grows_by_debit else -amount


def _refuse_overdraft(held: int | None) -> None:
    if held is not None and held < 0:
        raise NotEnough(_("There is not enough money for this."))
