"""What must hold between orders, their history and their money (MONEY: invariants)."""

from collections import defaultdict
from collections.abc import Iterator

from django.db.models import Count, OuterRef, Q, Subquery, Sum
from django.utils.translation import gettext_lazy as _

from gigstream.core.invariants import invariant
from orders.actions import fingerprint
from orders.models import Order, OrderEvent
from orders.ratings import drifted
from orders.status import HOLDS_MONEY, OrderStatus, Role, is_an_edge
from payments.models import (
    AccountKind,
    Adjustment,
    AdjustmentKind,
    Chargeback,
    LedgerAccount,
    LedgerEntry,
    Payment,
    Purpose,
    Refund,
)
from payments.status import PaymentStatus

UNPAID = {OrderStatus.PENDING, OrderStatus.EXPIRED}
NOTHING = (0, 0, 0)


@invariant(
    "I5", _("Money is held for an order only while it is under way, and none is lost.")
)
def held_money_has_an_order_under_way() -> Iterator[str]:
    states = dict(Order.objects.values_list("pk", "status"))
    names = {str(pk): status for pk, status in states.items()}
    held = LedgerAccount.objects.filter(
        kind__in=[AccountKind.ESCROW, AccountKind.FEE_DEFERRED], balance__gt=0
    )
    for account in held.iterator():
        status = names.get(account.code.partition(":")[2], "unknown")
        if status not in HOLDS_MONEY:
            yield f"{account.code} holds {account.balance} for an order that is {status}"
    for pk, (price, fee) in _lacking().items():
        if price or fee:
            yield f"order {pk}: the books lack {price} of its price, {fee} of its fee"


PRICE = [
    AccountKind.ESCROW,
    AccountKind.SELLER_PENDING,
    AccountKind.SELLER_AVAILABLE,
    AccountKind.SELLER_RECEIVABLE,
    AccountKind.COMMISSION,
]
"""Where the price of an order is, held or earned, until it goes back to the buyer."""

FEE = [AccountKind.FEE_DEFERRED, AccountKind.SERVICE_FEE]
OF_CHARGEBACK = "chargeback__order", "chargeback__price", "chargeback__fee"


def _lacking() -> dict[object, list[int]]:
    """What each order cost, with extras and tips, less what went back and what the books have.

    What a bank returned late went back, unless it was given to the seller after all.
    """
    lacking: dict[object, list[int]] = defaultdict(lambda: [0, 0])
    orders = Order.objects.filter(paid_at__isnull=False)
    more = Payment.objects.succeeded().exclude(purpose=Purpose.ORDER)
    refunds = Refund.objects.filter(payment__isnull=False)
    taken = Chargeback.objects.taken().filter(payment__isnull=False)
    given = Adjustment.objects.approved(AdjustmentKind.TO_SELLER)
    for sign, rows in (
        (1, orders.values_list("pk", "price", "fee")),
        (1, more.values_list("order", "price", "fee")),
        (-1, refunds.values_list("payment__order", "price", "fee")),
        (-1, taken.values_list("payment__order", "price", "fee")),
        (1, given.values_list(*OF_CHARGEBACK)),
    ):
        for order_id, price, fee in rows.iterator():
            lacking[order_id][0] += sign * price
            lacking[order_id][1] += sign * fee
    legs = LedgerEntry.objects.filter(
        account__kind__in=[*PRICE, *FEE], transaction__order__isnull=False
    )
    sums = legs.values_list("transaction__order", "account__kind").order_by()
    for order_id, kind, total in sums.annotate(Sum("amount")).iterator():
        lacking[order_id][kind in FEE] += total
    return lacking


@invariant("I15", _("What extras added to an order is what was paid for them."))
def orders_grew_by_what_was_paid() -> Iterator[str]:
    extras = Payment.objects.filter(
        status=PaymentStatus.SUCCEEDED, purpose=Purpose.AMENDMENT
    )
    sums = (
        extras.order_by()
        .values_list("order_id")
        .annotate(Sum("price"), Sum("fee"), Sum("commission"))
    )
    paid = {pk: tuple(each) for pk, *each in sums}
    grown = Order.objects.exclude(added_price=0, added_fee=0, added_commission=0)
    rows = grown.values_list("pk", "added_price", "added_fee", "added_commission")
    added = {pk: tuple(each) for pk, *each in rows}
    for pk in paid.keys() | added.keys():
        if paid.get(pk, NOTHING) != added.get(pk, NOTHING):
            yield f"order {pk} has grown by other amounts than were paid"


@invariant(
    "I7",
    _("A paid order has exactly one payment that succeeded; an unpaid one has none."),
)
def paid_orders_have_one_payment() -> Iterator[str]:
    succeeded = Count(
        "payments",
        filter=Q(payments__status=PaymentStatus.SUCCEEDED)
        & Q(payments__purpose=Purpose.ORDER),
    )
    orders = Order.objects.annotate(times_paid=succeeded)
    rows = orders.values_list("pk", "status", "paid_at", "times_paid")
    for pk, status, paid_at, times_paid in rows.iterator():
        if times_paid != (1 if paid_at else 0):
            yield f"order {pk} is {status} and was paid {times_paid} times"
        if paid_at and status in UNPAID:
            yield f"order {pk} is {status} and has a payment date"


@invariant(
    "I8",
    _(
        "An order is where its history says, each step is in the table, its terms as agreed."
    ),
)
def history_explains_every_order() -> Iterator[str]:
    last = OrderEvent.objects.filter(order=OuterRef("pk")).order_by("-id")
    orders = Order.objects.annotate(last=Subquery(last.values("to_status")[:1]))
    for pk, status, told in orders.values_list("pk", "status", "last").iterator():
        if told != status:
            yield f"order {pk} is {status}, its history says {told}"
    for pk, terms, terms_hash in Order.objects.values_list(
        "pk", "terms", "terms_hash"
    ).iterator():
        if fingerprint(terms) != terms_hash:
            yield f"order {pk} has other terms than were agreed"
    steps = OrderEvent.objects.values_list("order", "from_status", "to_status", "role")
    for order_id, source, target, role in steps:
        is_birth = not source and target == OrderStatus.PENDING and role == Role.BUYER
        if not is_birth and not is_an_edge(source, target, role):
            yield f"order {order_id} went {source or 'nowhere'} → {target} by {role}"


@invariant(
    "I13", _("The ratings of gigs and sellers are those of their published reviews.")
)
def ratings_follow_from_reviews() -> Iterator[str]:
    yield from map(str, drifted())
