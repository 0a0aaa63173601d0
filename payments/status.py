"""The lives of payments, refunds, chargebacks and withdrawals: their states, and the moves between them."""

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class PaymentStatus(models.TextChoices):
    REQUIRES_PAYMENT = "requires_payment", _("Not paid yet")
    PROCESSING = "processing", _("Processing")
    SUCCEEDED = "succeeded", _("Completed")
    FAILED = "failed", _("Failed")
    CANCELED = "canceled", _("Cancelled")

    def can_become(self, new: "PaymentStatus") -> bool:
        return new in PAYMENT_MOVES[self]


_P = PaymentStatus
PAYMENT_MOVES: dict[PaymentStatus, frozenset[PaymentStatus]] = {
    _P.REQUIRES_PAYMENT: frozenset(
        {_P.PROCESSING, _P.SUCCEEDED, _P.FAILED, _P.CANCELED}
    ),
    _P.PROCESSING: frozenset({_P.SUCCEEDED, _P.FAILED, _P.CANCELED}),
    # A failed attempt is not the end: the buyer may try another card.
    _P.FAILED: frozenset({_P.PROCESSING, _P.SUCCEEDED, _P.CANCELED}),
    _P.SUCCEEDED: frozenset(),
    _P.CANCELED: frozenset(),
}


class RefundStatus(models.TextChoices):
    REQUESTED = "requested", _("Requested")
    SUBMITTED = "submitted", _("Submitted")
    SUCCEEDED = "succeeded", _("Refunded")
    FAILED = "failed", _("Failed")
    CANCELED = "canceled", _("Cancelled")

    def can_become(self, new: "RefundStatus") -> bool:
        return new in REFUND_MOVES[self]


_F = RefundStatus
REFUND_MOVES: dict[RefundStatus, frozenset[RefundStatus]] = {
    _F.REQUESTED: frozenset({_F.SUBMITTED, _F.SUCCEEDED, _F.FAILED, _F.CANCELED}),
    _F.SUBMITTED: frozenset({_F.SUCCEEDED, _F.FAILED, _F.CANCELED}),
    # A bank may send back what Stripe had already called done.
    _F.SUCCEEDED: frozenset({_F.FAILED}),
    _F.FAILED: frozenset(),
    _F.CANCELED: frozenset(),
}


class ChargebackStatus(models.TextChoices):
    """Stripe's words, each later than those above it. A warning is a question of the bank.

    No money moves on a warning. It may become a dispute, even after it was closed.
    """

    WARNING_NEEDS_RESPONSE = "warning_needs_response", _("Inquiry to answer")
    WARNING_UNDER_REVIEW = "warning_under_review", _("Inquiry answered")
    WARNING_CLOSED = "warning_closed", _("Inquiry closed")
    NEEDS_RESPONSE = "needs_response", _("To answer")
    UNDER_REVIEW = "under_review", _("With the bank")
    WON = "won", _("Won")
    LOST = "lost", _("Lost")
    PREVENTED = "prevented", _("Prevented")

    def can_become(self, new: "ChargebackStatus") -> bool:
        """News comes in any order: what was decided stays, and nothing goes backwards."""
        stages = list(ChargebackStatus)
        return self not in DECIDED and stages.index(new) >= stages.index(self)


_C = ChargebackStatus
OPEN_CHARGEBACKS = frozenset({_C.NEEDS_RESPONSE, _C.UNDER_REVIEW})
TO_ANSWER = frozenset({_C.NEEDS_RESPONSE, _C.WARNING_NEEDS_RESPONSE})
UNDECIDED = OPEN_CHARGEBACKS | {_C.WARNING_NEEDS_RESPONSE, _C.WARNING_UNDER_REVIEW}
DECIDED = frozenset({_C.WON, _C.LOST, _C.PREVENTED})


class PayoutStatus(models.TextChoices):
    REQUESTED = "requested", _("Requested")
    REVIEW = "review", _("In review")
    SUBMITTED = "submitted", _("On its way")
    PAID = "paid", _("Paid")
    FAILED = "failed", _("Failed")
    CANCELED = "canceled", _("Cancelled")
    RETURNED = "returned", _("Returned")

    def can_become(self, new: "PayoutStatus") -> bool:
        return new in PAYOUT_MOVES[self]

    @classmethod
    def on_the_way(cls) -> list["PayoutStatus"]:
        return [cls.REQUESTED, cls.REVIEW, cls.SUBMITTED]

    @property
    def tone(self) -> str:
        return TONES[self]

    @property
    def sentence(self) -> Promise:
        return SENTENCES[self]


_O = PayoutStatus
PAYOUT_MOVES: dict[PayoutStatus, frozenset[PayoutStatus]] = {
    _O.REQUESTED: frozenset({_O.REVIEW, _O.SUBMITTED, _O.CANCELED}),
    _O.REVIEW: frozenset({_O.SUBMITTED, _O.CANCELED}),
    _O.SUBMITTED: frozenset({_O.PAID, _O.FAILED}),
    # A bank may send back what Stripe had already called paid.
    _O.PAID: frozenset({_O.RETURNED}),
    _O.FAILED: frozenset(),
    _O.CANCELED: frozenset(),
    _O.RETURNED: frozenset(),
}
SENTENCES: dict[PayoutStatus, Promise] = {
    _O.REQUESTED: _("The money is set aside, and is about to be sent."),
    _O.REVIEW: _(
        "The money is set aside. Somebody of ours looks at it, then sends it."
    ),
    _O.SUBMITTED: _("The money is on its way to your bank."),
    _O.PAID: _("Your bank has the money."),
    _O.FAILED: _("Your bank did not take the money. It is in your wallet again."),
    _O.CANCELED: _("Nothing was sent. The money is in your wallet again."),
    _O.RETURNED: _("Your bank sent the money back. It is in your wallet again."),
}
TONES: dict[PayoutStatus, str] = {
    _O.REQUESTED: "waiting",
    _O.REVIEW: "waiting",
    _O.SUBMITTED: "active",
    _O.PAID: "done",
    _O.FAILED: "trouble",
    _O.CANCELED: "",
    _O.RETURNED: "trouble",
}

CLAIMS: dict[str, Promise] = {
    "bank_cannot_process": _("The bank could not process it"),
    "check_returned": _("The check came back"),
    "credit_not_processed": _("A refund that was promised did not come"),
    "customer_initiated": _("The buyer asked for the money back"),
    "debit_not_authorized": _("The debit was not allowed"),
    "duplicate": _("It was charged twice"),
    "fraudulent": _("It was not the owner of the card who paid"),
    "general": _("No reason is given"),
    "incorrect_account_details": _("The details of the account were wrong"),
    "insufficient_funds": _("The account did not hold enough"),
    "noncompliant": _("The rules of the card were not kept"),
    "product_not_received": _("What was bought did not come"),
    "product_unacceptable": _("What came is not what was agreed"),
    "subscription_canceled": _("It was cancelled before"),
    "unrecognized": _("The owner of the card does not know the payment"),
}
"""What a buyer may say to their bank, by Stripe's name for it."""
