from datetime import timedelta

import pytest
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from accounts import tasks
from tests.accounts.codes import logged_in_before, prove
from tests.accounts.people import log_in
from tests.factories import PASSWORD, a_user

pytestmark = pytest.mark.django_db

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
EDGE = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/141.0.0.0 Safari/537.36 Edg/141.0.0.0"
)


@pytest.fixture
def nora():
    return a_user(email="nora@example.com", full_name="Nora")


def a_browser(user, *, agent=FIREFOX, **fields):
    client = Client(headers={"user-agent": agent})
    log_in(client, email=user.email, password=PASSWORD, **fields)
    return client


def is_in(client):
    return client.get("/settings/security/").status_code == 200


def session_pk(client, user):
    key = client.session.session_key
    return user.usersession_set.get(session_key=key).pk


def test_the_list_shows_each_browser_and_which_one_is_this(nora):
    here, _there = a_browser(nora), a_browser(nora, agent=EDGE)

    page = here.get("/settings/security/").text

    assert page.count("Firefox on Linux") >= 1
    assert "Edge on Windows" in page
    assert page.count("This browser") == 1


def test_one_browser_can_be_logged_out(nora):
    here, there, third = a_browser(nora), a_browser(nora), a_browser(nora)
    done = here.post(f"/settings/security/sessions/{session_pk(there, nora)}/end/")

    assert done.url == "/settings/security/"
    assert (is_in(here), is_in(there), is_in(third)) == (True, False, True)


def test_a_second_press_at_the_same_moment_leads_back_to_the_list(nora):
    here, there = a_browser(nora), a_browser(nora)
    page = f"/settings/security/sessions/{session_pk(there, nora)}/end/"
    here.post(page)

    again = here.post(page)

    assert (again.status_code, again.url) == (302, "/settings/security/")
    assert not is_in(there)


def test_all_others_can_be_logged_out(nora):
    here, there, third = a_browser(nora), a_browser(nora), a_browser(nora)
    here.post("/settings/security/sessions/end/")

    assert (is_in(here), is_in(there), is_in(third)) == (True, False, False)


def test_a_login_proves_who_it_is_for_fifteen_minutes(nora):
    here, there = a_browser(nora), a_browser(nora)
    logged_in_before(here, minutes=14)

    done = here.post("/settings/security/sessions/end/")

    assert done.url == "/settings/security/"
    assert not is_in(there)


def test_after_that_the_password_is_asked_for_and_then_it_goes_on(nora):
    here, there = a_browser(nora), a_browser(nora)
    logged_in_before(here, minutes=16)

    asked = here.post("/settings/security/sessions/end/")
    was_in = is_in(there)
    done = here.post(asked.url, {"password": PASSWORD})

    assert asked.url.startswith("/accounts/reauthenticate/")
    assert was_in
    assert done.url == "/settings/security/"
    assert not is_in(there)


def test_a_second_press_on_the_proof_leads_to_the_page_of_what_is_done(nora):
    here, there = a_browser(nora), a_browser(nora)
    logged_in_before(here, minutes=16)
    asked = here.post("/settings/security/sessions/end/")
    here.post(asked.url, {"password": PASSWORD})

    again = here.post(asked.url, {"password": PASSWORD}, follow=True)

    assert again.redirect_chain[-1] == ("/settings/security/", 302)
    assert again.status_code == 200
    assert not is_in(there)


def test_the_proof_of_the_password_lasts_as_long(nora):
    here = a_browser(nora)
    prove(here)
    logged_in_before(here, minutes=16)

    asked = here.post("/settings/security/sessions/end/")

    assert asked.url.startswith("/accounts/reauthenticate/")


def test_nobody_ends_the_session_of_somebody_else(nora):
    here, other = a_browser(nora), a_user()
    theirs = a_browser(other)
    answer = here.post(f"/settings/security/sessions/{session_pk(theirs, other)}/end/")

    assert answer.status_code == 404
    assert is_in(theirs)


def test_a_session_that_a_new_password_closed_is_not_listed(nora):
    here, _there = a_browser(nora), a_browser(nora, agent=EDGE)

    here.post(
        "/accounts/password/change/",
        {"oldpassword": PASSWORD, "password1": "another-long-way-home"},
    )
    page = here.get("/settings/security/").text
    sessions = page.partition("Where you are")[2].partition("What happened")[0]

    assert sessions.count("Firefox on Linux") == 1
    assert "Edge" not in sessions


def test_the_page_costs_the_same_however_many_there_are(
    nora, django_assert_num_queries
):
    here = a_browser(nora)
    with django_assert_num_queries(8):
        here.get("/settings/security/")
    for _ in range(3):
        a_browser(nora)

    with django_assert_num_queries(8):
        here.get("/settings/security/")


def test_a_login_ends_with_the_browser_unless_it_is_to_be_remembered(nora):
    short, long = a_browser(nora), a_browser(nora, remember="on")

    assert short.cookies["sessionid"]["max-age"] == ""
    assert long.cookies["sessionid"]["max-age"] == 14 * 24 * 3600
    assert SESSION_KEY in short.session


def test_the_login_form_asks_whether_to_remember(client):
    page = client.get("/accounts/login/").text

    assert "Keep me logged in on this device" in page


def test_sessions_that_are_over_are_forgotten_and_others_stay(nora):
    here, there = a_browser(nora), a_browser(nora)
    long_ago = timezone.now() - timedelta(days=1)
    there_key = there.session.session_key
    over = Session.objects.filter(session_key=there_key)
    over.update(expire_date=long_ago)
    nora.usersession_set.update(created_at=long_ago)
    a_browser(nora).session.flush()  # as one that is not saved yet

    tasks.forget_sessions.call()

    assert not over.exists()
    assert not nora.usersession_set.filter(session_key=there_key).exists()
    assert is_in(here)
    assert nora.usersession_set.count() == 2
