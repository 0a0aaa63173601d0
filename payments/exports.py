"""The money of somebody who takes their data along."""

from django.db.models import Q

from accounts.exports import Part, exports
from accounts.models import User
from payments.models import (
    Earning,
    KeptCard,
    Paper,
    Payment,
    Payout,
    PayoutMethod,
    Refund,
)


@exports("payments")
def payments(user: User) -> Part:
    paid = Payment.objects.visible_to(user).order_by("created_at")
    theirs = Q(payment__buyer=user) | Q(unapplied__order__buyer=user)
    returned = Refund.objects.filter(theirs).order_by("requested_at")
    earned = Earning.objects.of(user).order_by("earned_at")
    methods = PayoutMethod.objects.visible_to(user).order_by("added_at")
    withdrawn = Payout.objects.visible_to(user).order_by("requested_at")
    papers = Paper.objects.visible_to(user).order_by("issued_at")
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
            "kept_cards": list(
                KeptCard.objects.visible_to(user)
                .order_by("kept_at")
                .values("brand", "last4", "exp_year", "exp_month", "kept_at")
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
            "payout_methods": list(
                methods.values(
                    "kind",
                    "holder",
                    "country",
                    "bank_name",
                    "bank_code",
                    "account_number",
                    "added_at",
                    "removed_at",
                )
            ),
            "withdrawals": list(
                withdrawn.values(
                    "id",
                    "amount",
                    "currency",
                    "status",
                    "failure",
                    "requested_at",
                    "submitted_at",
                    "settled_at",
                )
            ),
            "papers": list(
                papers.values("series", "number", "order_id", "content", "issued_at")
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
