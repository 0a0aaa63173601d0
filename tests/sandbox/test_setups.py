"""Cards kept without a payment, where the sandbox must be as strict as Stripe itself."""

import pytest

from tests.sandbox.test_pages import GOOD, arrival


@pytest.fixture
def setup(sandbox):
    customer = sandbox.stripe("POST", "/customers", {"email": "kaya@example.com"})
    return create(sandbox, customer=customer["id"])


def create(sandbox, **params):
    return sandbox.stripe("POST", "/setup_intents", params)


def confirm(sandbox, setup, card="pm_card_visa"):
    path = f"/setup_intents/{setup['id']}/confirm"
    return sandbox.stripe("POST", path, {"payment_method": card})


def form_of(setup, secret=None):
    secret = secret or setup["client_secret"]
    return (
        f"/sandbox/stripe/pay/{setup['id']}?client_secret={secret}"
        "&return_url=/settings/cards/"
    )


def told(sandbox):
    events = [event["type"] for event in sandbox.events()]
    return [kind for kind in events if kind.startswith("setup_intent.")]


def test_a_card_that_is_kept_belongs_to_its_customer_and_costs_nothing(sandbox, setup):
    kept = confirm(sandbox, setup)

    method = sandbox.stripe("GET", f"/payment_methods/{kept['payment_method']}")
    assert (kept["status"], method["customer"]) == ("succeeded", setup["customer"])
    assert told(sandbox) == ["setup_intent.created", "setup_intent.succeeded"]
    assert sandbox.stripe("GET", "/charges")["data"] == []
    again = confirm(sandbox, setup)["error"]
    assert again["code"] == "setup_intent_unexpected_state"
    assert "This SetupIntent could not be confirmed" in again["message"]


def test_a_declined_card_leaves_the_setup_open_for_another(sandbox, setup):
    error = confirm(sandbox, setup, "pm_card_chargeDeclined")["error"]

    assert (error["code"], error["setup_intent"]["status"]) == (
        "card_declined",
        "requires_payment_method",
    )
    assert confirm(sandbox, setup)["status"] == "succeeded"
    assert told(sandbox)[1:] == ["setup_intent.setup_failed", "setup_intent.succeeded"]


def test_the_control_page_can_make_a_bank_decline_or_ask(sandbox, setup):
    sandbox.http("POST", "/sandbox/stripe/faults/payment", {"fault": "3ds"})
    assert confirm(sandbox, setup)["status"] == "requires_action"
    sandbox.http("POST", "/sandbox/stripe/faults/payment", {"fault": "decline"})
    assert confirm(sandbox, setup)["error"]["code"] == "card_declined"


def test_nobody_keeps_the_card_of_another(sandbox, setup):
    theirs = confirm(sandbox, setup)["payment_method"]
    other = sandbox.stripe("POST", "/customers")["id"]

    refused = confirm(sandbox, create(sandbox, customer=other), theirs)

    assert refused["error"]["code"] == "resource_missing"


def test_a_cancelled_setup_keeps_nothing(sandbox, setup):
    path = f"/setup_intents/{setup['id']}"
    assert sandbox.stripe("POST", f"{path}/cancel")["status"] == "canceled"

    assert confirm(sandbox, setup)["error"]["code"] == "setup_intent_unexpected_state"
    assert "error" in sandbox.stripe("POST", f"{path}/authenticate")


@pytest.mark.parametrize(
    ("params", "code"),
    [
        ({"amount": "1"}, "parameter_unknown"),
        ({"customer": "cus_nobody"}, "resource_missing"),
        ({"usage": "always"}, None),
    ],
)
def test_a_setup_with_a_bad_parameter_is_refused(params, code, sandbox):
    assert create(sandbox, **params)["error"].get("code") == code
    assert "error" in sandbox.stripe("GET", "/setup_intents/seti_none")


def test_the_form_without_javascript_keeps_the_card(sandbox, setup):
    page = sandbox.http("GET", form_of(setup)).data.decode()
    assert "<button>Keep this card</button>" in page
    assert sandbox.http("GET", form_of(setup, "wrong")).status == 404

    path, query = arrival(sandbox.http("POST", form_of(setup), GOOD))

    assert (path, query["setup_intent"], query["redirect_status"]) == (
        "/settings/cards/",
        setup["id"],
        "succeeded",
    )


@pytest.mark.parametrize(
    ("outcome", "status"), [("complete", "succeeded"), ("fail", "failed")]
)
def test_the_bank_asks_on_its_own_page(outcome, status, sandbox, setup):
    card = GOOD | {"number": "4000002500003155"}
    challenge = sandbox.http("POST", form_of(setup), card).headers["Location"]
    assert "do you approve this card?" in sandbox.http("GET", challenge).data.decode()

    _, query = arrival(sandbox.http("POST", challenge, {"outcome": outcome}))

    assert query["redirect_status"] == status
