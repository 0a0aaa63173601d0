"""The till: the ledger, and what Stripe told us."""

from payments.models.adjustments import (
    FROM_ITS_PAGE,
    RETURNED_LATE,
    Adjustment,
    AdjustmentKind,
    AdjustmentStatus,
)
from payments.models.books import Reconciliation, StripeLine
from payments.models.cards import CardSetup, Customer, KeptCard
from payments.models.ledger import (
    AccountKind,
    Earning,
    LedgerAccount,
    LedgerEntry,
    LedgerTransaction,
)
from payments.models.papers import Paper, PaperCounter, Series
from payments.models.payouts import Payout, PayoutMethod
from payments.models.stripe import (
    Chargeback,
    Payment,
    Purpose,
    Refund,
    StripeEvent,
    UnappliedPayment,
)

__all__ = [
    "FROM_ITS_PAGE",
    "RETURNED_LATE",
    "AccountKind",
    "Adjustment",
    "AdjustmentKind",
    "AdjustmentStatus",
    "CardSetup",
    "Chargeback",
    "Customer",
    "Earning",
    "KeptCard",
    "LedgerAccount",
    "LedgerEntry",
    "LedgerTransaction",
    "Paper",
    "PaperCounter",
    "Payment",
    "Payout",
    "PayoutMethod",
    "Purpose",
    "Reconciliation",
    "Refund",
    "Series",
    "StripeEvent",
    "StripeLine",
    "UnappliedPayment",
]
