import json
import re

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client

from accounts.models import SecurityEvent, Standing
from tests.accounts.codes import prove
from tests.accounts.device import Device
from tests.accounts.people import log_in
from tests.factories import PASSWORD, a_user

pytestmark = pytest.mark.django_db(transaction=True)

OPTIONS = re.compile(
    r'<script id="passkey-options" type="application/json">(.+?)</script>', re.DOTALL
)
NONSENSE = [
    "",
    "{}",
    "[]",
    "null",
    "7",
    '{"id": 1}',
    '{"response": {"userHandle": "eA"}}',
    '{"id": "eA", "rawId": "eA", "type": "public-key", "response": {}}',
    '{"id": "eA", "rawId": "eA", "type": "public-key", "response": []}',
    '{"id": "eA", "rawId": "eA", "type": "public-key", "response": '
    '{"clientDataJSON": "eA", "attestationObject": "eA", "authenticatorData": "eA", '
    '"signature": "eA", "userHandle": "eA"}}',
]


@pytest.fixture
def nora():
    return a_user(email="nora@example.com", full_name="Nora")


@pytest.fixture
def browser(nora):
    client = a_browser()
    log_in(client, email=nora.email, password=PASSWORD)
    prove(client)
    return client


def a_browser():
    return Client(SERVER_NAME="localhost")


def options_in(page):
    return json.loads(OPTIONS.search(page.text)[1])


def add(browser, device, *, name="Phone"):
    options = options_in(browser.get("/accounts/passkeys/add/"))
    return browser.post(
        "/accounts/passkeys/add/", {"name": name, "credential": device.create(options)}
    )


def log_in_by_passkey(client, device, **fields):
    asked = client.get(
        "/accounts/passkeys/login/", headers={"accept": "application/json"}
    )
    answer = device.sign(asked.json()["request_options"])
    return client.post("/accounts/passkeys/login/", {"credential": answer, **fields})


@pytest.fixture
def device(browser):
    device = Device()
    added = add(browser, device)
    assert added.status_code == 302, added.text
    return device


def test_a_passkey_is_added_with_a_name_and_recovery_codes(browser, nora):
    done = add(browser, Device())

    assert done.url == "/accounts/2fa/recovery-codes/"
    assert "<b>Phone</b>" in browser.get("/settings/security/").text
    assert set(
        Authenticator.objects.filter(user=nora).values_list("type", flat=True)
    ) == {"webauthn", "recovery_codes"}


def test_a_passkey_logs_in_alone(device, nora):
    client = a_browser()

    done = log_in_by_passkey(client, device, next="/orders/")

    assert done.url == "/orders/"
    assert client.session["_auth_user_id"] == str(nora.pk)


def test_after_a_password_the_passkey_is_the_second_step(device, nora):
    client = a_browser()
    step = log_in(client, email=nora.email, password=PASSWORD)

    page = client.get(step.url)
    done = client.post(step.url, {"credential": device.sign(options_in(page))})

    assert step.url == "/accounts/2fa/authenticate/"
    assert done.url == "/dashboard/"


def test_an_answer_works_once(device):
    first, second = a_browser(), a_browser()
    asked = first.get(
        "/accounts/passkeys/login/", headers={"accept": "application/json"}
    )
    answer = device.sign(asked.json()["request_options"])
    for client in (first, second):
        client.post("/accounts/passkeys/login/", {"credential": answer})

    assert "_auth_user_id" in first.session
    assert "_auth_user_id" not in second.session


def test_a_device_that_asks_nobody_for_a_finger_or_pin_does_not_do(browser, nora):
    page = add(browser, Device(verifies=False))

    assert page.status_code == 422
    assert not Authenticator.objects.filter(user=nora).exists()


def test_a_key_of_another_site_does_not_do(browser, nora):
    add(browser, Device(site="evil.example", origin="https://evil.example"))

    assert not Authenticator.objects.filter(user=nora).exists()


def test_somebody_elses_key_opens_nothing(device):
    stranger = Device()
    stranger.handle = device.handle
    client = a_browser()

    done = log_in_by_passkey(client, stranger)

    assert done.url == "/accounts/login/"
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize("answer", NONSENSE)
def test_a_made_up_answer_is_no_error(client, answer):
    client.get("/accounts/passkeys/login/", headers={"accept": "application/json"})

    done = client.post("/accounts/passkeys/login/", {"credential": answer})

    assert done.url == "/accounts/login/"


@pytest.mark.parametrize("answer", NONSENSE)
@pytest.mark.parametrize(
    "path", ["/accounts/passkeys/add/", "/accounts/passkeys/reauthenticate/"]
)
def test_nor_is_one_from_somebody_who_is_logged_in(device, browser, nora, path, answer):
    browser.get(path)

    done = browser.post(path, {"name": "Mine", "credential": answer})

    assert done.status_code in {302, 422}
    assert Authenticator.objects.filter(user=nora, type="webauthn").count() == 1


def test_a_suspended_person_does_not_come_in_by_passkey(device, nora):
    nora.standing = Standing.SUSPENDED
    nora.save()
    client = a_browser()

    done = log_in_by_passkey(client, device)

    assert done.url == "/accounts/inactive/"
    assert "_auth_user_id" not in client.session


def test_a_passkey_is_renamed(device, browser, nora):
    key = Authenticator.objects.get(user=nora, type="webauthn")

    browser.post(f"/accounts/passkeys/{key.pk}/rename/", {"name": "Old <b>phone</b>"})

    assert "Old &lt;b&gt;phone" in browser.get("/settings/security/").text


def test_an_endless_name_is_refused(device, browser, nora):
    key = Authenticator.objects.get(user=nora, type="webauthn")

    page = browser.post(f"/accounts/passkeys/{key.pk}/rename/", {"name": "n" * 61})

    assert "at most 60 characters" in page.text


def test_a_removed_passkey_opens_nothing(device, browser, nora, run_tasks, mailoutbox):
    key = Authenticator.objects.get(user=nora, type="webauthn")
    client = a_browser()

    browser.post(f"/accounts/passkeys/{key.pk}/remove/")
    log_in_by_passkey(client, device)
    run_tasks()

    assert "_auth_user_id" not in client.session
    assert not Authenticator.objects.filter(user=nora).exists()
    assert [mail.body.splitlines()[0] for mail in mailoutbox] == [
        "Hello Nora, a passkey was added to your account.",
        "Hello Nora, a passkey was removed from your account.",
    ]
    assert set(
        SecurityEvent.objects.filter(user=nora).values_list("kind", flat=True)
    ) == {"logged_in", "mfa_added", "recovery_codes_made", "mfa_removed"}


@pytest.mark.parametrize("verb", ["rename", "remove"])
def test_nobody_touches_the_passkey_of_somebody_else(device, nora, as_user, verb):
    key = Authenticator.objects.get(user=nora, type="webauthn")
    other = as_user(a_user())
    prove(other)

    answer = other.post(f"/accounts/passkeys/{key.pk}/{verb}/", {"name": "Mine"})

    assert answer.status_code == 404
    assert Authenticator.objects.filter(pk=key.pk).exists()


@pytest.mark.parametrize(
    "path", ["/accounts/passkeys/add/", "/accounts/passkeys/reauthenticate/"]
)
def test_pages_about_passkeys_run_under_our_content_policy(device, browser, path):
    page = browser.get(path)

    scripts = re.findall(r"<script\b[^>]*>", page.text)
    assert page.text.count("<h1") == 1
    assert any("js/passkeys" in script for script in scripts)
    assert [each for each in scripts if "src=" in each and "nonce=" not in each] == []


def test_a_passkey_proves_who_it_is_before_a_change(device, nora):
    client = a_browser()
    log_in_by_passkey(client, device)
    page = client.get("/accounts/passkeys/reauthenticate/?next=/accounts/2fa/app/add/")

    done = client.post(
        "/accounts/passkeys/reauthenticate/",
        {"credential": device.sign(options_in(page)), "next": "/accounts/2fa/app/add/"},
    )

    assert done.url == "/accounts/2fa/app/add/"
    assert client.get(done.url).status_code == 200
