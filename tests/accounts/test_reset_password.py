from datetime import datetime, timedelta

import pytest
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.test import Client

from accounts.models import Standing
from tests.accounts.people import answer, log_in, path_in
from tests.factories import PASSWORD, a_user

pytestmark = pytest.mark.django_db

NEW = "another-long-way-home"


@pytest.fixture
def nora():
    return a_user(email="nora@example.com", full_name="Nora Nordin")


@pytest.fixture
def reset_link(run_tasks, mailoutbox):
    """Ask for a reset link as a stranger would, and take it from the mail."""

    def ask(email):
        Client().post("/accounts/password/reset/", {"email": email})
        run_tasks()
        return path_in(mailoutbox.pop())

    return ask


def choose(client, link, password=NEW):
    form = client.get(link)
    return (
        client.post(form.url, {"password1": password})
        if form.status_code == 302
        else form
    )


def test_the_link_in_the_mail_lets_one_choose_a_new_password(nora, reset_link, client):
    done = choose(client, reset_link("Nora@example.com"))

    nora.refresh_from_db()
    assert done.url == "/accounts/password/reset/key/done/"
    assert nora.check_password(NEW)
    assert "Log in with the new one." in client.get(done.url).text


def test_the_owner_hears_of_the_change(nora, reset_link, client, run_tasks, mailoutbox):
    choose(client, reset_link(nora.email))
    run_tasks()

    assert [(mail.to, mail.subject) for mail in mailoutbox] == [
        ([nora.email], "Your password was changed")
    ]


def test_other_sessions_end(nora, reset_link):
    elsewhere = Client()
    log_in(elsewhere, email=nora.email, password=PASSWORD)

    choose(Client(), reset_link(nora.email))

    assert elsewhere.get("/notifications/").url.startswith("/accounts/login/")


def test_a_link_works_once(nora, reset_link):
    link = reset_link(nora.email)
    choose(Client(), link)

    page = choose(Client(), link, password="a-third-long-way")

    nora.refresh_from_db()
    assert "This link no longer works" in page.text
    assert nora.check_password(NEW)


@pytest.mark.parametrize(("minutes", "works"), [(59, True), (61, False)])
def test_a_link_works_for_an_hour(nora, reset_link, monkeypatch, minutes, works):
    link = reset_link(nora.email)
    later = datetime.now() + timedelta(minutes=minutes)  # noqa: DTZ005 (as Django does)
    monkeypatch.setattr(PasswordResetTokenGenerator, "_now", lambda self: later)

    choose(Client(), link)

    nora.refresh_from_db()
    assert nora.check_password(NEW) is works


def test_the_mail_does_not_tell_whether_there_is_an_account(
    nora, run_tasks, mailoutbox
):
    answers = [
        answer(Client().post("/accounts/password/reset/", {"email": email}))
        for email in (nora.email, "nobody@example.com")
    ]
    run_tasks()

    assert answers[0] == answers[1]
    assert {mail.to[0]: mail.subject for mail in mailoutbox} == {
        nora.email: "Choose a new password",
        "nobody@example.com": "There is no account with this address",
    }


def test_asking_costs_the_same_queries_for_all(nora, django_assert_num_queries):
    for email in (nora.email, "nobody@example.com"):
        with django_assert_num_queries(1):
            Client().post("/accounts/password/reset/", {"email": email})


def test_a_suspended_person_gets_no_link(nora, run_tasks, mailoutbox):
    nora.standing = Standing.SUSPENDED
    nora.save()

    Client().post("/accounts/password/reset/", {"email": nora.email})
    run_tasks()

    assert mailoutbox == []


@pytest.mark.parametrize("who", ["abc", "0" * 32, "zz"])
def test_a_made_up_link_is_no_error(client, who):
    page = client.get(f"/accounts/password/reset/key/{who}-c0ffee-1234/")

    assert page.status_code in {200, 404}


def test_a_weak_password_is_refused_with_a_reason(nora, reset_link):
    page = choose(Client(), reset_link(nora.email), password="short")

    nora.refresh_from_db()
    assert "at least 10 characters" in page.text
    assert nora.check_password(PASSWORD)


def test_people_change_their_password_and_stay_in(nora, as_user):
    client = as_user(nora)

    response = client.post(
        "/accounts/password/change/", {"oldpassword": PASSWORD, "password1": NEW}
    )

    nora.refresh_from_db()
    assert response.url == "/settings/security/"
    assert nora.check_password(NEW)
    assert client.get("/notifications/").status_code == 200
