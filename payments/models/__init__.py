"""The till: the ledger, and what Stripe told us."""

from payments.models.ledger import (
    AccountKind,
    Earning,
    LedgerAccount,
    LedgerEntry,
    LedgerTransaction,
)
from payments.models.stripe import (
    Payment,
    Purpose,
    Refund,
    StripeEvent,
    UnappliedPayment,
)

__all__ = [
    "AccountKind",
    "Earning",
    "LedgerAccount",
    "LedgerEntry",
    "LedgerTransaction",
    "Payment",
    "Purpose",
    "Refund",
    "StripeEvent",
    "UnappliedPayment",
]
