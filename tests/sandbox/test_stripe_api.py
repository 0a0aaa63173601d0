"""Where the sandbox must be as strict as Stripe itself."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from gigstream.core import clock

CARD = "payment_method_data[card]"


def create(sandbox, key="", **changes):
    params = {"amount": 126_50, "currency": "usd", **changes}
    headers = {"Idempotency-Key": key} if key else {}
    return sandbox.stripe("POST", "/payment_intents", params, **headers)


def type_card(sandbox, **changes):
    card = {
        "number": "4242424242424242",
        "exp_month": "12",
        "exp_year": "40",
        "cvc": "123",
    }
    fields = {f"{CARD}[{name}]": value for name, value in (card | changes).items()}
    intent = create(sandbox)
    return sandbox.stripe("POST", f"/payment_intents/{intent['id']}/confirm", fields)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"amount": ""}, "parameter_missing"),
        ({"amount": "12.50"}, "parameter_invalid_integer"),
        ({"amount": "49"}, "amount_too_small"),
        ({"amount": "-100"}, "amount_too_small"),
        ({"amount": "100000000"}, "amount_too_large"),
        ({"currency": ""}, "parameter_missing"),
        ({"price": "1"}, "parameter_unknown"),
    ],
)
def test_a_payment_with_a_bad_parameter_is_refused(changes, code, sandbox):
    assert create(sandbox, **changes)["error"]["code"] == code
    assert sandbox.events() == []


@pytest.mark.parametrize(
    "number", ["4242424242424242", "5555555555554444", "4242 4242-4242 4242"]
)
def test_a_good_card_pays(number, sandbox):
    paid = type_card(sandbox, number=number)

    assert (paid["status"], paid["amount_received"]) == ("succeeded", 126_50)


@pytest.mark.parametrize(
    ("number", "code", "reason"),
    [
        ("4000000000000002", "card_declined", "generic_decline"),
        ("4000000000009995", "card_declined", "insufficient_funds"),
        ("4000000000000069", "expired_card", "expired_card"),
        ("4000000000000127", "incorrect_cvc", "incorrect_cvc"),
    ],
)
def test_a_bad_card_is_declined_for_its_reason(number, code, reason, sandbox):
    error = type_card(sandbox, number=number)["error"]

    assert (error["type"], error["code"], error["decline_code"]) == (
        "card_error",
        code,
        reason,
    )
    assert error["payment_intent"]["status"] == "requires_payment_method"
    assert [event["type"] for event in sandbox.events()][1:] == [
        "charge.failed",
        "payment_intent.payment_failed",
    ]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"number": "4242424242424241"}, "incorrect_number"),
        ({"number": "4111111111111111"}, "incorrect_number"),
        ({"number": ""}, "incorrect_number"),
        ({"exp_month": "13"}, "invalid_expiry_month"),
        ({"exp_month": "x"}, "invalid_expiry_month"),
        ({"exp_year": "20"}, "invalid_expiry_year"),
        ({"exp_year": "1999"}, "invalid_expiry_year"),
        ({"exp_year": ""}, "invalid_expiry_year"),
        ({"cvc": "12"}, "invalid_cvc"),
    ],
)
def test_a_slip_of_the_pen_is_told_and_changes_nothing(changes, code, sandbox):
    assert type_card(sandbox, **changes)["error"]["code"] == code
    assert [event["type"] for event in sandbox.events()] == ["payment_intent.created"]


def test_after_a_decline_another_card_pays(sandbox):
    intent = create(sandbox)
    sandbox.confirm(intent["id"], "pm_card_chargeDeclined")

    paid = sandbox.confirm(intent["id"])

    assert (paid["status"], paid["last_payment_error"]) == ("succeeded", None)


@pytest.mark.parametrize(
    "number", ["4000002500003155", "4000002760003184", "4000000000003220"]
)
def test_a_3_d_secure_card_pays_once_the_buyer_agrees(number, sandbox):
    asked = type_card(sandbox, number=number)
    paid = sandbox.authenticate(asked["id"])

    assert (asked["status"], asked["amount_received"]) == ("requires_action", 0)
    assert (
        f"/sandbox/stripe/3ds/{asked['id']}"
        in asked["next_action"]["redirect_to_url"]["url"]
    )
    assert paid["status"] == "succeeded"


def test_a_challenge_that_failed_leaves_the_payment_open(sandbox):
    asked = type_card(sandbox, number="4000000000003220")

    failed = sandbox.authenticate(asked["id"], passed=False)

    assert failed["status"] == "requires_payment_method"
    assert (
        failed["last_payment_error"]["code"] == "payment_intent_authentication_failure"
    )


def test_the_bank_may_decline_after_the_challenge(sandbox):
    asked = type_card(sandbox, number="4000008400001629")

    assert sandbox.authenticate(asked["id"])["error"]["code"] == "card_declined"


def test_a_paid_payment_cannot_be_paid_again(sandbox):
    intent = create(sandbox)
    sandbox.confirm(intent["id"])

    again = sandbox.confirm(intent["id"])

    assert again["error"]["code"] == "payment_intent_unexpected_state"
    assert len(sandbox.events("charge.succeeded")) == 1


def test_an_amount_can_change_until_it_is_paid(sandbox):
    key = create(sandbox)["id"]

    changed = sandbox.stripe("POST", f"/payment_intents/{key}", {"amount": 1_00})
    sandbox.confirm(key)
    late = sandbox.stripe("POST", f"/payment_intents/{key}", {"amount": 2_00})

    assert changed["amount"] == 1_00
    assert late["error"]["code"] == "payment_intent_unexpected_state"


def test_the_fee_is_taken_from_the_balance(sandbox):
    key = create(sandbox, amount=100_00)["id"]
    sandbox.confirm(key)

    expand = {"expand[]": "latest_charge.balance_transaction"}
    intent = sandbox.stripe("GET", f"/payment_intents/{key}", expand)

    entry = intent["latest_charge"]["balance_transaction"]
    assert (entry["amount"], entry["fee"], entry["net"]) == (100_00, 3_20, 96_80)
    assert sandbox.stripe("GET", "/balance")["available"][0]["amount"] == 96_80


def test_a_refund_the_bank_sent_back_is_failed_and_can_be_made_anew(sandbox):
    key = create(sandbox)["id"]
    sandbox.confirm(key)
    refund = sandbox.stripe("POST", "/refunds", {"payment_intent": key})

    sandbox.http("POST", f"/sandbox/stripe/refunds/{refund['id']}/fail")

    failed = sandbox.stripe("GET", f"/refunds/{refund['id']}")
    assert (failed["status"], failed["failure_reason"]) == (
        "failed",
        "expired_or_canceled_card",
    )
    assert len(sandbox.events("refund.failed")) == 1
    again = sandbox.stripe(
        "POST", "/refunds", {"payment_intent": key, "amount": 126_50}
    )
    assert again["status"] == "succeeded"


def test_all_of_a_payment_is_refunded_once(sandbox):
    key = create(sandbox)["id"]
    sandbox.confirm(key)

    whole = sandbox.stripe("POST", "/refunds", {"payment_intent": key})
    again = sandbox.stripe("POST", "/refunds", {"payment_intent": key})

    assert whole["amount"] == 126_50
    assert again["error"]["code"] == "charge_already_refunded"


def test_what_was_not_paid_cannot_be_refunded(sandbox):
    key = create(sandbox)["id"]

    answer = sandbox.stripe("POST", "/refunds", {"payment_intent": key, "amount": 1_00})

    assert answer["error"]["code"] == "payment_intent_unexpected_state"


def test_lists_turn_their_pages_newest_first(sandbox):
    keys = [create(sandbox)["id"] for _ in range(3)][::-1]

    first = sandbox.stripe("GET", "/payment_intents", {"limit": 2})
    rest = sandbox.stripe(
        "GET", "/payment_intents", {"limit": 2, "starting_after": keys[1]}
    )

    assert ([i["id"] for i in first["data"]], first["has_more"]) == (keys[:2], True)
    assert ([i["id"] for i in rest["data"]], rest["has_more"]) == (keys[2:], False)


def test_one_key_at_the_same_moment_makes_one_payment(sandbox):
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: create(sandbox, key="pi:1"), range(8)))

    assert len({answer["id"] for answer in answers}) == 1
    assert len(sandbox.events()) == 1


def test_a_key_of_a_refused_call_stays_free(sandbox):
    create(sandbox, key="pi:1", amount=1)

    assert create(sandbox, key="pi:1")["status"] == "requires_payment_method"


def test_a_decline_is_repeated_for_its_key_and_not_tried_again(sandbox):
    key = create(sandbox)["id"]
    path, card = (
        f"/payment_intents/{key}/confirm",
        {"payment_method": "pm_card_chargeDeclined"},
    )

    answers = [
        sandbox.stripe("POST", path, card, **{"Idempotency-Key": "c"}) for _ in range(2)
    ]

    assert answers[0] == answers[1]
    assert len(sandbox.events("charge.failed")) == 1


def test_a_browser_needs_the_secret_of_the_payment(sandbox):
    intent = create(sandbox)
    path = f"/sandbox/stripe/v1/payment_intents/{intent['id']}"
    key = {"key": "pk_test_sandbox"}

    statuses = [
        sandbox.http(
            "GET", path, {**key, "client_secret": intent["client_secret"]}
        ).status,
        sandbox.http("GET", path, {**key, "client_secret": "wrong"}).status,
        sandbox.http("GET", path, key).status,
        sandbox.http("POST", f"{path}/cancel", key).status,
        sandbox.http("GET", "/sandbox/stripe/v1/payment_intents", key).status,
        sandbox.http("GET", path, {"key": "pk_test_other"}).status,
        sandbox.http("GET", path).status,
    ]

    assert statuses == [200, 400, 400, 403, 403, 401, 401]


def test_what_only_the_sandbox_knows_stays_inside(sandbox):
    error = type_card(sandbox, number="4000000000000002")["error"]

    assert "_number" not in error["payment_method"]


@pytest.mark.parametrize(
    "body", ["a[b", "a[b]=1&a[b][c]=2", "[]=1", "metadata=x", "expand=x"]
)
def test_a_garbled_form_is_a_bad_request_and_no_crash(body, sandbox):
    answer = sandbox.http(
        "POST", f"/sandbox/stripe/v1/payment_intents?key=sk_test_sandbox&{body}"
    )

    assert answer.status == 400


def test_a_key_is_forgotten_after_a_day_of_the_clock_that_can_be_moved(sandbox):
    now = clock.now()
    first = create(sandbox, "order:1")
    with clock.frozen(now + timedelta(hours=23)):
        assert create(sandbox, "order:1")["id"] == first["id"]
    with clock.frozen(now + timedelta(hours=25)):
        assert create(sandbox, "order:1")["id"] != first["id"]


def test_a_card_of_a_buyer_pays_for_nobody_else_and_not_without_them(sandbox):
    one, other = (sandbox.stripe("POST", "/customers", {"name": "A"}) for _ in "12")
    kept = create(sandbox, customer=one["id"], setup_future_usage="on_session")
    sandbox.confirm(kept["id"], "pm_card_authenticationRequired")
    card = sandbox.authenticate(kept["id"])["payment_method"]
    paths = [
        f"/payment_intents/{create(sandbox, customer=each['id'])['id']}/confirm"
        for each in (one, other, one)
    ]

    absent = sandbox.stripe(
        "POST", paths[0], {"payment_method": card, "off_session": "true"}
    )
    stranger = sandbox.stripe("POST", paths[1], {"payment_method": card})
    sandbox.stripe("POST", f"/payment_methods/{card}/detach")
    detached = sandbox.stripe("POST", paths[2], {"payment_method": card})

    assert absent["error"]["code"] == "authentication_required"
    assert stranger["error"]["code"] == detached["error"]["code"] == "resource_missing"
