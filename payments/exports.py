"""The money of somebody who takes their data along."""

from django.db.models import Q

from accounts.exports import Part, exports
from accounts.models import User
from payments.models import Earning, Payment, Refund


@exports("payments")
def payments(user: User) -> Part:
    paid = Payment.objects.visible_to(user).order_by("created_at")
    theirs = Q(payment__buyer=user) | Q(unapplied__order__buyer=user)
    returned = Refund.objects.filter(theirs).order_by("requested_at")
    earned = Earning.objects.of(user).order_by("earned_at")
    return Part(
        data={
            "payments": list(
                paid.values(
                    "id",
                    "order_id",
                    "purpose",
                    "amount",
                    "currency",
                    "status",
                    "card_brand",
                    "card_last4",
                    "created_at",
                    "succeeded_at",
                )
            ),
            "refunds": list(
                returned.values(
                    "id",
                    "payment_id",
                    "amount",
                    "currency",
                    "status",
                    "requested_at",
                    "settled_at",
                )
            ),
            "earnings": list(
                earned.values(
                    "id",
                    "order_id",
                    "amount",
                    "currency",
                    "earned_at",
                    "clears_at",
                    "cleared_at",
                )
            ),
        }
    )
