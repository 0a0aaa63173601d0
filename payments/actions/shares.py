"""Of what a payment's returned parts are made, so that any sequence ends at the last cent."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Self
from uuid import UUID

from django.db.models import QuerySet

from payments.models import Chargeback, Payment, Purpose, Refund
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
    """The payments that bought the work: the order's own, and its extras'."""
    paid = Payment.objects.filter(order_id=order_id, status=PaymentStatus.SUCCEEDED)
    return paid.exclude(purpose=Purpose.TIP).order_by("pk")


def whole(payment: Payment) -> Share:
    return Share(price=payment.price, fee=payment.fee, commission=payment.commission)


def gone(payment: Payment) -> Share:
    """What was taken back already: by refunds, also failed ones, and by banks."""
    return gone_of([payment])[payment.pk]


def gone_of(payments: Collection[Payment]) -> dict[UUID, Share]:
    """What was taken back of each payment already; one query for all."""
    names = "payment", "price", "fee", "commission"
    keys = [payment.pk for payment in payments]
    refunds = Refund.objects.filter(payment__in=keys).values_list(*names)
    banks = Chargeback.objects.taken().filter(payment__in=keys).values_list(*names)
    gone = dict.fromkeys(keys, Share())
    for key, price, fee, commission in refunds.union(banks, all=True):
        gone[key] += Share(price=price, fee=fee, commission=commission)
    return gone


def left_of(payments: Collection[Payment]) -> list[tuple[Payment, Share]]:
    """Each payment with what is left of it; one query for all."""
    gone = gone_of(payments)
    return [(payment, whole(payment) - gone[payment.pk]) for payment in payments]


def next_part(payment: Payment, price: int, *, gone: Share) -> Share:
    """The next `price` of a payment, with what is due of fee and commission by then.

    Both are rounded down over all parts together, never part by part.
    """
    so_far = gone.price + price
    fee = payment.fee * so_far // payment.price
    commission = payment.commission * so_far // payment.price
    return Share(
        price=price,
        fee=max(fee - gone.fee, 0),
        commission=max(commission - gone.commission, 0),
    )


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
