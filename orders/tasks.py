"""The jobs that come round for orders. Each is safe to run late, twice and beside another."""

import logging
from datetime import timedelta
from uuid import UUID

import payments.actions
from gigstream.core import clock
from gigstream.core.errors import Refusal
from gigstream.core.jobs import enqueue, one_by_one, periodic, task
from gigstream.services import cloudinary, stripe
from orders import actions
from orders.models import (
    CustomOffer,
    Dispute,
    Order,
    OrderFile,
    Proposal,
    Reminder,
    Review,
)

log = logging.getLogger(__name__)


@periodic(every=timedelta(minutes=1))
@task
def expire_unpaid() -> None:
    """Start giving up the orders whose time to pay is over, each by a task of its own."""
    late = Order.objects.unpaid_since_too_long(at=clock.now()).order_by("expires_at")
    for pk in late.values_list("pk", flat=True)[:500]:
        enqueue("orders.tasks.expire", order_id=pk)


@task
def expire(*, order_id: str) -> None:
    """Cancel the payment at Stripe first; only when nothing can be paid, let the order go."""
    key, now = UUID(order_id), clock.now()
    if not Order.objects.unpaid_since_too_long(at=now).filter(pk=key).exists():
        return
    is_closed = payments.actions.close_payments(
        order_id=key, timeout=stripe.TASK_TIMEOUT, now=now
    )
    if is_closed:
        # Money that came after all has settled the order, or was sent back; expire() looks.
        actions.expire(order_id=key, now=now)


@periodic(every=timedelta(minutes=5))
@task
def accept_in_silence() -> None:
    """Start accepting for the buyers who let their review window pass, each by a task."""
    over = Order.objects.past_review(at=clock.now()).order_by("review_ends_at")
    for pk in over.values_list("pk", flat=True)[:500]:
        enqueue("orders.tasks.accept", order_id=pk)


@task
def accept(*, order_id: str) -> None:
    try:
        actions.accept_in_silence(order_id=UUID(order_id), now=clock.now())
    except Refusal as refusal:
        # The buyer, or a bank, was faster. There is nothing to try again.
        log.info("Order %s is not accepted in silence: %s", order_id, refusal)


@task
def sweep_file(*, public_id: str) -> None:
    """Delete a private file that did not become part of an order."""
    if not OrderFile.objects.filter(public_id=public_id).exists():
        cloudinary.destroy(public_id, resource_type="raw", private=True)


@periodic(every=timedelta(minutes=10))
@task
def publish_reviews() -> None:
    """Show the reviews whose other side let the time to write pass."""
    now = clock.now()
    over = Review.objects.past_window(at=now).order_by("window_ends_at")
    one_by_one(
        lambda order_id: actions.publish_reviews(order_id=order_id, now=now),
        over.values_list("order_id", flat=True)[:500],
    )


@periodic(every=timedelta(minutes=15))
@task
def remind() -> None:
    """Say in time what is due, accepts itself soon, or would be worth a review."""
    one_by_one(_remind_of, Reminder.Kind)


def _remind_of(kind: Reminder.Kind) -> None:
    now = clock.now()
    one_by_one(
        lambda pk: actions.remind(order_id=pk, kind=kind, now=now),
        Order.objects.worth_a_word(kind, at=now).values_list("pk", flat=True)[:500],
    )


@periodic(every=timedelta(minutes=5))
@task
def expire_offers() -> None:
    """Close the offers that nobody took up in time."""
    now = clock.now()
    late = CustomOffer.objects.past(at=now).order_by("expires_at")
    one_by_one(
        lambda pk: actions.expire_offer(offer_id=pk, now=now),
        late.values_list("pk", flat=True)[:500],
    )


@periodic(every=timedelta(minutes=5))
@task
def lapse_proposals() -> None:
    """Close what was proposed and not answered in time."""
    now = clock.now()
    late = Proposal.objects.unanswered(at=now).order_by("lapses_at")
    one_by_one(
        lambda order_id: actions.lapse(order_id=order_id, now=now),
        late.values_list("order_id", flat=True)[:500],
    )


@periodic(every=timedelta(minutes=5))
@task
def escalate_disputes() -> None:
    """Hand to our staff what was not answered in time."""
    now = clock.now()
    silent = Dispute.objects.in_silence(at=now).order_by("answer_by")
    one_by_one(
        lambda order_id: actions.escalate_in_silence(order_id=order_id, now=now),
        silent.values_list("order_id", flat=True)[:500],
    )
