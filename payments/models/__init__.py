"""The till: the ledger, and what Stripe told us."""

from payments.models.adjustments import (
    Adjustment,
    AdjustmentKind,
    AdjustmentStatus,
)
from payments.models.ledger import (
    AccountKind,
    Earning,
    LedgerAccount,
    LedgerEntry,
    LedgerTransaction,
)
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
    "AccountKind",
    "Adjustment",
    "AdjustmentKind",
    "AdjustmentStatus",
    "Chargeback",
    "Earning",
    "LedgerAccount",
    "LedgerEntry",
    "LedgerTransaction",
    "Payment",
    "Payout",
    "PayoutMethod",
    "Purpose",
    "Refund",
    "StripeEvent",
    "UnappliedPayment",
]
