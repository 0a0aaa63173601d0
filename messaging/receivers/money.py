"""Money that goes back, is contested, is given, or is withdrawn."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.dispatch import receiver

from messaging import actions
from messaging.kinds import NEWS, values
from messaging.kinds import NotificationKind as Kind
from messaging.receivers.telling import news_of, tell, tell_all
from orders import signals
from orders.models import Order
from payments.models import Adjustment, Payout, Refund
from payments.signals import payout_changed, returned_late_decided


@receiver(signals.payment_returned)
def tell_of_returned_payment(
    *, order: Order, amount: int, currency: str, at: datetime, **_kwargs: Any
) -> None:
    tell(
        order.buyer,
        order,
        Kind.PAYMENT_RETURNED,
        cause=at,
        amount=values.amount(amount, currency),
        at=at,
    )


@receiver(signals.order_refunded)
def tell_of_refund(
    *, order: Order, refunds: Sequence[Refund], at: datetime, **_kwargs: Any
) -> None:
    """Tell the buyer what comes back, and the seller what that leaves."""
    if not refunds:
        return
    every = [
        news_of(
            person,
            order,
            Kind.ORDER_REFUNDED,
            case=case,
            cause=refunds[0].pk,
            amount=values.amount(amount, order.currency),
        )
        for person, case, amount in (
            (order.buyer, "buyer", sum(each.amount for each in refunds)),
            (order.seller, "seller", sum(each.price for each in refunds)),
        )
    ]
    tell_all(every, at=at)


@receiver(signals.chargeback_opened)
def tell_of_chargeback(*, order: Order, at: datetime, **_kwargs: Any) -> None:
    """Tell the seller alone: the buyer went to their bank, which speaks for itself."""
    tell(order.seller, order, Kind.CHARGEBACK_OPENED, cause=at, at=at)


@receiver(signals.chargeback_ended)
def tell_how_a_chargeback_ended(
    *, order: Order, is_lost: bool, at: datetime, **_kwargs: Any
) -> None:
    case = "lost" if is_lost else "won"
    tell(order.seller, order, Kind.CHARGEBACK_ENDED, case=case, cause=at, at=at)


@receiver(returned_late_decided)
def tell_whose_returned_money_is(
    *, adjustment: Adjustment, at: datetime, **_kwargs: Any
) -> None:
    """Tell whoever gets it; what we keep is no news for anybody."""
    person, chargeback = adjustment.person, adjustment.chargeback
    if person and chargeback and chargeback.order:
        tell(
            person,
            chargeback.order,
            Kind.CHARGEBACK_ENDED,
            case=adjustment.kind,
            cause=adjustment.pk,
            amount=values.amount(adjustment.amount, adjustment.currency),
            at=at,
        )


@receiver(signals.tip_received)
def tell_of_tip(
    *, order: Order, amount: int, currency: str, at: datetime, **_kwargs: Any
) -> None:
    tell(
        order.seller,
        order,
        Kind.TIP_RECEIVED,
        actor=order.buyer,
        cause=at,
        amount=values.amount(amount, currency),
        at=at,
    )


@receiver(payout_changed)
def tell_of_payout(*, payout: Payout, at: datetime, **_kwargs: Any) -> None:
    """Tell a seller of each step of a withdrawal; that it was sent is told by the page."""
    if payout.status not in NEWS[Kind.PAYOUT].cases:
        return
    actions.notify(
        user=payout.user,
        kind=Kind.PAYOUT,
        # That somebody looks at it first is no news of its own.
        key=f"payout:{payout.pk}:{payout.status.replace('review', 'requested')}",
        path=payout.get_absolute_url(),
        now=at,
        case=payout.status,
        about={
            "amount": values.amount(payout.amount, payout.currency),
            "method": payout.method.masked,
            "where": values.payout(payout.status),
            "failure": payout.failure,
        },
    )
