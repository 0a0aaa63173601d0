"""Whatever form is refused, the answer is 422; and a field is judged alone when it is left."""

import pytest
from django.contrib.auth.hashers import MD5PasswordHasher
from django.test import Client

from gigstream.core import limits
from tests.accounts.codes import prove
from tests.accounts.people import LINK
from tests.factories import PASSWORD, a_seller, a_user

pytestmark = pytest.mark.django_db

HTMX = {"headers": {"HX-Request": "true", "HX-Request-Type": "partial"}}

FOR_ANYBODY = {
    "/accounts/login/": {"login": "nobody@example.com", "password": "wrong"},
    "/accounts/signup/": {"full_name": "", "email": "no address", "password1": "short"},
    "/accounts/password/reset/": {"email": "no address"},
    "/accounts/confirm-email/again/": {"email": "no address"},
}
FOR_MEMBERS = {
    "/accounts/password/change/": {"oldpassword": "wrong", "password1": "short"},
    "/accounts/reauthenticate/": {"password": "wrong"},
    "/accounts/2fa/app/add/": {"code": "000000"},
    "/settings/account/email/": {"email": "no address"},
    "/settings/account/username/": {"username": "a b"},
}


@pytest.mark.parametrize("headers", [{}, HTMX["headers"]])
@pytest.mark.parametrize("path", FOR_ANYBODY)
def test_a_refused_form_is_a_422(client, path, headers):
    page = client.post(path, FOR_ANYBODY[path], headers=headers)

    assert page.status_code == 422
    assert "<title>Error: " in page.text


@pytest.mark.parametrize("path", FOR_MEMBERS)
def test_a_refused_form_of_a_member_is_a_422(as_user, path):
    browser = as_user(a_user())
    prove(browser)

    assert browser.post(path, FOR_MEMBERS[path]).status_code == 422


def test_a_refused_new_password_is_a_422(client, run_tasks, mailoutbox):
    user = a_user()
    client.post("/accounts/password/reset/", {"email": user.email})
    run_tasks()
    path = "/" + LINK.search(mailoutbox[0].body)[0].split("/", 3)[3]
    path = client.get(path).url

    assert client.post(path, {"password1": "short"}).status_code == 422


def test_a_form_that_is_only_shown_is_a_200(client):
    assert client.get("/accounts/login/").status_code == 200


# --- One field ----------------------------------------------------------------

WRONG = [
    ("/accounts/login/", "login", "no address", "Enter a valid email address"),
    ("/accounts/signup/", "email", "no address", "Enter a valid email address"),
    ("/accounts/signup/", "full_name", "http://x.example", "no web address"),
    ("/accounts/signup/", "password1", "short", "too short"),
    ("/accounts/password/reset/", "email", "", "This field is required"),
    ("/accounts/confirm-email/again/", "email", "no", "Enter a valid email address"),
]
OWN = [
    ("/accounts/password/change/", "password1", "1234567890", "too common"),
    ("/accounts/password/change/", "password1", "short", "too short"),
    ("/settings/account/email/", "email", "no address", "Enter a valid email"),
    ("/settings/account/username/", "username", "admin", "name"),
    ("/sell/start/", "headline", "", "This field is required"),
    ("/accounts/passkeys/add/", "name", "x" * 61, "at most 60 characters"),
    ("/accounts/passkeys/1/rename/", "name", "", "This field is required"),
    ("/u/anybody/report/", "text", "x" * 2001, "at most 2000 characters"),
]


@pytest.mark.parametrize(("path", "field", "typed", "words"), WRONG)
def test_a_wrong_field_says_so_when_it_is_left(client, path, field, typed, words):
    answer = client.post(f"{path}?field={field}", {field: typed}, **HTMX)

    assert answer.status_code == 422
    assert words in answer.text
    assert "<html" not in answer.text


@pytest.mark.parametrize(("path", "field", "typed", "words"), OWN)
def test_so_does_a_field_of_a_member(as_user, path, field, typed, words):
    answer = as_user(a_user()).post(f"{path}?field={field}", {field: typed}, **HTMX)

    assert answer.status_code == 422
    assert words in answer.text


def test_a_vacation_that_ends_before_it_begins_is_told_when_the_field_is_left(as_user):
    typed = {"begins": "2031-03-09", "returns": "2031-03-08"}

    answer = as_user(a_seller()).post("/settings/vacation/?field=returns", typed)

    assert answer.status_code == 422
    assert "after the first day" in answer.text


@pytest.mark.parametrize("path", ["login", "signup", "password/reset"])
def test_a_field_does_not_tell_who_has_an_account(
    path, django_assert_num_queries, monkeypatch
):
    """No query is asked and no password hashed, so there is nothing to tell or to measure."""
    user, answers, hashed = a_user(), [], []
    monkeypatch.setattr(MD5PasswordHasher, "encode", lambda *a: hashed.append(a))
    field = "login" if path == "login" else "email"

    for email in (user.email, "nobody@example.com"):
        with django_assert_num_queries(0):
            typed = {field: email, "password": "x", "full_name": "N", "password1": "x"}
            answer = Client().post(f"/accounts/{path}/?field={field}", typed, **HTMX)
        answers.append((answer.status_code, answer.text.replace(email, "…")))

    assert answers[0] == answers[1]
    assert answers[0][0] == 200
    assert hashed == []


def test_leaving_fields_uses_up_no_tries_and_opens_no_way_around_them(
    client, settings, monkeypatch
):
    settings.RATELIMIT_ENABLE = True
    monkeypatch.setitem(limits.RATES, "login", limits.Rates("100/d", "1/d"))
    user = a_user()
    form = {"login": user.email, "password": "wrong"}

    left = [client.post("/accounts/login/?field=login", form) for _ in range(3)]
    sent = [client.post("/accounts/login/", form) for _ in range(2)]
    right = {"login": user.email, "password": PASSWORD}
    around = client.post("/accounts/login/?field=password", right)

    assert [each.status_code for each in left] == [200, 200, 200]
    assert [each.status_code for each in sent] == [422, 429]
    assert "_auth_user_id" not in client.session
    assert PASSWORD not in around.text


def test_a_field_that_no_form_has_is_a_404(client):
    assert client.post("/accounts/signup/?field=is_staff").status_code == 404


# --- The settings keep their place ----------------------------------------------


@pytest.mark.parametrize(
    ("path", "section"),
    [
        ("/settings/account/email/", "/settings/account/"),
        ("/settings/account/username/", "/settings/account/"),
        ("/settings/profile/picture/", "/settings/profile/"),
        ("/settings/close/", "/settings/privacy/"),
    ],
)
def test_a_refused_section_stays_marked_in_the_list(as_user, path, section):
    browser = as_user(a_user())
    prove(browser)

    page = browser.post(path, {"texts": "keep"})

    assert page.status_code == 422
    marked = f'href="{section}" aria-current="true"'
    assert marked in page.text
    assert page.text.count('aria-current="true"') == 1
