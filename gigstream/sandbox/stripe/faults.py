"""What can go wrong on the way, ordered once and then used up."""

import threading
from dataclasses import dataclass
from enum import StrEnum

DEFAULT_KIND = "payment_intent.succeeded"


class WebhookFault(StrEnum):
    LOSE = "lose"
    DUPLICATE = "duplicate"
    DELAY = "delay"
    REORDER = "reorder"


class CallFault(StrEnum):
    DELAY = "delay"
    """Do what was asked, and answer late."""
    DROP = "drop"
    """Do what was asked, and break off the answer."""
    HOLE = "hole"
    """Do nothing, and never answer."""
    BUSY = "429"
    BROKEN = "500"


class PaymentFault(StrEnum):
    """What the buyer's bank does with the next card, whichever it is."""

    DECLINE = "decline"
    CHALLENGE = "3ds"
    DISPUTE = "dispute"
    """Pay, and have it contested at once."""


@dataclass(frozen=True, slots=True)
class PlannedWebhookFault:
    """Meets the next event of its kind."""

    fault: WebhookFault
    kind: str = DEFAULT_KIND
    seconds: float = 0


@dataclass(frozen=True, slots=True)
class PlannedCallFault:
    """Meets the next call of the API."""

    fault: CallFault
    seconds: float = 0


Planned = PlannedWebhookFault | PlannedCallFault | PaymentFault


class Faults:
    """The orders that have not been met yet, first come, first served."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._webhooks: list[PlannedWebhookFault] = []
        self._calls: list[PlannedCallFault] = []
        self._payments: list[PaymentFault] = []

    def plan(self, planned: Planned) -> None:
        with self._lock:
            match planned:
                case PlannedWebhookFault():
                    self._webhooks.append(planned)
                case PlannedCallFault():
                    self._calls.append(planned)
                case PaymentFault():
                    self._payments.append(planned)

    def waiting(self) -> list[Planned]:
        with self._lock:
            return [*self._webhooks, *self._payments, *self._calls]

    def for_webhook(self, kind: str) -> PlannedWebhookFault | None:
        with self._lock:
            planned = next((plan for plan in self._webhooks if plan.kind == kind), None)
            if planned:
                self._webhooks.remove(planned)
            return planned

    def for_call(self) -> PlannedCallFault | None:
        with self._lock:
            return self._calls.pop(0) if self._calls else None

    def for_payment(self) -> PaymentFault | None:
        with self._lock:
            return self._payments.pop(0) if self._payments else None

    def clear(self) -> None:
        with self._lock:
            self._payments.clear()
            self._webhooks.clear()
            self._calls.clear()
