"""Nonsense in every place where something can be sent: never a 500, never slow, never an effect."""

import hashlib
import hmac
import json
import time
from uuid import uuid4

import pytest
from django.test import Client

from gigs.models import Gig
from payments.models import LedgerTransaction, StripeEvent
from tests.factories import a_category, a_gig, a_seller, a_user
from tests.gigs.sellers import overview
from tests.security.routes import admin_routes, site_routes

pytestmark = pytest.mark.django_db

SLOWEST = 1.0
WORDS = {
    "huge number": "1" + "0" * 18,
    "endless number": "9" * 5000,
    "negative": "-1",
    "exponent": "1e999999999",
    "not a number": "NaN",
    "infinite": "-Infinity",
    "unicode digits": "٣٤٥",
    "superscript": "²",
    "bytes that are no text": "%ff%fe",
    "half a character": "%ed%a0%80",
    "ten kilobytes": "a" * 10_000,
    "many words": "a " * 5_000,
    "wildcards": "%25_%5C*?[]",
    "quotes": "'\";--",
    "template": "{{7*7}}{% debug %}${7*7}%(a)s%s%d%n",
    "path": "../../../../etc/passwd",
    "line breaks": "a%0d%0aSet-Cookie: b=c",
    "right to left": "\u202egnp.exe",
    "markup": "<script>alert(1)</script>",
    "nothing": "",
    "uuid": str(uuid4()),
    "uuid in words": f"urn:uuid:{uuid4()}",
}
QUERY = (
    "q",
    "page",
    "min",
    "max",
    "sort",
    "category",
    "package",
    "side",
    "before",
    "order",
    "next",
    "callbackUrl",
    "to",
    "returned",
)


def _is_bad(answer, started):
    return answer.status_code >= 500 or time.thread_time() - started > SLOWEST


@pytest.mark.parametrize("role", ["visitor", "buyer", "seller"])
def test_no_query_breaks_a_page(world, ask, role):
    wrong = []
    for kind, word in WORDS.items():
        query = "&".join(f"{name}={word}" for name in QUERY)
        for name in READ[role]:
            started = time.thread_time()
            address = f"{world.address(name)}?{query}"
            answer = ask(world.person(role), "GET", address)
            if _is_bad(answer, started):
                wrong.append((name, kind, answer.status_code))
    assert wrong == [], wrong


READ = {
    "visitor": ["gigs:market", "gigs:category", "gigs:detail", "account_login"],
    "buyer": ["orders:list", "orders:checkout", "orders:pay", "messaging:conversation"],
    "seller": ["gigs:mine", "gigs:create", "accounts:start_selling"],
}
FIELDS = [
    "title",
    "category",
    "description",
    "tags",
    "key",
    "then",
    "body",
    "client_id",
    "order",
    "message",
    "wishes",
    "checkout_key",
    "quoted_total",
    "person",
    "next",
    "email",
    "login",
    "password",
    "password1",
    "oldpassword",
    "full_name",
    "headline",
    "bio",
    "location",
    "basic-name",
    "basic-description",
    "basic-price",
    "basic-delivery_days",
    "basic-revisions",
    "basic-features",
    "questions-TOTAL_FORMS",
    "questions-INITIAL_FORMS",
    "questions-0-question",
    "questions-0-kind",
    "questions-0-options",
]


@pytest.mark.parametrize("role", ["visitor", "buyer", "seller"])
def test_no_form_breaks_a_page(world, ask, role):
    wrong = []
    for kind, word in WORDS.items():
        fields = dict.fromkeys(FIELDS, word)
        for name in WRITTEN[role]:
            started = time.thread_time()
            answer = ask(world.person(role), "POST", world.address(name), fields)
            if _is_bad(answer, started):
                wrong.append((name, kind, answer.status_code))
    assert wrong == [], wrong


WRITTEN = {
    "visitor": [
        "account_login",
        "account_signup",
        "account_reset_password",
        "accounts:resend_confirmation",
        "accounts:switch_user",
        "payments:webhook",
        "core:csp_report",
    ],
    "buyer": [
        "accounts:start_selling",
        "account_change_password",
        "orders:checkout",
        "orders:request_revision",
        "messaging:send",
    ],
    "seller": ["gigs:create", "gigs:edit", "orders:deliver", "messaging:send"],
}


def test_a_nul_is_refused_everywhere(world, ask):
    answers = {
        (name, method): ask(world.buyer, method, address, *data).status_code
        for name in site_routes()
        for method, address, *data in (
            ("GET", f"{world.address(name)}?q=a%00b"),
            ("POST", world.address(name), {"body": "a\0b"}),
        )
    }

    assert set(answers.values()) == {400}, answers


def test_no_key_breaks_an_address(world, ask):
    words = ["%ED%A0%80", "a" * 300, "é" * 40, "{{x}}", "%00", "."]
    shapes = (
        "/gigs/{}/",
        "/categories/{}/",
        "/orders/{}/",
        "/messages/{}/",
        "/files/{}/",
        "/accounts/confirm-email/{}/",
        "/accounts/password/reset/key/{0}-{0}/",
        "/admin/orders/order/{}/change/",
        "/sandbox/{}",
    )
    wrong = []
    for address in (shape.format(word) for shape in shapes for word in words):
        answer = ask(world.operator, "GET", address)
        if answer.status_code not in {200, 302, 400, 404}:
            wrong.append((address, answer.status_code))
    assert wrong == [], wrong


def test_no_filter_breaks_a_list_of_the_admin(world, ask):
    lists = [name for name in admin_routes() if name.endswith("_changelist")]
    wrong = []
    for name in lists:
        for query in ADMIN_QUERIES:
            answer = ask(world.operator, "GET", f"{world.address(name)}?{query}")
            if answer.status_code >= 500:
                wrong.append((name, query))
    assert wrong == []


ADMIN_QUERIES = (
    "q=%27%22%3C%E2%80%AE&p=99999999999999999999&o=99.-99.x&e=1",
    "id__exact=nonsense&all=",
    "placed_at__gte=nonsense&status__exact=%ff",
    "_to_field=password&_popup=1&q=" + "a" * 5000,
)


# --- Headers ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sent", "onwards"),
    [
        ("http://testserver/orders/?side=selling", "/orders/%3Fside%3Dselling"),
        ("http://testserver//evil.example/", "//evil.example/"),
        ("http://evil.example/orders/", "/"),
        ("//evil.example/", "/"),
        ("javascript:alert(1)", "/"),
        ("http://[", "/"),
        ("http://testserver:99999999/", "/"),
        ("", "/"),
    ],
)
def test_htmx_never_leads_a_login_astray(client, sent, onwards):
    person = a_user()

    answer = client.get(
        "/orders/", headers={"hx-request": "true", "hx-current-url": sent}
    )

    login = answer.headers["HX-Redirect"]
    assert login == f"/accounts/login/?next={onwards}"
    arrived = client.post(
        login, {"login": person.email, "password": "correct-horse-battery"}
    )
    assert arrived.headers["Location"].startswith("/")
    assert not arrived.headers["Location"].startswith("//")


@pytest.mark.parametrize(
    "host", ["evil.example", "testserver.evil.example", "a b", "[", ""]
)
def test_a_foreign_host_is_refused(client, host):
    answer = client.get("/", headers={"host": host})

    assert answer.status_code == 400
    assert b"evil.example" not in answer.content


def test_a_body_larger_than_any_form_is_refused_unread(client):
    answer = client.generic(
        "POST",
        "/accounts/login/",
        b"",
        content_type="multipart/form-data; boundary=x",
        CONTENT_LENGTH="1000000000",
    )

    assert answer.status_code == 413


def test_a_length_without_end_is_no_mistake_of_ours(client):
    client.raise_request_exception = False

    answer = client.post("/accounts/login/", CONTENT_LENGTH="9" * 5000)

    assert answer.status_code == 413


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("multipart/form-data", b"x"),
        ("multipart/form-data; boundary=x", b"--x\r\n\r\n"),
        (
            "multipart/form-data; boundary=x",
            b"--x\r\nContent-Disposition: form-data\r\n",
        ),
        ("application/x-www-form-urlencoded; charset=utf-16", b"a=b"),
        ("application/x-www-form-urlencoded; charset=none", b"a=%ff"),
        ("application/json", b"{"),
        ("text/plain", b"\xff\xfe"),
        ("", b"a"),
    ],
)
def test_no_kind_of_body_breaks_a_form(kind, body):
    browser = Client(raise_request_exception=False)
    for path in ("/accounts/login/", "/api/webhooks/stripe", "/csp-report/"):
        answer = browser.generic("POST", path, body, content_type=kind)

        assert answer.status_code < 500, path


def test_a_report_of_a_browser_cannot_write_lines_of_its_own_into_the_log(
    client, caplog
):
    client.post("/csp-report/", b"a\nERROR all is lost", content_type="text/plain")

    assert [record.getMessage() for record in caplog.records] == [
        r"csp: 'a\nERROR all is lost'"
    ]


# --- Names and keys in hidden fields ------------------------------------------


def test_a_new_gig_cannot_take_the_place_of_another(as_user):
    other = a_gig(title="Not yours")
    thief = a_seller()

    answer = as_user(thief).post(
        "/sell/gigs/new/", overview(other.category, key=str(other.pk))
    )

    assert answer.status_code == 409
    assert "This page was used before" in answer.text
    assert list(Gig.objects.values_list("seller", "title")) == [
        (other.seller_id, "Not yours")
    ]


@pytest.mark.parametrize("key", ["%s", "%d", "%(a)s", "%", "<b>"])
def test_a_message_with_a_mangled_name_is_refused_with_words(world, ask, key):
    answer = ask(
        world.buyer,
        "POST",
        world.address("messaging:send"),
        {"body": "Hello", "client_id": key},
    )

    assert answer.status_code == 422
    assert "Enter a valid UUID." in answer.text


def test_a_category_needs_an_icon_that_exists(as_user):
    category = a_category(name="Logos")
    operator = as_user(a_user(is_staff=True, is_superuser=True))
    fields = {"name": "Logos", "slug": "logos", "position": 0, "icon": "no-such-icon"}

    answer = operator.post(f"/admin/gigs/category/{category.pk}/change/", fields)

    category.refresh_from_db()
    assert "Lucide has no such icon." in answer.text
    assert category.icon == "palette"


def test_nobody_confirms_an_address_by_hand_in_the_admin(as_user):
    person = a_user()
    person.emailaddress_set.update(verified=False)
    address = person.emailaddress_set.get()
    operator = as_user(a_user(is_staff=True, is_superuser=True))
    page = f"/admin/account/emailaddress/{address.pk}/change/"
    fields = {"user": str(person.pk), "email": "thief@example.com", "verified": "on"}

    answer = operator.post(page, fields)

    address.refresh_from_db()
    assert answer.status_code == 403
    assert (address.email, address.verified) == (person.email, False)


# --- Events that are signed and yet odd ---------------------------------------


def _signature(body):
    moment = int(time.time())
    digest = hmac.digest(b"whsec_sandbox", b"%d.%s" % (moment, body), hashlib.sha256)
    return f"t={moment},v1={digest.hex()}"


def _tell(body):
    return Client().post(
        "/api/webhooks/stripe",
        body,
        content_type="application/json",
        headers={"stripe-signature": _signature(body)},
    )


def _event(intent=(), **fields):
    about = {
        "id": "pi_odd",
        "status": "succeeded",
        "amount": 110_00,
        "amount_received": 110_00,
        "currency": "usd",
        "livemode": False,
        "metadata": {},
        **dict(intent),
    }
    event = {
        "id": "evt_odd",
        "type": "payment_intent.succeeded",
        "livemode": False,
        "created": int(time.time()),
        "data": {"object": about},
        **fields,
    }
    return json.dumps({name: each for name, each in event.items() if each is not ...})


NO_EVENTS = {
    "nothing": "",
    "no object": "true",
    "a list": "[]",
    "null": "null",
    "too deep": "[" * 100_000 + "]" * 100_000,
    "no number": _event(created=float("nan")),
    "an infinite number": _event(surplus=float("inf")),
    "a number that becomes infinite": _event().replace("11000", "1e999"),
    "too large a moment": _event(created=10**30),
    "too small a moment": _event(created=-(10**11)),
    "a moment in words": _event(created="now"),
    "no name": _event(id=None),
    "a name that is none": _event(id={"a": 1}),
    "an endless name": _event(id="e" * 101),
    "no kind": _event(type=...),
    "no data": _event(data=...),
    "data of nothing": _event(data={"object": None}),
    "data of text": _event(data={"object": "pi_odd"}),
}


@pytest.mark.parametrize("body", NO_EVENTS.values(), ids=NO_EVENTS)
def test_what_is_signed_and_no_event_is_refused(body):
    answer = _tell(body.encode())

    assert answer.status_code == 400
    assert not StripeEvent.objects.exists()


ODD_INTENTS = {
    "an amount in words": {"amount_received": "11000"},
    "an amount that is none": {"amount_received": None},
    "an amount below nothing": {"amount_received": -5},
    "an amount beyond the database": {"amount_received": 10**30},
    "a currency that is none": {"currency": None},
    "a currency that is long": {"currency": "u" * 300},
    "metadata that is none": {"metadata": None},
    "metadata in a list": {"metadata": ["order"]},
    "an order that is no key": {"metadata": {"order": "1"}},
    "an order in a list": {"metadata": {"order": ["1"]}},
    "a name that is none": {"id": None},
    "an endless name": {"id": "p" * 5000},
    "a charge in words": {"latest_charge": {"id": 7}},
    "an error in words": {"last_payment_error": "no"},
}


KINDS = (
    "payment_intent.succeeded",
    "payment_intent.payment_failed",
    "refund.updated",
)


@pytest.mark.parametrize("intent", ODD_INTENTS.values(), ids=ODD_INTENTS)
def test_an_odd_event_is_kept_and_pays_nothing(intent):
    answers = [_tell(_event(intent, id=kind, type=kind).encode()) for kind in KINDS]

    assert {answer.status_code for answer in answers} <= {204, 409}
    kept = StripeEvent.objects.values_list("event_id", flat=True)
    assert sorted(kept) == sorted(KINDS)
    assert not LedgerTransaction.objects.filter(kind="E1").exists()


@pytest.mark.parametrize("text", ["a\0b", "\ud800"], ids=["nul", "half a character"])
def test_an_event_with_text_that_no_database_keeps_is_kept_without_it(text):
    body = _event(id=f"evt_{text}", type="customer.created", about=text).encode()

    answers = [_tell(body).status_code for _twice in range(2)]

    assert answers == [204, 204]
    assert StripeEvent.objects.get().processed_at is not None
