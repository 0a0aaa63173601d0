"""Of what a payment's returned parts are made, so that any sequence ends at the last cent."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

from django.db.models import QuerySet, Sum

from payments.models import Chargeback, Payment, Refund


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


def whole(payment: Payment) -> Share:
    return Share(price=payment.price, fee=payment.fee, commission=payment.commission)


def gone(payment: Payment) -> Share:
    """What was taken back already: by refunds, also failed ones, and by banks."""
    return _sum(payment.refunds.all()) + _sum(payment.chargebacks.taken())


def _sum(parts: QuerySet[Refund] | QuerySet[Chargeback]) -> Share:
    sums = parts.aggregate(
        price=Sum("price", default=0),
        fee=Sum("fee", default=0),
        commission=Sum("commission", default=0),
    )
    return Share(**sums)


def left(payment: Payment) -> Share:
    return whole(payment) - gone(payment)


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
