import time
from uuid import uuid4

import pytest
import stripe as sdk

from gigstream.sandbox.stripe.faults import CallFault, PlannedCallFault
from gigstream.services import stripe

ORDER, PAYMENT, REFUND = uuid4(), uuid4(), uuid4()


def open_intent(**changes):
    call = {
        "order_id": ORDER,
        "payment_id": PAYMENT,
        "amount": 126_50,
        "currency": "USD",
        "attempt": 1,
        "description": "Order 1",
        **changes,
    }
    return stripe.open_intent(**call)


def paid_intent(sandbox, **changes):
    intent = open_intent(**changes)
    sandbox.confirm(intent.id)
    return stripe.retrieve_intent(intent.id)


def read(sandbox, event):
    body, signature = sandbox.signed(event)
    return stripe.read_event(payload=body, signature=signature)


def break_next_call(sandbox, fault, seconds=0):
    sandbox.faults.plan(PlannedCallFault(fault, seconds))


def test_an_opened_intent_waits_for_a_card_and_knows_its_order(sandbox):
    intent = open_intent()

    assert (intent.status, intent.amount, intent.currency, intent.amount_received) == (
        "requires_payment_method",
        126_50,
        "usd",
        0,
    )
    assert intent.metadata == {"order": str(ORDER), "payment": str(PAYMENT)}
    assert intent.client_secret.startswith(f"{intent.id}_secret_")
    assert not intent.livemode


def test_opening_the_same_attempt_twice_gives_the_same_intent(sandbox):
    first, again, next_attempt = open_intent(), open_intent(), open_intent(attempt=2)

    assert again == first
    assert next_attempt.id != first.id


def test_the_same_attempt_with_another_amount_is_neither_done_nor_refused(sandbox):
    first = open_intent()

    with pytest.raises(stripe.StripeUnavailable):
        open_intent(amount=1_00)

    assert [
        each["id"] for each in sandbox.stripe("GET", "/payment_intents")["data"]
    ] == [first.id]


def test_a_paid_intent_tells_the_card(sandbox):
    intent = paid_intent(sandbox)

    assert (intent.status, intent.amount_received) == ("succeeded", 126_50)
    assert (intent.card_brand, intent.card_last4) == ("visa", "4242")
    assert intent.charge_id.startswith("ch_")


def test_a_declined_intent_tells_why_and_stays_open(sandbox):
    intent = open_intent()

    sandbox.confirm(intent.id, "4000000000009995")

    declined = stripe.retrieve_intent(intent.id)
    assert (declined.status, declined.failure_code, declined.failure_message) == (
        "requires_payment_method",
        "insufficient_funds",
        "Your card has insufficient funds.",
    )


def test_a_cancelled_intent_cannot_be_paid(sandbox):
    intent = open_intent()

    cancelled = stripe.cancel_intent(intent.id)
    answer = sandbox.confirm(intent.id)

    assert cancelled.status == "canceled"
    assert answer["error"]["code"] == "payment_intent_unexpected_state"


def test_cancelling_a_paid_intent_tells_that_it_is_paid(sandbox):
    intent = paid_intent(sandbox)

    assert stripe.cancel_intent(intent.id) == intent


def test_an_unknown_intent_is_refused(sandbox):
    with pytest.raises(stripe.StripeRefused) as refusal:
        stripe.cancel_intent("pi_unknown")

    assert refusal.value.code == "resource_missing"


def test_a_refund_is_made_once_for_its_key(sandbox):
    intent = paid_intent(sandbox)

    first = stripe.refund_intent(refund_id=REFUND, intent_id=intent.id, amount=26_50)
    again = stripe.refund_intent(refund_id=REFUND, intent_id=intent.id, amount=26_50)

    assert first == again == stripe.retrieve_refund(first.id)
    assert (first.status, first.amount, first.intent_id) == (
        "succeeded",
        26_50,
        intent.id,
    )
    assert len(sandbox.events("refund.created")) == 1


def test_more_than_was_paid_cannot_be_refunded(sandbox):
    intent = paid_intent(sandbox)
    stripe.refund_intent(refund_id=REFUND, intent_id=intent.id, amount=100_00)

    with pytest.raises(stripe.StripeRefused, match="greater than unrefunded amount"):
        stripe.refund_intent(refund_id=uuid4(), intent_id=intent.id, amount=26_51)


def test_a_refund_of_ours_can_be_found(sandbox):
    intent = paid_intent(sandbox)
    refund = stripe.refund_intent(refund_id=REFUND, intent_id=intent.id, amount=1_00)

    assert stripe.find_refund(refund_id=REFUND, intent_id=intent.id) == refund
    assert stripe.find_refund(refund_id=uuid4(), intent_id=intent.id) is None


def test_finding_a_refund_turns_the_pages(sandbox):
    intent = paid_intent(sandbox, amount=500_00)
    refund = stripe.refund_intent(refund_id=REFUND, intent_id=intent.id, amount=1_00)
    for _ in range(100):
        sandbox.stripe("POST", "/refunds", {"payment_intent": intent.id, "amount": 1})

    assert stripe.find_refund(refund_id=REFUND, intent_id=intent.id) == refund


def test_a_signed_event_is_read(sandbox):
    intent = paid_intent(sandbox)

    event = read(sandbox, sandbox.events("payment_intent.succeeded")[0])

    assert (event.kind, event.livemode) == ("payment_intent.succeeded", False)
    told = stripe.intent_of(event)
    assert (told.id, told.amount_received, told.charge_id) == (
        intent.id,
        126_50,
        intent.charge_id,
    )


def test_a_refund_event_tells_of_the_refund(sandbox):
    intent = paid_intent(sandbox)
    refund = stripe.refund_intent(refund_id=REFUND, intent_id=intent.id, amount=1_00)

    event = read(sandbox, sandbox.events("refund.created")[0])

    assert stripe.refund_of(event) == refund


def test_while_a_secret_is_rotated_both_are_good(sandbox, settings):
    open_intent()
    settings.STRIPE_WEBHOOK_SECRETS = ["whsec_new", *settings.STRIPE_WEBHOOK_SECRETS]

    assert read(sandbox, sandbox.events()[0]).kind == "payment_intent.created"


def sign(body, *, secret="whsec_sandbox", at=None):
    return sdk.WebhookSignature.generate_signature_header(
        body.decode("latin-1"), secret, at
    )


GOOD = b'{"id":"evt_1","type":"x","created":1,"livemode":false,"data":{"object":{}}}'


def test_the_smallest_event_is_read(settings):
    settings.STRIPE_WEBHOOK_SECRETS = ["whsec_sandbox"]

    assert stripe.read_event(payload=GOOD, signature=sign(GOOD)).id == "evt_1"


@pytest.mark.parametrize(
    ("payload", "signature"),
    [
        (GOOD, lambda: ""),
        (GOOD, lambda: "garbage"),
        (GOOD, lambda: "t=1,v1=ü"),
        (GOOD, lambda: "t=now,v1=00"),
        (GOOD, lambda: sign(GOOD, secret="whsec_other")),
        (GOOD, lambda: sign(GOOD, at=int(time.time()) - 301)),
        (GOOD + b" ", lambda: sign(GOOD)),
        (b"\xff\xfe", lambda: sign(b"\xff\xfe")),
        (b"", lambda: sign(b"")),
        (b"no json", lambda: sign(b"no json")),
        (b"[]", lambda: sign(b"[]")),
        (b"{}", lambda: sign(b"{}")),
        (b'{"id":1}', lambda: sign(b'{"id":1}')),
        (
            GOOD.replace(b":1,", b":1e99,"),
            lambda: sign(GOOD.replace(b":1,", b":1e99,")),
        ),
        (GOOD.replace(b"{}", b"[]"), lambda: sign(GOOD.replace(b"{}", b"[]"))),
    ],
    # The signatures are as old as their test: made earlier, they could be too old to be good.
    ids=[f"case{number}" for number in range(15)],
)
def test_what_is_not_a_signed_event_is_not_trusted(payload, signature, settings):
    settings.STRIPE_WEBHOOK_SECRETS = ["whsec_sandbox"]

    with pytest.raises(stripe.UntrustedEvent):
        stripe.read_event(payload=payload, signature=signature())


@pytest.mark.parametrize("secrets", [[], [""], ["  "]])
def test_without_a_secret_nothing_is_trusted(secrets, settings):
    settings.STRIPE_WEBHOOK_SECRETS = secrets

    with pytest.raises(stripe.UntrustedEvent):
        stripe.read_event(payload=GOOD, signature=sign(GOOD, secret=""))


@pytest.mark.parametrize("fault", [CallFault.BUSY, CallFault.BROKEN, CallFault.DROP])
def test_a_fault_on_their_side_is_not_a_refusal(fault, sandbox):
    break_next_call(sandbox, fault)

    with pytest.raises(stripe.StripeUnavailable):
        open_intent()


def test_an_answer_that_was_lost_is_found_by_asking_again(sandbox):
    break_next_call(sandbox, CallFault.DROP)
    with pytest.raises(stripe.StripeUnavailable):
        open_intent()

    intent = open_intent()

    assert [event["data"]["object"]["id"] for event in sandbox.events()] == [intent.id]


def test_a_slow_answer_is_not_waited_for(sandbox):
    break_next_call(sandbox, CallFault.DELAY, seconds=3)

    started = time.monotonic()
    with pytest.raises(stripe.StripeUnavailable):
        open_intent(timeout=0.3)

    assert time.monotonic() - started < 2.5


def test_a_task_tries_again(sandbox):
    break_next_call(sandbox, CallFault.BROKEN)

    assert open_intent(timeout=stripe.TASK_TIMEOUT).status == "requires_payment_method"


def test_nobody_at_home_means_unavailable(settings):
    settings.STRIPE_API_BASE = "http://127.0.0.1:9"

    with pytest.raises(stripe.StripeUnavailable):
        open_intent()


def test_a_wrong_key_is_our_trouble_and_no_refusal(sandbox, settings):
    settings.STRIPE_SECRET_KEY = "sk_test_wrong"

    with pytest.raises(stripe.StripeUnavailable):
        open_intent()


@pytest.mark.parametrize(
    ("key", "is_live"),
    [("sk_test_1", False), ("sk_live_1", True), ("rk_live_1", True), ("", False)],
)
def test_a_live_key_is_known_by_its_name(key, is_live, settings):
    settings.STRIPE_SECRET_KEY = key

    assert stripe.is_livemode() is is_live
