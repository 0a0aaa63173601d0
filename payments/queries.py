"""Answers about money that are not rows."""

from dataclasses import dataclass

from django.db.models import QuerySet

from accounts.models import User
from gigstream.core.models import PlatformSetting
from payments.models import AccountKind, Earning, LedgerAccount
from payments.models.ledger import subject_code


@dataclass(frozen=True, slots=True, kw_only=True)
class Wallet:
    """A seller's money in one currency, in minor units: a view of the ledger."""

    pending: int
    available: int
    owed: int
    earned: int
    currency: str


def wallet(seller: User) -> Wallet:
    """What a seller has, by the ledger; three queries whatever they have sold."""
    currency = PlatformSetting.objects.in_force().currency
    kinds = [
        AccountKind.SELLER_PENDING,
        AccountKind.SELLER_AVAILABLE,
        AccountKind.SELLER_RECEIVABLE,
    ]
    codes = [subject_code(kind, seller.pk) for kind in kinds]
    accounts = LedgerAccount.objects.filter(code__in=codes, currency=currency)
    balances = {account.kind: account.balance or 0 for account in accounts}
    earned = Earning.objects.of(seller).filter(currency=currency)
    return Wallet(
        pending=balances.get(AccountKind.SELLER_PENDING, 0),
        available=balances.get(AccountKind.SELLER_AVAILABLE, 0),
        owed=balances.get(AccountKind.SELLER_RECEIVABLE, 0),
        earned=earned.total(),
        currency=currency,
    )


def latest_earnings(seller: User, limit: int = 50) -> QuerySet[Earning]:
    return (
        Earning.objects.of(seller)
        .select_related("order")
        .order_by("-earned_at", "-pk")[:limit]
    )
