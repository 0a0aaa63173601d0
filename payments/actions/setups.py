"""Keeping a card without paying: asked for here, typed at Stripe, known by its word alone."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from accounts.models import User
from gigstream.core.jobs import enqueue
from gigstream.services import stripe
from payments.actions.cards import note_kept_card
from payments.actions.paying import customer_of
from payments.models import CardSetup

ABANDONED_AFTER = timedelta(days=1)


def request_card_setup(*, actor: User, now: datetime) -> CardSetup:
    """Write down that a buyer wants a card kept; one that is still open is that one.

    Not to be called in a transaction. Raises `StripeUnavailable`, `StripeRefused`.
    """
    setup, _ = CardSetup.objects.open().get_or_create(
        customer=customer_of(actor), defaults={"created_at": now}
    )
    return _opened(setup)


def _opened(setup: CardSetup) -> CardSetup:
    """Have Stripe open the intent on which the card is typed; again is the same intent."""
    if setup.stripe_id:
        return setup
    opened = stripe.open_setup(
        setup_id=setup.pk, customer=setup.customer.stripe_id or ""
    )
    CardSetup.objects.filter(pk=setup.pk, stripe_id=None).update(
        stripe_id=opened.id, client_secret=opened.client_secret
    )
    setup.refresh_from_db()
    return setup


def hear_of_setup(*, told: stripe.Setup) -> bool:
    """Take over what an event says of a setup; False if it is none of ours.

    An event does not tell of the card: whoever kept one is asked about by a task.
    """
    setup = CardSetup.objects.filter(stripe_id=told.id).first()
    if setup is None:
        return False
    if told.status == "requires_payment_method":
        CardSetup.objects.open().filter(pk=setup.pk).update(
            failure=told.failure_message[:300]
        )
    elif setup.status == CardSetup.Status.OPEN:
        enqueue("payments.tasks.look_up_card_setup", setup_id=setup.pk)
    return True


def look_up_card_setup(*, setup_id: UUID, now: datetime) -> None:
    """Ask Stripe what became of a setup, keep its card, and give up one left for a day.

    Not to be called in a transaction.
    """
    waiting = CardSetup.objects.open().select_related("customer")
    setup = waiting.filter(pk=setup_id).first()
    if setup is None:
        return
    if setup.stripe_id is None:
        setup = _opened(setup)
    stripe_id, timeout = setup.stripe_id or "", stripe.TASK_TIMEOUT
    is_left = setup.created_at < now - ABANDONED_AFTER
    ask = stripe.cancel_setup if is_left else stripe.retrieve_setup
    _take_over(ask(stripe_id, timeout=timeout), setup.pk, now)


@transaction.atomic
def _take_over(told: stripe.Setup, setup_id: UUID, now: datetime) -> None:
    """A setup ends once, so a card that was removed since does not come back."""
    if told.status not in ENDS:
        return
    locked = CardSetup.objects.open().select_for_update(of=("self",))
    setup = locked.select_related("customer").filter(pk=setup_id).first()
    if setup is None:
        return
    setup.status, setup.failure = ENDS[told.status], ""
    setup.save(update_fields=["status", "failure"])
    if setup.status == CardSetup.Status.SUCCEEDED:
        note_kept_card(intent=told, buyer_id=setup.customer.user_id, now=now)


ENDS = {
    "succeeded": CardSetup.Status.SUCCEEDED,
    "canceled": CardSetup.Status.CANCELED,
}
