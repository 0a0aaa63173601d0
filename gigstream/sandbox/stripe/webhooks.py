"""Tells the site what happened: signed events, sent from a thread of their own until they arrive."""

import hashlib
import hmac
import json
import logging
import threading
import time
from dataclasses import dataclass

import urllib3

from gigstream.sandbox.store import Store
from gigstream.sandbox.stripe import objects
from gigstream.sandbox.stripe.errors import missing
from gigstream.sandbox.stripe.faults import Faults, PlannedWebhookFault, WebhookFault
from gigstream.sandbox.stripe.objects import Object

log = logging.getLogger(__name__)

TRIES = 8
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 30.0
HELD_BACK = 10.0
TIMEOUT = 10


@dataclass(slots=True)
class Parcel:
    """An event on its way, and when to try next on the monotonic clock."""

    event_id: str
    due: float
    tries: int = 0
    held: bool = False


class Webhooks:
    """Keeps every event, and delivers it where there is an address to deliver to."""

    def __init__(self, store: Store, faults: Faults, *, url: str, secret: str) -> None:
        self.url = url
        self._store = store
        self._faults = faults
        self._secret = secret
        self._parcels: list[Parcel] = []
        self._changed = threading.Condition()
        self._take_up_again()
        threading.Thread(
            target=self._work, name="sandbox-webhooks", daemon=True
        ).start()

    def emit(self, kind: str, about: Object) -> Object:
        """Record an event, and send it unless a fault was ordered for it."""
        event = objects.event(kind, about)
        self._store.put("event", event["id"], event)
        if self.url:
            self._send_off(event, self._faults.for_webhook(kind))
        else:
            self._note(event["id"], "recorded")
        return event

    def resend(self, event_id: str) -> None:
        """Deliver an event once more, whatever became of it before."""
        if self._store.get("event", event_id) is None:
            raise missing("event", event_id)
        self._post(Parcel(event_id, time.monotonic()))

    def events(self, limit: int = 100) -> list[Object]:
        """List events with what became of their delivery, newest first."""
        return [
            {**event, "delivery": self._store.get("delivery", event["id"])}
            for event in self._store.all("event", limit)
        ]

    def signed(self, event: Object) -> tuple[bytes, str]:
        """The body and the `Stripe-Signature` with which an event travels.

        The receiver compares with the real time, so the movable clock does not count.
        """
        body = json.dumps(
            {name: event[name] for name in event if name != "delivery"}
        ).encode()
        moment = int(time.time())
        signature = hmac.digest(
            self._secret.encode(), b"%d.%s" % (moment, body), hashlib.sha256
        )
        return body, f"t={moment},v1={signature.hex()}"

    def forget(self) -> None:
        """Give up what has not been delivered."""
        with self._changed:
            self._parcels.clear()

    # --- Sending off ------------------------------------------------------------

    def _send_off(self, event: Object, planned: PlannedWebhookFault | None) -> None:
        now, key = time.monotonic(), event["id"]
        match planned and planned.fault:
            case WebhookFault.LOSE:
                self._note(key, "lost")
            case WebhookFault.DUPLICATE:
                self._post(Parcel(key, now), Parcel(key, now))
            case WebhookFault.DELAY if planned:
                self._post(Parcel(key, now + planned.seconds))
            case WebhookFault.REORDER:
                self._post(Parcel(key, now + HELD_BACK, held=True))
            case _:
                self._post(Parcel(key, now), releases=True)

    def _post(self, *parcels: Parcel, releases: bool = False) -> None:
        for parcel in parcels:
            self._note(parcel.event_id, "waiting")
        with self._changed:
            if releases:
                self._release_held(after=parcels[-1].due)
            self._parcels.extend(parcels)
            self._changed.notify()

    def _release_held(self, *, after: float) -> None:
        """What was held back goes out right behind the next event."""
        for parcel in self._parcels:
            if parcel.held:
                parcel.due, parcel.held = after + 0.1, False

    def _take_up_again(self) -> None:
        """Deliver what an earlier process left behind."""
        for delivery in reversed(self._store.all("delivery", status="waiting")):
            self._parcels.append(Parcel(delivery["event"], time.monotonic()))

    def _note(
        self, event_id: str, status: str, *, tries: int = 0, answer: str = ""
    ) -> None:
        note = {"event": event_id, "status": status, "tries": tries, "answer": answer}
        self._store.put("delivery", event_id, note)

    # --- The thread -------------------------------------------------------------

    def _work(self) -> None:
        with urllib3.PoolManager(retries=False, timeout=TIMEOUT) as http:
            while True:
                parcel = self._next()
                try:
                    self._deliver(http, parcel)
                except Exception:
                    # One event that cannot be delivered must not hold up all others.
                    log.exception("Event %s was not delivered.", parcel.event_id)

    def _next(self) -> Parcel:
        """Wait until a parcel is due, and take it."""
        with self._changed:
            while True:
                first = min(self._parcels, key=lambda parcel: parcel.due, default=None)
                pause = first.due - time.monotonic() if first else None
                if first and pause is not None and pause <= 0:
                    self._parcels.remove(first)
                    return first
                self._changed.wait(pause)

    def _deliver(self, http: urllib3.PoolManager, parcel: Parcel) -> None:
        event = self._store.get("event", parcel.event_id)
        if event is None:
            return
        answer = self._knock(http, event)
        parcel.tries += 1
        if answer.startswith("2"):
            self._note(parcel.event_id, "delivered", tries=parcel.tries, answer=answer)
        elif parcel.tries < TRIES:
            self._note(parcel.event_id, "waiting", tries=parcel.tries, answer=answer)
            self._try_later(parcel)
        else:
            self._note(parcel.event_id, "given up", tries=parcel.tries, answer=answer)

    def _try_later(self, parcel: Parcel) -> None:
        pause = min(FIRST_PAUSE * 2 ** (parcel.tries - 1), LONGEST_PAUSE)
        parcel.due = time.monotonic() + pause
        with self._changed:
            self._parcels.append(parcel)

    def _knock(self, http: urllib3.PoolManager, event: Object) -> str:
        """Hand an event over; the answer is a status, or what stood in the way."""
        body, signature = self.signed(event)
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "Stripe-Signature": signature,
            "User-Agent": "Stripe/1.0 (+https://stripe.com/docs/webhooks)",
        }
        try:
            response = http.request(
                "POST", self.url, body=body, headers=headers, redirect=False
            )
        except urllib3.exceptions.HTTPError as error:
            return type(error).__name__
        return str(response.status)
