"""The lives of payments, refunds and chargebacks: their states, and the moves between them."""

from django.db import models
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
    """Stripe's words. A warning is a question of the bank; no money moves yet."""

    WARNING_NEEDS_RESPONSE = "warning_needs_response", _("Inquiry to answer")
    WARNING_UNDER_REVIEW = "warning_under_review", _("Inquiry answered")
    WARNING_CLOSED = "warning_closed", _("Inquiry closed")
    NEEDS_RESPONSE = "needs_response", _("To answer")
    UNDER_REVIEW = "under_review", _("With the bank")
    WON = "won", _("Won")
    LOST = "lost", _("Lost")
    PREVENTED = "prevented", _("Prevented")

    @property
    def is_final(self) -> bool:
        return self in FINAL_CHARGEBACKS


_C = ChargebackStatus
OPEN_CHARGEBACKS = frozenset({_C.NEEDS_RESPONSE, _C.UNDER_REVIEW})
TO_ANSWER = frozenset({_C.NEEDS_RESPONSE, _C.WARNING_NEEDS_RESPONSE})
FINAL_CHARGEBACKS = frozenset({_C.WON, _C.LOST, _C.PREVENTED, _C.WARNING_CLOSED})
