"""Joining, logging in, and a new password, without a page."""

import pytest
from django.test import Client

from accounts.models import User
from gigstream.core import limits
from gigstream.core.limits import Rates
from tests.accounts.codes import set_up_app
from tests.accounts.people import path_in
from tests.factories import PASSWORD, a_user

pytestmark = pytest.mark.django_db
JOIN = {"email": "nora@example.com", "password": "a-long-way-home", "fullName": "Nora"}


@pytest.fixture
def letters(settings, mailoutbox):
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    return mailoutbox


def test_somebody_joins_and_a_stranger_learns_nothing(program, letters, run_tasks):
    phone = program()

    new = phone.post("/api/auth/register", JOIN)
    known = phone.post("/api/auth/register", {**JOIN, "email": a_user().email})
    run_tasks()

    assert (new.status_code, new.content) == (known.status_code, known.content)
    assert new.status_code == 202
    assert User.objects.get(email=JOIN["email"]).full_name == "Nora"
    assert len(letters) == 2


def test_what_is_wrong_has_the_name_that_was_sent(program):
    refused = program().post("/api/auth/register", {**JOIN, "password": "short"})

    assert refused.status_code == 422
    assert refused.json()["errors"][0]["loc"] == ["body", "password"]


def test_a_browser_logs_in_changes_something_and_logs_out():
    nora, browser = a_user(), Client(enforce_csrf_checks=True)

    def post(path, body="", **headers):
        return browser.post(
            path, body, content_type="application/json", headers=headers
        )

    wrong = post("/api/auth/login", {"email": nora.email, "password": "wrong"})
    told = post("/api/auth/login", {"email": nora.email, "password": PASSWORD}).json()
    session = browser.get("/api/auth/session")
    token = {"X-CSRFToken": session.json()["csrfToken"]}

    assert (wrong.status_code, wrong.json()["code"]) == (401, "credentials")
    assert told["user"]["email"] == nora.email
    assert session.json()["user"]["id"] == str(nora.pk)
    assert session.headers["Cache-Control"] == "private, no-store"
    assert post("/api/auth/logout").json()["code"] == "csrf"
    assert post("/api/auth/logout", **token).status_code == 204
    assert browser.get("/api/auth/session").json()["user"] is None


def test_a_second_factor_is_not_passed_by(as_user):
    nora = a_user()
    set_up_app(as_user(nora))
    browser = Client()

    half_way = browser.post(
        "/api/auth/login",
        {"email": nora.email, "password": PASSWORD},
        content_type="application/json",
    )

    assert (half_way.status_code, half_way.json()["code"]) == (403, "unfinished")
    assert browser.get("/api/auth/session").json()["user"] is None
    assert browser.get("/api/orders").status_code == 401


@pytest.mark.parametrize("standing", ["suspended", "closed"])
def test_who_is_out_stays_out_and_is_told_no_more_than_a_stranger(standing, program):
    nora, phone = a_user(standing=standing), program()

    def log_in(email, password=PASSWORD):
        return phone.post("/api/auth/login", {"email": email, "password": password})

    out, nobody = log_in(nora.email), log_in("nobody@example.com")

    assert (out.status_code, out.content) == (401, nobody.content)


def test_a_forgotten_password_is_set_anew_and_all_else_ends(
    program, letters, run_tasks, as_user
):
    nora, phone = a_user(), program()
    ways_in = [program(nora), as_user(nora)]
    run_tasks()
    letters.clear()

    known = phone.post("/api/auth/forgot-password", {"email": nora.email})
    nobody = phone.post("/api/auth/forgot-password", {"email": "no@example.com"})
    run_tasks()
    token = next(path_in(each) for each in letters if nora.email in each.to)
    token = token.rstrip("/").rpartition("/")[2]
    wanted = {"token": token, "password": "another-long-way"}
    done = phone.post("/api/auth/reset-password", wanted)
    twice = phone.post("/api/auth/reset-password", wanted)

    assert (known.status_code, known.content) == (nobody.status_code, nobody.content)
    assert (done.status_code, twice.status_code) == (200, 422)
    nora.refresh_from_db()
    assert nora.check_password("another-long-way")
    assert [way.get("/api/orders").status_code for way in ways_in] == [401, 401]
    assert nora.security_events.filter(kind="password_reset").exists()


@pytest.mark.parametrize(
    ("action", "path", "sent"),
    [
        ("login", "login", {"password": "wrong"}),
        ("register", "register", {"password": "short", "fullName": "Nora"}),
        ("reset", "forgot-password", {}),
    ],
)
def test_tries_at_an_account_are_counted_whether_there_is_one_or_not(
    limits_on, monkeypatch, program, action, path, sent
):
    monkeypatch.setitem(limits.RATES, action, Rates("100/d", "2/d"))
    phone = program()
    codes = {
        email: [
            phone.post(f"/api/auth/{path}", {"email": email, **sent}).status_code
            for _ in range(3)
        ]
        for email in (a_user().email, "nobody@example.com")
    }

    known, nobody = codes.values()
    assert known == nobody
    assert known[2] == 429 not in known[:2]


def test_a_profile_is_changed_in_parts(program):
    nora = a_user(bio="Draws.", skills=["Ink"])

    told = program(nora).patch("/api/users/profile", {"headline": "Draws marks"}).json()

    assert (told["headline"], told["bio"], told["skills"]) == (
        "Draws marks",
        "Draws.",
        ["Ink"],
    )
    wrong = program(nora).patch("/api/users/profile", {"country": "XX"})
    assert wrong.json()["errors"][0]["loc"] == ["body", "country"]
