"""Money keeps an account open until it is where it belongs."""

from collections.abc import Iterable

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.closing import Reason, blocks_closing
from accounts.models import User
from gigstream.core.money import written
from payments.models import (
    AccountKind,
    Chargeback,
    LedgerAccount,
    Payment,
    Payout,
    Refund,
)
from payments.models.ledger import subject_code
from payments.status import PaymentStatus, RefundStatus

PERSONAL = [
    AccountKind.SELLER_PENDING,
    AccountKind.SELLER_AVAILABLE,
    AccountKind.SELLER_RECEIVABLE,
    AccountKind.BUYER_PAYABLE,
]

NOT_ARRIVED = [RefundStatus.REQUESTED, RefundStatus.SUBMITTED, RefundStatus.FAILED]


@blocks_closing
def money_left(user: User) -> Iterable[Reason]:
    """What the books hold for a person, or against them, in any currency."""
    codes = [subject_code(kind, user.pk) for kind in PERSONAL]
    accounts = LedgerAccount.objects.filter(code__in=codes, balance__gt=0)
    for account in accounts.order_by("code", "currency"):
        yield Reason(
            text=_("There is money in the books: %(amount)s (%(kind)s).")
            % {
                "amount": written(account.balance or 0, account.currency),
                "kind": account.get_kind_display(),
            },
            path=reverse("payments:wallet"),
        )


@blocks_closing
def money_under_way(user: User) -> Iterable[Reason]:
    """What was sent and has not arrived, and what came back and may be theirs."""
    paying = Payment.objects.visible_to(user).filter(status=PaymentStatus.PROCESSING)
    theirs = Q(payment__buyer=user) | Q(unapplied__order__buyer=user)
    returning = Refund.objects.filter(theirs, status__in=NOT_ARRIVED)
    for payout in Payout.objects.visible_to(user).open():
        yield Reason(
            text=_("A withdrawal is still on its way to you."),
            path=payout.get_absolute_url(),
        )
    parties = Q(order__buyer=user) | Q(order__seller=user)
    if Chargeback.objects.undecided().filter(parties).exists():
        yield Reason(
            text=_("A bank returned money, and whose it is has not been decided.")
        )
    # Buyers have theirs from the bank by then; what sellers win comes to their wallet.
    if Chargeback.objects.holding().filter(order__seller=user).exists():
        yield Reason(text=_("A bank has not decided yet about a payment to you."))
    if paying.exists():
        yield Reason(text=_("A payment of yours is still being processed."))
    if returning.exists():
        yield Reason(text=_("A refund is still on its way to you."))
