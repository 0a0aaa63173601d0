"""Paying with a card that a buyer keeps, and keeping the one that pays."""

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from accounts.models import User
from gigstream.core.errors import NotAllowed, Stale
from gigstream.services import stripe
from payments.actions.intents import open_intent, take_over
from payments.models import Customer, KeptCard, Payment
from payments.status import PaymentStatus


def keep_card(*, payment_id: UUID, actor: User) -> None:
    """Have the card kept that will pay this payment; it is kept once it has paid.

    Not to be called in a transaction. Raises `StripeUnavailable`, `StripeRefused`.
    """
    payment = _to_pay(payment_id, actor)
    stripe.keep_card(
        intent_id=payment.intent_id or "", customer=customer_of(actor).stripe_id or ""
    )


def pay_with_card(
    *,
    payment_id: UUID,
    card_id: UUID | None,
    actor: User,
    return_url: str,
    now: datetime,
) -> str:
    """Pay with a card that the buyer keeps; where their bank asks for them, or nothing.

    Not to be called in a transaction. A card that Stripe does not know any more is
    forgotten here, too. Raises `StripeUnavailable`; whether it paid is then not known, and
    looked up.
    """
    payment = _to_pay(payment_id, actor)
    kept = KeptCard.objects.visible_to(actor)
    card = kept.filter(pk=card_id).first() if card_id else None
    if card is None:
        raise NotAllowed(_("Choose a card that you keep, or pay with another one."))
    try:
        intent, challenge = stripe.pay_with_card(
            intent_id=payment.intent_id or "",
            customer=card.customer.stripe_id or "",
            card=card.stripe_id,
            return_url=return_url,
        )
    except stripe.StripeRefused as refusal:
        if refusal.code == "payment_intent_unexpected_state":
            raise Stale(_("This payment has moved on. Look again.")) from refusal
        if refusal.code == "resource_missing":
            card.delete()
        raise NotAllowed(str(refusal)) from refusal
    take_over(intent, now)
    return challenge


def _to_pay(payment_id: UUID, actor: User) -> Payment:
    """The buyer's payment, opened at Stripe and still to be paid."""
    mine = Payment.objects.visible_to(actor).open().filter(pk=payment_id)
    if not mine.exists():
        raise Stale(_("This payment has moved on. Look again."))
    payment = open_intent(payment_id=payment_id)
    if payment.intent_id is None or payment.status == PaymentStatus.CANCELED:
        raise Stale(_("This payment has moved on. Look again."))
    return payment


def customer_of(user: User) -> Customer:
    """The buyer at Stripe; the name of our row makes sure that it is one."""
    customer, _is_new = Customer.objects.get_or_create(user=user)
    if customer.stripe_id is None:
        stripe_id = stripe.open_customer(
            customer_id=customer.pk, email=user.email, name=user.full_name
        )
        Customer.objects.filter(pk=customer.pk, stripe_id=None).update(
            stripe_id=stripe_id
        )
        customer.stripe_id = stripe_id
    return customer
