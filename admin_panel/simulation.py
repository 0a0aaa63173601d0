"""Many orders by chance, through the actions and the sandbox, with things going wrong on the way.

For whoever wants to see the books stay right: the same seed makes the same choices.
"""

import io
import random
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from uuid import UUID, uuid4

import requests
from django.conf import settings
from django.db import OperationalError
from django.db.models import Sum

import orders.actions
import payments.actions
from accounts.models import User
from gigs.models import Gig
from gigs.pricing import Deal
from gigstream.core import clock
from gigstream.core.errors import Refusal
from gigstream.core.models import PlatformSetting
from gigstream.services import cloudinary, stripe
from orders.actions import StoredFile
from orders.models import Order
from payments.models import AccountKind, Payment, Payout, PayoutMethod, Refund
from payments.status import PaymentStatus, PayoutStatus, RefundStatus

CARDS = ["pm_card_visa"] * 6 + ["pm_card_mastercard", "pm_card_chargeDeclined"]
WEBHOOK_FAULTS = ["lose", "duplicate", "delay", "reorder"]
CALL_FAULTS = ["drop", "429", "500"]
FAULTY = 0.3
"""How many of the orders meet a fault, if faults are wanted."""

SHORT_CALL = 10


class Simulation:
    """One run; `tally` counts what happened."""

    def __init__(self, *, seed: int, faults: bool, staff: User) -> None:
        # For choices that can be repeated, not for secrets.
        self._chance = random.Random(seed)
        self._faults = faults
        self._staff = staff
        self.tally: Counter[str] = Counter()

    def order(self, gig: Gig, buyer: User) -> None:
        """One order, from its placing to wherever chance leads it."""
        self._let_something_go_wrong()
        try:
            order = self._place(gig, buyer)
            if not self._pay(order):
                return
            for step in self._way():
                order.refresh_from_db()
                step(order, clock.now())
        except Refusal:
            self.tally["refused"] += 1
        except (
            stripe.StripeUnavailable,
            cloudinary.StorageUnavailable,
            OperationalError,
        ):
            self.tally["interrupted"] += 1

    def settle(self) -> None:
        """What tasks would do in time: ask for what was not heard of, and clear."""
        for payment in Payment.objects.open().exclude(intent_id=None):
            self._ask(payments.actions.look_up, payment_id=payment.pk)
        paid = Payment.objects.filter(status=PaymentStatus.SUCCEEDED, card_last4="")
        for payment in paid:
            self._ask(payments.actions.note_charge, intent_id=payment.intent_id)
        waiting = [RefundStatus.REQUESTED, RefundStatus.SUBMITTED]
        for refund in Refund.objects.filter(status__in=waiting):
            self._ask(payments.actions.submit_refund, refund_id=refund.pk)
        payments.actions.replay_events(now=clock.now())

    def _ask(self, action: Callable[..., None], **named: object) -> None:
        with suppress(stripe.StripeUnavailable):
            action(now=clock.now(), **named)

    # --- Steps ----------------------------------------------------------------------

    def _place(self, gig: Gig, buyer: User) -> Order:
        package = self._chance.choice(list(gig.packages.order_by("price")))
        rules = PlatformSetting.objects.in_force()
        order = orders.actions.place(
            gig_id=gig.pk,
            tier=package.tier,
            buyer=buyer,
            answers=[],
            quoted_total=orders.actions.quote(Deal(package=package), rules).total,
            checkout_key=uuid4(),
            now=clock.now(),
        )
        self.tally["placed"] += 1
        return order

    def _pay(self, order: Order) -> bool:
        """Charge a card, and take the bank's word by asking; the webhook comes as well."""
        payment = order.payments.get()
        for _try in range(3):
            with suppress(stripe.StripeUnavailable):
                payment = payments.actions.open_intent(payment_id=payment.pk)
                break
        if not payment.intent_id:
            return False
        path = f"/v1/payment_intents/{payment.intent_id}/confirm"
        self._sandbox(f"stripe{path}", payment_method=self._chance.choice(CARDS))
        for _try in range(3):
            with suppress(stripe.StripeUnavailable):
                payments.actions.look_up(payment_id=payment.pk, now=clock.now())
                break
        order.refresh_from_db()
        is_paid = order.paid_at is not None
        self.tally["paid" if is_paid else "not paid"] += 1
        return is_paid

    def _way(self) -> list[Callable[[Order, datetime], None]]:
        ways: list[list[Callable[[Order, datetime], None]]] = [
            [],
            [self._deliver],
            [self._deliver, self._accept],
            [self._deliver, self._accept, self._clear],
            [self._deliver, self._accept, self._clear, self._refund],
            [self._deliver, self._accept, self._refund, self._clear],
            [self._deliver, self._refund, self._accept],
            [self._refund, self._cancel],
            [self._deliver, self._accept, self._contest],
            [self._deliver, self._accept, self._clear, self._contest, self._decide],
            [self._contest, self._decide, self._cancel],
        ]
        return self._chance.choice(ways)

    def _deliver(self, order: Order, now: datetime) -> None:
        content = f"Work for {order.pk}".encode()
        upload = cloudinary.upload_private(io.BytesIO(content), folder="orders")
        file = StoredFile(
            public_id=upload.public_id,
            name="work.txt",
            media_type="text/plain",
            size=len(content),
            sha256=f"{order.pk.int:064x}",
        )
        orders.actions.deliver(
            order_id=order.pk,
            actor=order.seller,
            message="Here it is.",
            files=[file],
            now=now,
        )
        self.tally["delivered"] += 1

    def _accept(self, order: Order, now: datetime) -> None:
        orders.actions.accept(order_id=order.pk, actor=order.buyer, now=now)
        self.tally["completed"] += 1

    def _clear(self, order: Order, _now: datetime) -> None:
        for lot in order.earnings.all():
            payments.actions.clear(earning_id=lot.pk, now=lot.clears_at)
            self.tally["cleared"] += 1

    def _refund(self, order: Order, now: datetime) -> None:
        most = payments.actions.refundable(order.pk)
        orders.actions.refund_as_staff(
            order_id=order.pk,
            actor=self._staff,
            price=self._chance.randint(1, max(most, 1)),
            most=most,
            reason="By chance.",
            now=now,
        )
        self.tally["refunded"] += 1

    def _cancel(self, order: Order, now: datetime) -> None:
        orders.actions.cancel_as_staff(
            order_id=order.pk, actor=self._staff, reason="By chance.", now=now
        )
        self.tally["cancelled"] += 1

    def _contest(self, order: Order, _now: datetime) -> None:
        intent_id = order.payments.get(status=PaymentStatus.SUCCEEDED).intent_id
        self._sandbox(f"stripe/payments/{intent_id}/dispute", kind="dispute")
        self.tally["contested"] += 1

    def _decide(self, order: Order, _now: datetime) -> None:
        """The bank decides, if word of the dispute has come by then."""
        for chargeback in order.chargebacks.all():
            outcome = self._chance.choice(["won", "lost"])
            self._sandbox(
                f"stripe/disputes/{chargeback.stripe_id}/close", outcome=outcome
            )
            self.tally[outcome] += 1

    # --- The sandbox ------------------------------------------------------------------

    def _let_something_go_wrong(self) -> None:
        if not self._faults or self._chance.random() > FAULTY:
            return
        if self._chance.random() < 0.5:
            fault = self._chance.choice(WEBHOOK_FAULTS)
            self._sandbox("stripe/faults/webhook", fault=fault, seconds="1")
        else:
            self._sandbox("stripe/faults/call", fault=self._chance.choice(CALL_FAULTS))
        self.tally["faults"] += 1

    def _sandbox(self, path: str, **form: str) -> None:
        """Press a button of the sandbox, or pay as the buyer's browser would."""
        with suppress(
            requests.ConnectionError, requests.exceptions.ChunkedEncodingError
        ):
            requests.post(
                f"{settings.SANDBOX_URL}/{path}",
                data=form,
                auth=(settings.STRIPE_SECRET_KEY, ""),
                timeout=SHORT_CALL,
                allow_redirects=False,
            )


def drift() -> int:
    """How much more our books say is at Stripe than Stripe does; zero once all is heard.

    Of what was sent to sellers from a bank of ours Stripe knows nothing.
    """
    answer = requests.get(
        f"{settings.STRIPE_API_BASE}/v1/balance",
        auth=(settings.STRIPE_SECRET_KEY, ""),
        timeout=SHORT_CALL,
    ).json()
    theirs = sum(each["amount"] for each in answer["available"] + answer["pending"])
    by_hand = Payout.objects.filter(
        status=PayoutStatus.PAID, method__kind=PayoutMethod.Kind.BANK, currency="usd"
    )
    sent: int = by_hand.aggregate(sum=Sum("amount"))["sum"] or 0
    ours = payments.actions.balance(AccountKind.STRIPE, None, "usd")
    return ours + sent - int(theirs)


def ask_about_chargebacks(chargeback_ids: list[UUID]) -> None:
    for pk in chargeback_ids:
        with suppress(stripe.StripeUnavailable):
            payments.actions.look_up_chargeback(chargeback_id=pk, now=clock.now())
