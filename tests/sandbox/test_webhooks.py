"""How events travel: signed, again until they arrive, and with faults on order."""

import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from gigstream.sandbox.stripe.faults import PlannedWebhookFault, WebhookFault
from gigstream.services import stripe

CREATED = "payment_intent.created"
PATIENCE = 20


class Receiver:
    """Stands for our webhook view: notes what arrives, and answers as told."""

    def __init__(self):
        self.statuses = []
        self.events = []
        self._arrived = threading.Condition()

    def take(self, body, signature):
        with self._arrived:
            self.events.append(stripe.read_event(payload=body, signature=signature))
            self._arrived.notify_all()
            return self.statuses.pop(0) if self.statuses else 204

    def wait_for(self, number):
        with self._arrived:
            assert self._arrived.wait_for(
                lambda: len(self.events) >= number, timeout=PATIENCE
            )
        return self.events


@pytest.fixture
def receiver(sandbox):
    inbox = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(inbox.take(body, self.headers["Stripe-Signature"]))
            self.end_headers()

        def log_message(self, *args):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    sandbox.webhooks.url = f"http://127.0.0.1:{server.server_port}/"
    yield inbox
    sandbox.webhooks.url = ""
    server.shutdown()
    server.server_close()


def create(sandbox, description="Order"):
    params = {"amount": 50_00, "currency": "usd", "description": description}
    return sandbox.stripe("POST", "/payment_intents", params)


def delivery(sandbox, place=0):
    """How the delivery of an event stands; the note is written just after the answer."""
    deadline = time.monotonic() + PATIENCE
    while (note := sandbox.events()[place]["delivery"])["status"] == "waiting":
        assert time.monotonic() < deadline
        time.sleep(0.01)
    return note["status"], note["tries"], note["answer"]


def order(sandbox, fault, seconds=0.0):
    sandbox.faults.plan(PlannedWebhookFault(fault, CREATED, seconds))


def test_an_event_arrives_with_a_good_signature(sandbox, receiver):
    intent = create(sandbox)

    (event,) = receiver.wait_for(1)

    assert (event.kind, stripe.intent_of(event).id) == (CREATED, intent["id"])
    assert delivery(sandbox) == ("delivered", 1, "204")


def test_an_event_that_was_not_taken_comes_again(sandbox, receiver):
    receiver.statuses = [409, 500]

    create(sandbox)

    first, second, third = receiver.wait_for(3)
    assert first == second == third
    assert delivery(sandbox) == ("delivered", 3, "204")


def test_a_payment_tells_its_story_in_order(sandbox, receiver):
    sandbox.confirm(create(sandbox)["id"])

    assert [event.kind for event in receiver.wait_for(3)] == [
        CREATED,
        "charge.succeeded",
        "payment_intent.succeeded",
    ]


def test_a_lost_event_can_be_sent_again_by_hand(sandbox, receiver):
    order(sandbox, WebhookFault.LOSE)
    create(sandbox)
    assert delivery(sandbox) == ("lost", 0, "")

    answer = sandbox.http(
        "POST", f"/sandbox/stripe/events/{sandbox.events()[0]['id']}/resend"
    )

    assert answer.status == 303
    assert [event.kind for event in receiver.wait_for(1)] == [CREATED]


def test_a_duplicated_event_arrives_twice(sandbox, receiver):
    order(sandbox, WebhookFault.DUPLICATE)

    create(sandbox)

    first, second = receiver.wait_for(2)
    assert first == second


def test_a_delayed_event_comes_after_later_ones(sandbox, receiver):
    order(sandbox, WebhookFault.DELAY, seconds=0.5)

    create(sandbox, "first")
    create(sandbox, "second")

    assert descriptions(receiver.wait_for(2)) == ["second", "first"]


def test_a_reordered_event_changes_places_with_the_next(sandbox, receiver):
    order(sandbox, WebhookFault.REORDER)

    create(sandbox, "first")
    create(sandbox, "second")

    assert descriptions(receiver.wait_for(2)) == ["second", "first"]


def test_a_fault_meets_one_event_only(sandbox, receiver):
    order(sandbox, WebhookFault.LOSE)

    create(sandbox, "first")
    create(sandbox, "second")

    assert descriptions(receiver.wait_for(1)) == ["second"]


def test_nobody_at_home_is_noted_and_tried_again(sandbox):
    sandbox.webhooks.url = "http://127.0.0.1:9/"

    create(sandbox)

    deadline = time.monotonic() + PATIENCE
    while (note := sandbox.events()[0]["delivery"])["tries"] == 0:
        assert time.monotonic() < deadline
        time.sleep(0.01)
    assert (note["status"], note["answer"]) == ("waiting", "NewConnectionError")


def descriptions(events):
    return [event.body["data"]["object"]["description"] for event in events]
