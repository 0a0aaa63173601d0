"""The sandbox's pages: paying without JavaScript, the control page, the outbox."""

import json
from urllib.parse import parse_qs, urlsplit

import pytest
import urllib3

PAGES = ["/sandbox/", "/sandbox/stripe/", "/sandbox/outbox/"]
GOOD = {"number": "4242 4242 4242 4242", "expiry": "12 / 40", "cvc": "123"}


def create(sandbox, **changes):
    params = {"amount": 126_50, "currency": "usd", "description": "Logo <b>", **changes}
    return sandbox.stripe("POST", "/payment_intents", params)


def pay_url(intent, return_url="/orders/1/?from=pay"):
    secret = intent["client_secret"]
    return f"/sandbox/stripe/pay/{intent['id']}?client_secret={secret}&return_url={return_url}"


def pay(sandbox, intent, **changes):
    return sandbox.http("POST", pay_url(intent), GOOD | changes)


def arrival(answer):
    """Where a redirect leads, and with which parameters."""
    url = urlsplit(answer.headers["Location"])
    return url.path, {name: values[0] for name, values in parse_qs(url.query).items()}


def status_of(sandbox, intent):
    return sandbox.stripe("GET", f"/payment_intents/{intent['id']}")["status"]


def send_mail(sandbox, **changes):
    mail = {
        "from": "a@example.com",
        "to": ["ann@example.com"],
        "subject": "Hi",
        "text": "Hello",
    }
    headers = {"Authorization": "Bearer re_sandbox"}
    body = json.dumps(mail | changes)
    with urllib3.PoolManager(retries=False) as http:
        url = f"{sandbox.url}/sandbox/resend/emails"
        return json.loads(http.request("POST", url, body=body, headers=headers).data)[
            "id"
        ]


@pytest.mark.parametrize("path", PAGES)
def test_every_page_says_what_it_is_and_runs_no_script(path, sandbox):
    answer = sandbox.http("GET", path)

    assert answer.status == 200
    assert answer.headers["Content-Security-Policy"].startswith(
        "default-src 'none'; style-src 'self'"
    )
    assert b"<strong>Sandbox</strong>" in answer.data
    assert answer.data.count(b"<h1>") == 1


def test_the_form_names_the_price_and_what_it_is_for(sandbox):
    body = sandbox.http("GET", pay_url(create(sandbox))).data.decode()

    assert "<button>Pay $126.50</button>" in body
    assert "Logo &lt;b&gt;" in body


def test_paying_by_the_form_leads_back_to_the_shop(sandbox):
    intent = create(sandbox)

    path, query = arrival(pay(sandbox, intent))

    assert (path, query["from"], query["payment_intent"], query["redirect_status"]) == (
        "/orders/1/",
        "pay",
        intent["id"],
        "succeeded",
    )
    assert status_of(sandbox, intent) == "succeeded"


def test_a_second_click_pays_once_and_leads_back_as_well(sandbox):
    intent = create(sandbox)

    assert arrival(pay(sandbox, intent)) == arrival(pay(sandbox, intent))
    assert len(sandbox.events("charge.succeeded")) == 1


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"number": "4000000000009995"}, "Your card has insufficient funds."),
        ({"number": "1234"}, "Your card number is incorrect."),
        ({"expiry": "13/40"}, "Your card&#x27;s expiration month is invalid."),
        ({"expiry": ""}, "Your card&#x27;s expiration month is invalid."),
        ({"cvc": ""}, "Your card&#x27;s security code is invalid."),
    ],
)
def test_a_decline_shows_its_reason_and_the_form_again(changes, reason, sandbox):
    answer = pay(sandbox, create(sandbox), **changes)

    body = answer.data.decode()
    assert answer.status == 422
    assert f'role="alert" id="error">{reason}</p>' in body
    assert "<button>Pay $126.50</button>" in body


@pytest.mark.parametrize(
    ("outcome", "redirect_status", "status"),
    [
        ("complete", "succeeded", "succeeded"),
        ("fail", "failed", "requires_payment_method"),
    ],
)
def test_a_challenge_ends_back_in_the_shop(outcome, redirect_status, status, sandbox):
    intent = create(sandbox)
    challenge = pay(sandbox, intent, number="4000002760003184").headers["Location"]
    page = sandbox.http("GET", challenge).data.decode()

    path, query = arrival(sandbox.http("POST", challenge, {"outcome": outcome}))

    assert ">Complete</button>" in page
    assert ">Fail</button>" in page
    assert (path, query["redirect_status"]) == ("/orders/1/", redirect_status)
    assert status_of(sandbox, intent) == status


def test_a_challenge_that_is_over_changes_nothing(sandbox):
    intent = create(sandbox)
    challenge = pay(sandbox, intent, number="4000002760003184").headers["Location"]
    sandbox.http("POST", challenge, {"outcome": "complete"})

    answer = sandbox.http("POST", challenge, {"outcome": "fail"})

    assert b"This payment is: succeeded." in answer.data
    assert status_of(sandbox, intent) == "succeeded"


def test_a_cancelled_payment_leads_back_without_a_form(sandbox):
    intent = create(sandbox)
    sandbox.stripe("POST", f"/payment_intents/{intent['id']}/cancel")

    _, query = arrival(sandbox.http("GET", pay_url(intent)))

    assert query["redirect_status"] == "failed"


@pytest.mark.parametrize("path", ["pay", "3ds"])
def test_without_its_secret_a_payment_is_unknown(path, sandbox):
    intent = create(sandbox)

    answer = sandbox.http(
        "POST", f"/sandbox/stripe/{path}/{intent['id']}?client_secret=x", GOOD
    )

    assert answer.status == 404
    assert status_of(sandbox, intent) == "requires_payment_method"


@pytest.mark.parametrize(
    "return_url",
    [
        "https://evil.example/",
        "//evil.example/",
        "///evil.example/",
        "////evil.example/",
        "/%5Cevil.example/",
        "javascript:alert(1)",
        "/%0A/x",
    ],
)
def test_a_payer_is_never_sent_to_another_site(return_url, sandbox):
    intent = create(sandbox)
    form = sandbox.http("GET", pay_url(intent, return_url)).data.decode()

    answer = sandbox.http("POST", pay_url(intent, return_url), GOOD)

    assert '<a href="/">Back without paying</a>' in form
    assert (answer.status, answer.headers.get("Location")) == (200, None)


def test_a_form_on_another_site_is_refused(sandbox):
    intent = create(sandbox)

    answer = sandbox.http(
        "POST", pay_url(intent), GOOD, **{"Sec-Fetch-Site": "cross-site"}
    )

    assert answer.status == 403
    assert status_of(sandbox, intent) == "requires_payment_method"


def test_the_control_page_shows_payments_and_events(sandbox):
    intent = create(sandbox)

    body = sandbox.http("GET", "/sandbox/stripe/").data.decode()

    assert intent["id"] in body
    assert "Logo &lt;b&gt;" in body
    assert sandbox.events()[0]["id"] in body


@pytest.mark.parametrize("target", ["webhook", "call", "payment"])
def test_an_unknown_fault_is_refused(target, sandbox):
    answer = sandbox.http("POST", f"/sandbox/stripe/faults/{target}", {"fault": "fire"})

    assert answer.status == 400


def test_a_fault_ordered_by_button_meets_the_next_call(sandbox):
    ordered = sandbox.http(
        "POST",
        "/sandbox/stripe/faults/call",
        {"fault": "429"},
        Accept="application/json",
    )

    assert json.loads(ordered.data) == {"done": True}
    assert create(sandbox)["error"]["type"] == "rate_limit_error"
    assert create(sandbox)["object"] == "payment_intent"


def test_the_control_page_says_what_waits_and_forgets_it(sandbox):
    def shown():
        return sandbox.http("GET", "/sandbox/stripe/").data.decode()

    quiet = shown()
    for target, fault in [
        ("call", "429"),
        ("payment", "decline"),
        ("webhook", "delay"),
    ]:
        form = {"fault": fault, "seconds": "5"}
        sandbox.http("POST", f"/sandbox/stripe/faults/{target}", form)
    planned = shown()
    sandbox.http("POST", "/sandbox/stripe/faults/forget")

    assert "Answer 429: the next call of the API" in planned
    assert "Decline: the next payment" in planned
    assert "Delay: the next payment_intent.succeeded, for 5 seconds" in planned
    assert "happens once" not in quiet + shown()
    assert create(sandbox)["object"] == "payment_intent"


def test_the_outbox_lists_the_newest_mail_first_and_can_be_narrowed(sandbox):
    send_mail(sandbox, subject="First")
    send_mail(sandbox, subject="Second", to="Bob@example.com")

    everything = json.loads(sandbox.http("GET", "/sandbox/outbox.json").data)["mails"]
    bobs = json.loads(sandbox.http("GET", "/sandbox/outbox.json", {"to": "bob@"}).data)[
        "mails"
    ]
    page = sandbox.http("GET", "/sandbox/outbox/", {"to": "bob@"}).data.decode()

    assert [mail["subject"] for mail in everything] == ["Second", "First"]
    assert [mail["subject"] for mail in bobs] == ["Second"]
    assert ("Second" in page, "First" in page) == (True, False)


def test_links_in_a_mail_can_be_followed_and_its_text_stays_text(sandbox):
    key = send_mail(
        sandbox, text='Go to http://x.test/a?b=1&c="2. <script>', subject="<i>"
    )

    body = sandbox.http("GET", f"/sandbox/outbox/{key}/").data.decode()

    assert '<a href="http://x.test/a?b=1&amp;c=">http://x.test/a?b=1&amp;c=</a>' in body
    assert "&lt;script&gt;" in body
    assert "<h1>&lt;i&gt;</h1>" in body


def test_a_mail_as_html_stands_in_a_box_of_its_own(sandbox):
    key = send_mail(sandbox, html="<html><head></head><script>alert(1)</script></html>")

    answer = sandbox.http("GET", f"/sandbox/outbox/{key}/html")
    page = sandbox.http("GET", f"/sandbox/outbox/{key}/").data.decode()

    policy = answer.headers["Content-Security-Policy"]
    assert policy.startswith("sandbox allow-popups")
    assert "allow-scripts" not in policy
    assert "default-src 'none'" in policy
    assert b'<head><base target="_top">' in answer.data
    assert f'<iframe src="/sandbox/outbox/{key}/html"' in page


@pytest.mark.parametrize(
    "changes",
    [
        {"to": []},
        {"to": "nobody"},
        {"subject": ""},
        {"text": ""},
        {"to": ["a@b.c"] * 51},
    ],
)
def test_a_mail_that_resend_would_refuse_is_refused(changes, sandbox):
    with pytest.raises(KeyError):
        send_mail(sandbox, **changes)

    assert sandbox.outbox() == []


@pytest.mark.parametrize(
    "path",
    [
        "/sandbox/nothing",
        "/sandbox/outbox/unknown/",
        "/sandbox/outbox/unknown/html",
        "/sandbox/cloudinary/gigstream/image/upload/../../x.webp",
        "/sandbox/cloudinary/gigstream/image/upload/c_fill,w_99999/x.webp",
        "/sandbox/cloudinary/other/image/upload/x.webp",
    ],
)
def test_what_is_not_there_is_not_found(path, sandbox):
    assert sandbox.http("GET", path).status == 404


def test_a_body_that_is_too_large_is_refused(sandbox):
    answer = sandbox.http(
        "POST", "/sandbox/resend/emails", **{"Content-Length": str(13 << 20)}
    )

    assert answer.status == 413


@pytest.mark.parametrize(
    ("fault", "status", "last"),
    [
        ("decline", None, "payment_intent.payment_failed"),
        ("3ds", "requires_action", "payment_intent.requires_action"),
        ("dispute", "succeeded", "charge.dispute.funds_withdrawn"),
    ],
)
def test_a_fault_meets_the_next_payment_and_no_other(fault, status, last, sandbox):
    sandbox.http("POST", "/sandbox/stripe/faults/payment", {"fault": fault})

    told = sandbox.confirm(create(sandbox)["id"])

    assert told.get("status") == status
    assert sandbox.events()[-1]["type"] == last
    if fault == "decline":
        assert told["error"]["decline_code"] == "generic_decline"
    assert sandbox.confirm(create(sandbox)["id"])["status"] == "succeeded"
