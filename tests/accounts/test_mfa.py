import re
from urllib.parse import unquote

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client

from tests.accounts.codes import CODES, code_of, prove, set_up_app
from tests.accounts.people import log_in
from tests.factories import PASSWORD, a_user

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def nora():
    return a_user(email="nora@example.com", full_name="Nora Nordin")


@pytest.fixture
def browser(nora, as_user):
    return as_user(nora)


def is_in(client):
    return "_auth_user_id" in client.session


def test_who_just_logged_in_sets_up_the_app_at_once(client, nora):
    log_in(client, email=nora.email, password=PASSWORD)

    assert client.get("/accounts/2fa/app/add/").status_code == 200


def test_setting_up_the_app_later_takes_the_password_once_more(browser):
    asked = browser.get("/accounts/2fa/app/add/")
    proved = browser.post(asked.url, {"password": PASSWORD})

    assert unquote(asked.url) == "/accounts/reauthenticate/?next=/accounts/2fa/app/add/"
    assert proved.url == "/accounts/2fa/app/add/"
    assert browser.get(proved.url).status_code == 200


def test_the_page_draws_the_code_without_an_image_address(browser):
    prove(browser)

    page = browser.get("/accounts/2fa/app/add/").text

    assert re.search(r'<path fill="#000" d="M\d+ \d+h1v1h-1z', page)
    assert "data:image" not in page


def test_a_wrong_code_turns_nothing_on(browser, nora):
    prove(browser)
    browser.get("/accounts/2fa/app/add/")

    page = browser.post("/accounts/2fa/app/add/", {"code": "000000"})

    assert "Incorrect code." in page.text
    assert not Authenticator.objects.filter(user=nora).exists()


def test_logging_in_then_takes_a_code(browser, nora):
    secret, _codes = set_up_app(browser)
    client = Client()

    first = log_in(client, email=nora.email, password=PASSWORD, query="?next=/orders/")
    was_in = is_in(client)
    second = client.post(first.url, {"code": code_of(secret)})

    assert first.url.startswith("/accounts/2fa/authenticate/")
    assert not was_in
    assert second.url == "/orders/"
    assert is_in(client)


def test_a_code_works_once(browser, nora):
    secret, _codes = set_up_app(browser)
    code = code_of(secret)
    for client in (first := Client(), second := Client()):
        step = log_in(client, email=nora.email, password=PASSWORD)
        client.post(step.url, {"code": code})

    assert is_in(first)
    assert not is_in(second)


def test_guessing_codes_is_stopped(browser, nora):
    secret, _codes = set_up_app(browser)
    client = Client()
    step = log_in(client, email=nora.email, password=PASSWORD)
    for guess in range(12):
        client.post(step.url, {"code": f"{guess:06d}"})

    client.post(step.url, {"code": code_of(secret)})

    assert not is_in(client)


def test_recovery_codes_are_shown_once(browser):
    _secret, codes = set_up_app(browser)

    again = browser.get("/accounts/2fa/recovery-codes/")

    assert len(set(codes)) == 10
    assert CODES.findall(again.text) == []
    assert "10 unused codes" in again.text


def test_a_recovery_code_logs_in_once(browser, nora):
    _secret, codes = set_up_app(browser)
    first, second = Client(), Client()
    for client in (first, second):
        step = log_in(client, email=nora.email, password=PASSWORD)
        client.post(step.url, {"code": codes[0]})

    assert is_in(first)
    assert not is_in(second)
    assert "9 codes are left" in browser.get("/settings/security/").text


def test_new_recovery_codes_replace_the_old(browser, nora):
    _secret, old = set_up_app(browser)

    done = browser.post("/accounts/2fa/recovery-codes/new/")
    new = CODES.findall(browser.get(done.url).text)
    client = Client()
    step = log_in(client, email=nora.email, password=PASSWORD)
    client.post(step.url, {"code": old[0]})

    assert len(new) == 10
    assert set(old).isdisjoint(new)
    assert not is_in(client)


def test_turning_the_app_off_takes_the_codes_with_it(browser, nora):
    set_up_app(browser)

    browser.post("/accounts/2fa/app/remove/")

    assert not Authenticator.objects.filter(user=nora).exists()
    assert log_in(Client(), email=nora.email, password=PASSWORD).url == "/dashboard/"


def test_the_secret_does_not_lie_open_in_the_database(browser, nora):
    secret, _codes = set_up_app(browser)

    stored = Authenticator.objects.get(user=nora, type="totp").data["secret"]

    assert secret not in stored


def test_secrets_survive_a_change_of_the_key_of_the_site(browser, nora, settings):
    secret, _codes = set_up_app(browser)
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another-key-of-the-site"
    client = Client()

    step = log_in(client, email=nora.email, password=PASSWORD)
    client.post(step.url, {"code": code_of(secret)})

    assert is_in(client)


def test_each_change_sends_a_mail(browser, nora, run_tasks, mailoutbox):
    set_up_app(browser)
    browser.post("/accounts/2fa/recovery-codes/new/")
    browser.post("/accounts/2fa/app/remove/")
    run_tasks()

    assert [mail.to for mail in mailoutbox] == [[nora.email]] * 3
    assert [mail.body.splitlines()[0] for mail in mailoutbox] == [
        "Hello Nora, logging in to your account now takes a code of your authenticator app.",
        "Hello Nora, new recovery codes were made for your account. The old ones no longer work.",
        "Hello Nora, logging in to your account no longer takes a code of your authenticator app.",
    ]


@pytest.mark.parametrize(
    "path",
    [
        "/accounts/2fa/app/add/",
        "/accounts/2fa/app/remove/",
        "/accounts/2fa/recovery-codes/new/",
        "/accounts/passkeys/add/",
    ],
)
def test_pages_about_factors_have_one_heading(browser, path):
    set_up_app(browser)

    page = browser.get(path, follow=True).text

    assert page.count("<h1") == 1
    assert "{%" not in page


@pytest.mark.django_db
def test_the_second_step_is_no_way_in_by_itself(client):
    assert client.get("/accounts/2fa/authenticate/").url == "/accounts/login/"
    assert client.post("/accounts/2fa/authenticate/", {"code": "000000"}).url == (
        "/accounts/login/"
    )
