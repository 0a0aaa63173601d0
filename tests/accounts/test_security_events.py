from datetime import timedelta

import pytest
from django.test import Client

from accounts import security
from accounts.models import SecurityEvent
from tests.accounts.codes import code_of, prove, set_up_app
from tests.accounts.people import log_in
from tests.factories import NOON, PASSWORD, a_user

pytestmark = pytest.mark.django_db(transaction=True)

CHROME = (
    "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/141.0.0.0 Mobile Safari/537.36"
)


@pytest.fixture
def nora():
    return a_user(email="nora@example.com", full_name="Nora")


def kinds(user):
    return list(
        SecurityEvent.objects.filter(user=user)
        .order_by("at", "pk")
        .values_list("kind", flat=True)
    )


def test_a_login_is_noted_with_where_it_came_from(nora):
    client = Client(headers={"user-agent": CHROME}, REMOTE_ADDR="192.0.2.7")

    log_in(client, email=nora.email, password=PASSWORD)

    event = SecurityEvent.objects.get(user=nora)
    assert (event.kind, event.address, event.browser) == (
        "logged_in",
        "192.0.2.7",
        CHROME,
    )


@pytest.mark.parametrize(
    ("proxies", "noted"), [(0, "192.0.2.7"), (1, "198.51.100.2"), (2, "203.0.113.9")]
)
def test_only_trusted_proxies_say_who_the_client_is(nora, settings, proxies, noted):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = proxies
    client = Client(REMOTE_ADDR="192.0.2.7")

    client.post(
        "/accounts/login/",
        {"login": nora.email, "password": PASSWORD},
        headers={"x-forwarded-for": "203.0.113.9, 198.51.100.2"},
    )

    assert SecurityEvent.objects.get(user=nora).address == noted


def test_a_refused_login_is_not_noted(nora):
    log_in(Client(), email=nora.email, password="not-this-one")

    assert kinds(nora) == []


def test_a_login_that_still_needs_its_code_is_not_noted(nora, as_user):
    secret, _codes = set_up_app(as_user(nora))
    SecurityEvent.objects.all().delete()
    client = Client()

    step = log_in(client, email=nora.email, password=PASSWORD)
    before = kinds(nora)
    client.post(step.url, {"code": code_of(secret)})

    assert before == []
    assert kinds(nora) == ["logged_in"]


def test_factors_are_noted(nora, as_user):
    browser = as_user(nora)
    _secret, codes = set_up_app(browser)
    client = Client()
    step = log_in(client, email=nora.email, password=PASSWORD)
    client.post(step.url, {"code": codes[0]})
    browser.post("/accounts/2fa/recovery-codes/new/")
    browser.post("/accounts/2fa/app/remove/")

    assert sorted(kinds(nora)) == [
        "logged_in",
        "mfa_added",
        "mfa_removed",
        "recovery_code_used",
        "recovery_codes_made",
        "recovery_codes_made",
    ]


def test_a_new_password_and_ended_sessions_are_noted(nora):
    here, there = Client(), Client()
    for client in (here, there):
        log_in(client, email=nora.email, password=PASSWORD)
    SecurityEvent.objects.all().delete()
    prove(here)

    here.post("/settings/security/sessions/end/")
    here.post(
        "/accounts/password/change/",
        {"oldpassword": PASSWORD, "password1": "another-long-way-home"},
    )

    assert kinds(nora) == ["sessions_ended", "password_changed"]


def test_the_page_shows_the_last_twenty_of_ones_own(nora, as_user):
    for number in range(25):
        security.note(
            user=nora,
            kind=SecurityEvent.Kind.LOGGED_IN,
            client=security.Client(address="192.0.2.1", browser=CHROME),
            now=NOON + timedelta(minutes=number),
        )
    security.note(
        user=a_user(),
        kind=SecurityEvent.Kind.MFA_REMOVED,
        client=security.Client(address="203.0.113.99", browser=""),
        now=NOON + timedelta(days=1),
    )

    page = as_user(nora).get("/settings/security/").text

    assert page.count("<td>Logged in</td>") == 20
    assert page.count("Chrome on Android, 192.0.2.1") == 20
    assert "203.0.113.99" not in page


def test_an_endless_browser_name_is_cut(nora):
    client = Client(headers={"user-agent": "x" * 5000})

    log_in(client, email=nora.email, password=PASSWORD)

    assert len(SecurityEvent.objects.get(user=nora).browser) == 200


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        (CHROME, "Chrome on Android"),
        ("", "Unknown browser"),
        ("curl/8.1", "Unknown browser"),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 "
            "(KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1",
            "Safari on iPhone",
        ),
    ],
)
def test_browsers_have_names_that_people_know(agent, name):
    assert security.spoken_browser(agent) == name


def test_the_mail_about_a_password_names_its_owner(nora, run_tasks, mailoutbox):
    client = Client()
    log_in(client, email=nora.email, password=PASSWORD)

    client.post(
        "/accounts/password/change/",
        {"oldpassword": PASSWORD, "password1": "another-long-way-home"},
    )
    run_tasks()

    assert mailoutbox[0].body.startswith("Hello Nora, the password")
