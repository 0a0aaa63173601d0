"""What is refused before an operation begins: one shape, whoever refuses it; and other sites."""

from base64 import urlsafe_b64encode

import pytest
from django.db import OperationalError

import gigs.api
from tests.factories import a_conversation, a_gig, a_seller, a_user

pytestmark = pytest.mark.django_db
APP = "https://app.example"


def _problem(answer):
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json()["status"] == answer.status_code
    return answer.status_code, answer.json()["code"]


@pytest.mark.parametrize(
    ("method", "path", "options", "told"),
    [
        ("get", "/api/no-such", {}, (404, "not_found")),
        ("get", "/api/", {}, (404, "not_found")),
        ("get", "/api/orders", {}, (401, "unauthorized")),
        ("put", "/api/gigs", {}, (405, "method_not_allowed")),
        ("put", "/api/docs", {}, (405, "method_not_allowed")),
        ("post", "/api/orders", {"data": {"a": "1"}}, (415, "unsupported_media_type")),
        ("get", "/api/gigs", {"headers": {"Host": "elsewhere"}}, (400, "bad_request")),
        ("get", "/api/gigs?q=%00", {}, (400, "bad_request")),
        (
            "post",
            "/api/auth/login",
            {"data": "{", "content_type": "application/json"},
            (400, "bad_request"),
        ),
        (
            "post",
            "/api/auth/login",
            {"data": "[" * 100_000, "content_type": "application/json"},
            (400, "bad_request"),
        ),
        (
            "post",
            "/api/auth/login",
            {"data": "1" * (1024 * 1024 + 1), "content_type": "application/json"},
            (413, "request_entity_too_large"),
        ),
    ],
)
def test_every_refusal_is_a_problem(client, method, path, options, told):
    assert _problem(getattr(client, method)(path, **options)) == told


@pytest.mark.parametrize("path", ["/api/gigs", "/api/orders", "/api/openapi.json"])
def test_no_browser_makes_a_page_of_an_answer(client, path):
    headers = client.get(path).headers

    assert headers["Content-Security-Policy"] == (
        "default-src 'none'; frame-ancestors 'none'"
    )
    assert headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    ("headers", "told"),
    [
        ({"CONTENT_LENGTH": "", "HTTP_TRANSFER_ENCODING": "chunked"}, 411),
        ({"CONTENT_LENGTH": "+14"}, 400),
        ({"CONTENT_LENGTH": "+14", "CONTENT_TYPE": "text/plain"}, 400),
        ({"CONTENT_LENGTH": "-1"}, 400),
    ],
)
def test_a_body_says_how_long_it_is(client, headers, told):
    sent = {"content_type": "application/json", **headers}

    answer = client.post("/api/auth/login", '{"email": "x"}', **sent)

    assert _problem(answer)[0] == told


@pytest.mark.parametrize("said", ["\\ud800", "\\u0000"])
def test_text_that_no_database_takes_is_refused(program, said):
    sent = f'{{"headline": "{said}"}}'

    answer = program(a_user()).patch("/api/users/profile", sent)

    assert 400 <= _problem(answer)[0] < 500


@pytest.mark.parametrize(
    "cursor", ["\0", "1\0", "-1", "9" * 17, "9" * 30, "\x7f", "urn:uuid:1", " "]
)
def test_a_cursor_that_nobody_made_ends_no_list_in_a_500(program, cursor):
    seller, gig = a_seller(username="selma"), a_gig()
    talk = a_conversation(seller, a_user())
    phone, sent = program(seller), urlsafe_b64encode(cursor.encode()).decode()
    paths = {
        "/api/gigs": {},
        "/api/sell/gigs": {},
        "/api/favorites": {},
        "/api/orders": {},
        "/api/reviews": {"gig": gig.slug},
        "/api/conversations": {},
        "/api/messages": {"conversationId": talk.pk},
        "/api/notifications": {},
    }

    told = {path: phone.get(path, cursor=sent, **q) for path, q in paths.items()}

    assert {path for path, answer in told.items() if answer.status_code >= 500} == set()
    assert "\0" not in cursor or {each.status_code for each in told.values()} == {422}


def test_a_database_that_is_away_is_told_with_when_to_come_back(client, monkeypatch):
    def away(*_):
        raise OperationalError("gone")

    monkeypatch.setattr(gigs.api, "category_tree", away)

    answer = client.get("/api/categories")

    assert _problem(answer)[0] == 503
    assert answer.headers["Retry-After"] == "5"


def test_a_mistake_of_ours_gives_nothing_away(client, monkeypatch):
    def broken(*_):
        raise RuntimeError("a secret")

    client.raise_request_exception = False
    monkeypatch.setattr(gigs.api, "category_tree", broken)

    answer = client.get("/api/categories")

    assert _problem(answer)[0] == 500
    assert "secret" not in answer.content.decode()


def _preflight(client, origin):
    return client.options(
        "/api/orders",
        headers={
            "Origin": origin,
            "Access-Control-Request-Method": "POST",
            "Access-Control-Request-Headers": "authorization, idempotency-key",
        },
    ).headers


def test_other_sites_may_not_ask(client):
    asked = client.get("/api/gigs", headers={"Origin": APP})

    assert "Access-Control-Allow-Origin" not in asked.headers
    assert "Access-Control-Allow-Origin" not in _preflight(client, APP)


def test_sites_that_are_named_may_ask_but_never_with_a_cookie(client, settings):
    settings.CORS_ALLOWED_ORIGINS = [APP]

    allowed, other = _preflight(client, APP), _preflight(client, "https://evil.example")
    page = client.get("/gigs/", headers={"Origin": APP})

    assert allowed["Access-Control-Allow-Origin"] == APP
    assert "idempotency-key" in allowed["Access-Control-Allow-Headers"]
    assert "Access-Control-Allow-Credentials" not in allowed
    assert "Access-Control-Allow-Origin" not in other
    assert "Access-Control-Allow-Origin" not in page.headers
