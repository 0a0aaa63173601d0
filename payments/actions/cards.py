"""Cards that buyers keep: only if they say so, at Stripe alone, and theirs alone."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from accounts.models import User
from gigstream.core.jobs import enqueue
from gigstream.services import stripe
from payments.models import Customer, KeptCard


@transaction.atomic
def note_kept_card(
    *, intent: stripe.Intent | stripe.Setup, buyer_id: UUID, now: datetime
) -> None:
    """Remember the card that its buyer wanted kept. Twice is once.

    The same card, kept again, takes the place of the earlier one.
    """
    customer = (
        Customer.objects.select_for_update()
        .filter(user_id=buyer_id, stripe_id=intent.kept_for)
        .first()
    )
    year, month = intent.card_expires
    if not (intent.kept_for and customer and intent.card_fingerprint):
        return
    earlier = customer.cards.filter(fingerprint=intent.card_fingerprint).first()
    if earlier and earlier.stripe_id != intent.card_id:
        enqueue("payments.tasks.forget_card", card=earlier.stripe_id)
    customer.cards.update_or_create(
        fingerprint=intent.card_fingerprint,
        defaults={
            "stripe_id": intent.card_id,
            "brand": intent.card_brand[:20],
            "last4": intent.card_last4[:4],
            "exp_year": year,
            "exp_month": month,
            "kept_at": now,
        },
    )


@transaction.atomic
def remove_card(*, card_id: UUID, actor: User) -> None:
    """Keep a card no longer, from now on; Stripe is told by a task. Twice is once."""
    cards = KeptCard.objects.visible_to(actor).select_for_update(of=("self",))
    if card := cards.filter(pk=card_id).first():
        card.delete()
        enqueue("payments.tasks.forget_card", card=card.stripe_id)


@transaction.atomic
def forget_customer(*, user_id: UUID) -> None:
    """Have Stripe forget somebody who leaves, with all their cards."""
    for customer in Customer.objects.filter(user_id=user_id):
        customer.delete()
        if customer.stripe_id:
            enqueue("payments.tasks.close_customer", customer=customer.stripe_id)
