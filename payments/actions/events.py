"""Stripe's webhook events: kept, then acted upon, each exactly once in effect."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import OperationalError, transaction
from django.db.models import F

from gigstream.services import stripe
from payments.actions import (
    chargebacks,
    destinations,
    intents,
    payouts,
    refunds,
    setups,
)
from payments.models import StripeEvent
from payments.status import PaymentStatus

log = logging.getLogger(__name__)

PATIENCE = timedelta(minutes=15)
"""How long an event that names something unknown may simply be early."""


class NotYet(Exception):
    """What the event is about is not there yet; it is to be tried again."""


def receive_event(event: stripe.Event, *, now: datetime) -> bool:
    """Keep the event, then act on it; a second delivery finds it done.

    False means that it could not be applied yet: it stays pending and is tried again
    by a job, and by Stripe's next delivery. Only a processed row ends the matter.
    """
    row, _ = StripeEvent.objects.get_or_create(
        event_id=event.id,
        defaults={
            "kind": event.kind[:80],
            "body": event.body,
            "created_at": event.created_at,
            "received_at": now,
        },
    )
    return bool(row.processed_at) or _apply(row, event, now=now)


def replay_events(*, now: datetime) -> None:
    """Try again whatever is still pending; one bad event stops no other."""
    pending = StripeEvent.objects.filter(processed_at=None).order_by(
        "attempts", "received_at"
    )
    for row in pending[:500]:
        event = stripe.Event(
            id=row.event_id,
            kind=row.kind,
            livemode=bool(row.body.get("livemode")),
            created_at=row.created_at,
            body=row.body,
        )
        _apply(row, event, now=now)


def _apply(row: StripeEvent, event: stripe.Event, *, now: datetime) -> bool:
    try:
        with transaction.atomic():
            HANDLERS.get(event.kind, _ignore)(event, now)
            StripeEvent.objects.filter(pk=row.pk).update(processed_at=now, problem="")
    except OperationalError:
        # The database is busy or away: the sender is told to come back.
        raise
    except NotYet as reason:
        _note_problem(row, str(reason))
        return False
    except Exception as error:
        log.exception("Stripe event %s could not be applied", row.event_id)
        _note_problem(row, f"{type(error).__name__}: {error}")
        return False
    return True


def _note_problem(row: StripeEvent, problem: str) -> None:
    StripeEvent.objects.filter(pk=row.pk).update(
        attempts=F("attempts") + 1, problem=problem[:300]
    )


def _settle(event: stripe.Event, now: datetime) -> None:
    intents.announce(
        intent=stripe.intent_of(event), happened_at=event.created_at, now=now
    )


def _progress(new: PaymentStatus) -> Callable[[stripe.Event, datetime], None]:
    def note(event: stripe.Event, now: datetime) -> None:
        intents.note_progress(intent=stripe.intent_of(event), new=new)

    return note


def _refund(event: stripe.Event, now: datetime) -> None:
    told = stripe.refund_of(event)
    if refunds.note_refund(told=told, now=now):
        return
    if event.created_at > now - PATIENCE:
        raise NotYet("No refund of ours has this name yet.")
    refunds.announce_stranger(told=told, now=now)


def _refunded(event: stripe.Event, now: datetime) -> None:
    """The refunds themselves say more: those on their way are asked for."""
    refunds.refresh_refunds(intent_id=stripe.charged_intent_of(event))


def _chargeback(event: stripe.Event, now: datetime) -> None:
    dispute = stripe.dispute_of(event)
    is_early = event.created_at > now - PATIENCE
    if is_early and not chargebacks.knows_payment_of(dispute):
        raise NotYet("No payment of ours has this name yet.")
    chargebacks.announce_chargeback(dispute=dispute, now=now)


def _transfer(event: stripe.Event, now: datetime) -> None:
    _ours_or_early(
        event, payouts.note_transfer(told=stripe.transfer_of(event), now=now), now
    )


def _payout(event: stripe.Event, now: datetime) -> None:
    _ours_or_early(
        event, payouts.note_payout(told=stripe.payout_of(event), now=now), now
    )


def _account(event: stripe.Event, now: datetime) -> None:
    told = stripe.account_of(event)
    _ours_or_early(event, destinations.hear_of_account(told=told), now)


def _setup(event: stripe.Event, now: datetime) -> None:
    _ours_or_early(event, setups.hear_of_setup(told=stripe.setup_of(event)), now)


def _ours_or_early(event: stripe.Event, is_ours: bool, now: datetime) -> None:
    if not is_ours and event.created_at > now - PATIENCE:
        raise NotYet("Nothing of ours has this name yet.")


def _ignore(event: stripe.Event, now: datetime) -> None:
    """Kinds that change nothing here are kept, and that is all."""


def is_handled(kind: str) -> bool:
    """Whether news of this kind does anything here."""
    return kind in HANDLERS


HANDLERS: dict[str, Callable[[stripe.Event, datetime], None]] = {
    "payment_intent.succeeded": _settle,
    "payment_intent.processing": _progress(PaymentStatus.PROCESSING),
    "payment_intent.payment_failed": _progress(PaymentStatus.FAILED),
    "payment_intent.canceled": _progress(PaymentStatus.CANCELED),
    "charge.refunded": _refunded,
    "charge.dispute.created": _chargeback,
    "charge.dispute.updated": _chargeback,
    "charge.dispute.funds_withdrawn": _chargeback,
    "charge.dispute.funds_reinstated": _chargeback,
    "charge.dispute.closed": _chargeback,
    "refund.created": _refund,
    "refund.updated": _refund,
    "refund.failed": _refund,
    "setup_intent.succeeded": _setup,
    "setup_intent.setup_failed": _setup,
    "setup_intent.canceled": _setup,
    "account.updated": _account,
    "transfer.created": _transfer,
    "transfer.updated": _transfer,
    "transfer.reversed": _transfer,
    "payout.created": _payout,
    "payout.updated": _payout,
    "payout.paid": _payout,
    "payout.failed": _payout,
    "payout.canceled": _payout,
}

HANDLED = frozenset(HANDLERS)
"""The kinds of news from Stripe that do something here."""
