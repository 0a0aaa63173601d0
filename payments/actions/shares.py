"""Of what a payment's returned parts are made, so that any sequence ends at the last cent."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Self
from uuid import UUID

from django.db.models import Exists, JSONField, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import JSONObject

from payments.models import Chargeback, LedgerTransaction, Payment, Purpose, Refund
from payments.status import PaymentStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """A part of a payment in minor units; the commission is inside the price."""

    price: int = 0
    fee: int = 0
    commission: int = 0

    @property
    def total(self) -> int:
        return self.price + self.fee

    @property
    def sellers(self) -> int:
        return self.price - self.commission

    def __add__(self, other: Self) -> "Share":
        return Share(
            price=self.price + other.price,
            fee=self.fee + other.fee,
            commission=self.commission + other.commission,
        )

    def __sub__(self, other: Self) -> "Share":
        return Share(
            price=self.price - other.price,
            fee=self.fee - other.fee,
            commission=self.commission - other.commission,
        )


def paid(order_id: UUID) -> QuerySet[Payment]:
    """The payments that bought the work, the order's own and its extras', with their past.

    That is what was taken back of each, and whether E2 gave it to the seller. It is the
    last word where the order is locked: whoever changes it has locked the order before.
    """
    done = LedgerTransaction.objects.filter(key=f"done:{order_id}")
    paid = Payment.objects.filter(order_id=order_id, status=PaymentStatus.SUCCEEDED)
    paid = paid.exclude(purpose=Purpose.TIP).order_by("pk")
    return _with_past(paid).annotate(is_released=Exists(done))


def _with_past(payments: QuerySet[Payment]) -> QuerySet[Payment]:
    return payments.annotate(
        refunded=_sums(Refund.objects.all()),
        charged_back=_sums(Chargeback.objects.taken()),
    )


def _sums(parts: QuerySet[Any]) -> Subquery:
    names = "price", "fee", "commission"
    sums = JSONObject(**{name: Sum(name) for name in names})
    mine = parts.filter(payment=OuterRef("pk")).order_by().values("payment")
    return Subquery(mine.values(sums=sums), output_field=JSONField())


def whole(payment: Payment) -> Share:
    return Share(price=payment.price, fee=payment.fee, commission=payment.commission)


def gone(payment: Payment) -> Share:
    """What was taken back already: by refunds, also failed ones, and by banks."""
    return _gone(_with_past(Payment.objects.filter(pk=payment.pk)).get())


def _gone(payment: Any) -> Share:
    return Share(**(payment.refunded or {})) + Share(**(payment.charged_back or {}))


def left_of(payments: Iterable[Payment]) -> list[tuple[Payment, Share]]:
    """Each payment that was read by `paid`, with what is left of it."""
    return [(payment, whole(payment) - _gone(payment)) for payment in payments]


def next_part(payment: Payment, price: int, *, gone: Share) -> Share:
    """The next `price` of a payment, with what is due of fee and commission by then.

    Both are rounded down over all parts together, never part by part.
    """
    so_far, left = gone.price + price, whole(payment) - gone
    fee = payment.fee * so_far // payment.price - gone.fee
    commission = payment.commission * so_far // payment.price - gone.commission
    # A bank that gives a part back gives what it took, whatever was rounded with it since:
    # there may be a cent too much or too little. Nobody's part falls below zero by it.
    commission = max(commission, left.commission - left.price + price, 0)
    return Share(price=price, fee=max(fee, 0), commission=min(commission, price))


def of_amount(payment: Payment, amount: int, *, gone: Share) -> Share:
    """What an amount that a bank takes is made of, as far as that much is left.

    The fee goes in proportion, the price makes up the rest.
    """
    left = whole(payment) - gone
    fee = min(left.fee, payment.fee * amount // payment.amount)
    price = min(left.price, amount - fee)
    fee = min(left.fee, amount - price)
    part = next_part(payment, price, gone=gone)
    return Share(price=price, fee=fee, commission=part.commission)


def total(shares: Iterable[Share]) -> Share:
    return sum(shares, start=Share())
