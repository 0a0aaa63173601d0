"""What stands between an order and its payment, for its pages and for programs.

Each of these asks Stripe, so none runs in a transaction.
"""

from datetime import datetime

from django.utils.translation import gettext as _

import payments.actions
from gigstream.core.errors import Stale
from gigstream.services import stripe
from orders.models import Order
from payments.models import Payment


def prepare_payment(order: Order) -> None:
    """Have the card form ready when the next page comes; if Stripe is slow, that page waits."""
    payment = Payment.objects.open().filter(order=order).first()
    if payment:
        open_intent(payment)


def open_intent(payment: Payment) -> Payment:
    """Have the card form ready; if Stripe is slow, a task goes on and the page waits."""
    try:
        return payments.actions.open_intent(payment_id=payment.pk)
    except stripe.StripeFailure:
        return payment


def start_payment_again(order: Order, *, now: datetime) -> Payment:
    """Ask for the money of an unpaid order anew, or go on with what was asked."""
    payment = payments.actions.request_payment(
        order_id=order.pk,
        buyer_id=order.buyer_id,
        price=order.price,
        fee=order.fee,
        commission=order.commission,
        currency=order.currency,
        now=now,
    )
    return open_intent(payment)


def close_payments(order: Order, *, now: datetime) -> None:
    """Make sure that nobody can pay an order any more; one that is being paid is `Stale`."""
    is_closed = payments.actions.close_payments(
        order_id=order.pk, timeout=stripe.REQUEST_TIMEOUT, now=now
    )
    if not is_closed:
        raise Stale(
            _("Your bank is still processing the payment. Please wait a moment.")
        )
