import re
from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.core import signing
from django.test import Client

from accounts.actions import security as actions
from accounts.email_change import EmailChange
from accounts.models import Standing
from accounts.security import Client as Place
from gigstream.core.errors import NotAllowed
from tests.accounts.codes import prove
from tests.accounts.people import TOKEN, answer, log_in, path_in
from tests.factories import NOON, PASSWORD, a_user

pytestmark = pytest.mark.django_db

NEW = "nora@new.example"
NOWHERE = Place(address=None, browser="")


@pytest.fixture
def nora():
    return a_user(email="nora@example.com", full_name="Nora Nordin")


@pytest.fixture
def browser(nora, as_user):
    client = as_user(nora)
    prove(client)
    return client


def ask(browser, email=NEW):
    return browser.post("/settings/account/email/", {"email": email})


@pytest.fixture
def link(browser, run_tasks, mailoutbox):
    ask(browser)
    run_tasks()
    return path_in(mailoutbox.pop())


def test_asking_changes_nothing_and_writes_to_the_new_address(
    browser, nora, run_tasks, mailoutbox
):
    done = ask(browser)
    run_tasks()

    nora.refresh_from_db()
    assert done.url == "/settings/account/"
    assert nora.email == "nora@example.com"
    assert [(mail.to, mail.subject) for mail in mailoutbox] == [
        ([NEW], "Confirm your new e-mail address")
    ]


def test_following_the_link_changes_nothing_either(link, nora):
    page = Client().get(link)

    nora.refresh_from_db()
    assert NEW in page.text
    assert nora.email == "nora@example.com"


def test_the_button_moves_the_account(link, nora, browser):
    browser.post(link)

    nora.refresh_from_db()
    assert nora.email == NEW
    assert list(
        EmailAddress.objects.filter(user=nora).values_list(
            "email", "verified", "primary"
        )
    ) == [(NEW, True, True)]
    assert log_in(Client(), email=NEW, password=PASSWORD).url == "/dashboard/"
    assert (
        "not correct"
        in log_in(Client(), email="nora@example.com", password=PASSWORD).text
    )


def test_the_old_address_hears_of_it(link, browser, run_tasks, mailoutbox):
    browser.post(link)
    run_tasks()

    assert [mail.to for mail in mailoutbox] == [["nora@example.com"]]
    assert "has another e-mail address now" in mailoutbox[0].body
    assert "answer this mail now" in mailoutbox[0].body


def test_the_link_works_without_being_logged_in(link, nora):
    Client().post(link)

    nora.refresh_from_db()
    assert nora.email == NEW


def test_the_link_works_once(link, browser, nora):
    browser.post(link)

    again = browser.post(link)

    assert again.status_code == 422
    assert "This link no longer works." in again.text


def test_the_link_works_for_three_days(nora, monkeypatch):
    key = EmailChange.of(nora, NEW).key
    now = signing.time.time()
    ages = {hours: now + timedelta(hours=hours).total_seconds() for hours in (71, 73)}

    works = {}
    for hours, later in ages.items():
        monkeypatch.setattr(signing.time, "time", lambda later=later: later)
        works[hours] = EmailChange.from_key(key) is not None

    assert works == {71: True, 73: False}


def test_an_address_of_somebody_else_gets_the_same_answer(
    browser, run_tasks, mailoutbox
):
    a_user(email="taken@example.com")

    free, taken = ask(browser, "free@example.com"), ask(browser, "Taken@example.com")
    pages = [browser.get("/settings/account/") for _ in (free, taken)]
    run_tasks()

    assert answer(free)[:2] == answer(taken)[:2]
    assert [page.status_code for page in pages] == [200, 200]
    assert {mail.to[0]: mail.subject for mail in mailoutbox} == {
        "free@example.com": "Confirm your new e-mail address",
        "taken@example.com": "You already have an account",
    }


def test_asking_costs_the_same_queries_for_all(browser, django_assert_max_num_queries):
    a_user(email="taken@example.com")
    counts = []
    for email in ("free@example.com", "taken@example.com"):
        with django_assert_max_num_queries(10) as captured:
            ask(browser, email)
        counts.append(len(captured))

    assert counts[0] == counts[1]


def test_an_address_that_was_taken_meanwhile_is_refused(link, browser, nora):
    a_user(email=NEW)

    refused = browser.post(link)

    nora.refresh_from_db()
    assert refused.status_code == 422
    assert nora.email == "nora@example.com"


def test_a_suspended_person_changes_nothing(nora):
    change = EmailChange.of(nora, NEW)
    nora.standing = Standing.SUSPENDED
    nora.save()

    with pytest.raises(NotAllowed):
        actions.change_email(change=change, client=NOWHERE, now=NOON)


def test_it_takes_the_password_once_more_and_then_goes_on(
    as_user, nora, run_tasks, mailoutbox
):
    browser = as_user(nora)

    asked = ask(browser)
    browser.post(asked.url, {"password": PASSWORD})
    run_tasks()

    assert asked.url.startswith("/accounts/reauthenticate/")
    assert [mail.to for mail in mailoutbox] == [[NEW]]


def test_who_proves_it_twice_is_led_to_the_page_and_asked_once(
    as_user, nora, run_tasks, mailoutbox
):
    browser = as_user(nora)
    asked = ask(browser)
    browser.post(asked.url, {"password": PASSWORD})

    again = browser.post(asked.url, {"password": PASSWORD}, follow=True)
    run_tasks()

    assert again.redirect_chain[-1] == ("/settings/account/", 302)
    assert len(mailoutbox) == 1


@pytest.mark.parametrize(
    ("email", "reason"),
    [
        ("nora@example.com", "This is your address already."),
        ("NORA@example.com", "This is your address already."),
        ("not an address", "Enter a valid email address."),
        ("", "This field is required."),
    ],
)
def test_some_addresses_are_refused_with_a_reason(browser, email, reason):
    page = ask(browser, email)

    assert page.status_code == 422
    assert reason in page.text


def test_asking_again_and_again_is_stopped(browser):
    answers = [ask(browser, f"new{number}@example.com") for number in range(12)]

    assert answers[-1].status_code == 429


def test_the_page_holds_no_token_that_another_page_gets(link):
    page = TOKEN.sub(b"", Client().get(link).content).decode()

    assert '<meta name="robots" content="noindex">' in page
    assert re.search(
        r'<form method="post" action="/settings/account/email/confirm/', page
    )


def _new_password(user):
    user.set_password("another-long-way-home")
    user.save()


def test_a_new_password_ends_what_was_begun_with_the_old_one(link, nora):
    _new_password(nora)

    refused = Client().post(link)

    nora.refresh_from_db()
    assert (refused.status_code, nora.email) == (422, "nora@example.com")
    assert "This link no longer works." in refused.text


def test_no_link_is_sent_for_what_was_asked_before_a_new_password(
    browser, nora, run_tasks, mailoutbox
):
    ask(browser)
    _new_password(nora)
    run_tasks()

    assert mailoutbox == []
