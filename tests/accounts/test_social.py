import re
from urllib.parse import urlsplit

import pytest
import urllib3
from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount
from allauth.socialaccount.providers.github.views import GitHubOAuth2Adapter
from allauth.socialaccount.providers.google.views import GoogleOAuth2Adapter
from django.test import Client

from accounts.models import SecurityEvent, Standing, User
from tests.accounts.codes import logged_in_before, prove, set_up_app
from tests.accounts.oauth_standin import CLIENT_ID, CLIENT_SECRET, OAuthStandIn
from tests.accounts.people import path_in
from tests.factories import NOON, a_user

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def company(settings, monkeypatch):
    """Both companies, set up here, and played by the stand-in."""
    app = {"client_id": CLIENT_ID, "secret": CLIENT_SECRET, "key": ""}
    settings.SOCIALACCOUNT_PROVIDERS = {
        name: {"APPS": [app], "OAUTH_PKCE_ENABLED": True}
        for name in ("google", "github")
    }
    standin = OAuthStandIn()
    for adapter in (GoogleOAuth2Adapter, GitHubOAuth2Adapter):
        monkeypatch.setattr(adapter, "authorize_url", f"{standin.url}/authorize")
        monkeypatch.setattr(adapter, "access_token_url", f"{standin.url}/token")
    monkeypatch.setattr(GoogleOAuth2Adapter, "identity_url", f"{standin.url}/userinfo")
    monkeypatch.setattr(GitHubOAuth2Adapter, "profile_url", f"{standin.url}/user")
    monkeypatch.setattr(GitHubOAuth2Adapter, "emails_url", f"{standin.url}/user/emails")
    yield standin
    standin.close()


def on_github(*, email="Nora@Example.com", verified=True, uid=7, name="Nora Nordin"):
    emails = [{"email": email, "primary": True, "verified": verified}] if email else []
    return {
        "user": {"id": uid, "login": "nora", "name": name, "email": None},
        "emails": emails,
    }


def on_google(*, email="nora@example.com", verified=True):
    return {
        "user": {
            "id": "g7",
            "email": email,
            "verified_email": verified,
            "given_name": "Nora",
            "family_name": "Nordin",
        },
        "emails": [],
    }


def come_with(client, name, *, query="", **fields):
    """Press the button, log in over there, and follow the way back."""
    there = client.post(f"/accounts/{name}/login/{query}", fields)
    back = urllib3.request("GET", there.url, redirect=False).headers["Location"]
    address = urlsplit(back)
    return client.get(f"{address.path}?{address.query}")


def test_without_settings_there_is_no_button_and_no_page(client):
    page = client.get("/accounts/login/").text

    assert "Continue with" not in page
    for name in ("google", "github"):
        assert client.post(f"/accounts/{name}/login/").status_code == 404
        assert client.get(f"/accounts/{name}/login/callback/").status_code == 404


@pytest.mark.parametrize("path", ["/accounts/login/", "/accounts/signup/"])
def test_a_button_for_each_that_is_set_up(client, company, path):
    page = client.get(path).text

    assert "Continue with Google" in page
    assert "Continue with GitHub" in page


def test_pages_with_a_button_let_their_form_lead_there(client, company):
    with_button = client.get("/accounts/login/").headers["Content-Security-Policy"]
    without = client.get("/accounts/inactive/").headers["Content-Security-Policy"]

    assert re.search(rf"form-action 'self' {re.escape(company.url)}(;|$)", with_button)
    assert company.url not in without


def test_starting_takes_a_post(client, company):
    page = client.get("/accounts/github/login/")

    assert page.status_code == 200
    assert "Continue with GitHub" in page.text


@pytest.mark.parametrize(
    ("name", "person"), [("github", on_github), ("google", on_google)]
)
def test_somebody_new_joins(client, company, name, person):
    company.person = person()

    done = come_with(client, name)

    nora = User.objects.get()
    assert done.url == "/dashboard/"
    assert (nora.email, nora.full_name) == ("nora@example.com", "Nora Nordin")
    assert nora.username == "nora-nordin"
    assert not nora.has_usable_password()
    assert EmailAddress.objects.get(user=nora).verified
    assert client.session["_auth_user_id"] == str(nora.pk)


def test_who_came_before_comes_again(company):
    company.person = on_github()
    come_with(Client(), "github")
    again = Client()

    come_with(again, "github")

    assert User.objects.count() == 1
    assert "_auth_user_id" in again.session


@pytest.mark.parametrize("verified", [True, False])
@pytest.mark.parametrize(
    ("name", "person"), [("github", on_github), ("google", on_google)]
)
def test_an_address_never_opens_an_account_that_is_here(
    client, company, run_tasks, mailoutbox, name, person, verified
):
    nora = a_user(email="nora@example.com")
    company.person = person(email="nora@example.com", verified=verified)

    done = come_with(client, name)
    run_tasks()

    assert done.url == "/accounts/confirm-email/"
    assert "_auth_user_id" not in client.session
    assert not SocialAccount.objects.exists()
    assert [(mail.to, mail.subject) for mail in mailoutbox] == [
        ([nora.email], "You already have an account")
    ]


def test_an_unverified_address_must_be_confirmed_first(
    client, company, run_tasks, mailoutbox
):
    company.person = on_github(verified=False)

    done = come_with(client, "github")
    run_tasks()
    was_in = "_auth_user_id" in client.session
    client.post(path_in(mailoutbox[0]))
    come_with(client, "github")

    assert done.url == "/accounts/confirm-email/"
    assert not was_in
    assert "_auth_user_id" in client.session


def test_who_hides_their_address_is_asked_for_one(
    client, company, run_tasks, mailoutbox
):
    company.person = on_github(email=None)

    asked = come_with(client, "github")
    page = client.get(asked.url).text
    client.post(asked.url, {"full_name": "Nora N.", "email": "Nora@example.com"})
    run_tasks()

    nora = User.objects.get()
    assert "One more step" in page
    assert (nora.full_name, nora.email) == ("Nora N.", "nora@example.com")
    assert [mail.subject for mail in mailoutbox] == ["Confirm your e-mail address"]
    assert "_auth_user_id" not in client.session


def test_nobody_is_named_by_what_a_mail_would_make_a_link_of(client, company):
    company.person = on_github(name="www.evil.example")

    come_with(client, "github")

    assert User.objects.get().full_name == "New member"


def test_nobody_is_named_by_their_address(client, company):
    company.person = on_github(name=None)
    company.person["user"]["login"] = ""

    come_with(client, "github")

    assert User.objects.get().full_name == "New member"


def test_a_second_factor_is_asked_for_here_too(company, as_user):
    company.person = on_github()
    first = Client()
    come_with(first, "github")
    nora = User.objects.get()
    nora.set_password("a-long-way-home")
    nora.save()
    browser = as_user(nora)
    prove(browser, "a-long-way-home")
    set_up_app(browser, "a-long-way-home")
    again = Client()

    step = come_with(again, "github")

    assert step.url == "/accounts/2fa/authenticate/"
    assert "_auth_user_id" not in again.session


def test_a_suspended_person_does_not_come_in(company):
    company.person = on_github()
    come_with(Client(), "github")
    User.objects.update(standing=Standing.SUSPENDED)
    client = Client()

    done = come_with(client, "github")

    assert done.url == "/accounts/inactive/"
    assert "_auth_user_id" not in client.session


def test_people_add_a_company_and_remove_it(company, as_user, run_tasks, mailoutbox):
    nora = a_user(email="nora@example.com", full_name="Nora", joined_at=NOON)
    browser = as_user(nora)
    prove(browser)
    company.person = on_github(email="other@example.com")

    added = come_with(browser, "github", query="?process=connect")
    account = SocialAccount.objects.get(user=nora)
    browser.post("/accounts/companies/", {"account": account.pk})
    run_tasks()

    assert added.url == "/settings/security/"
    assert not SocialAccount.objects.exists()
    assert list(
        SecurityEvent.objects.order_by("at", "pk").values_list("kind", flat=True)
    ) == ["account_connected", "account_disconnected"]
    assert [mail.body.splitlines()[0] for mail in mailoutbox] == [
        "Hello Nora, a login with another company was added to your account.",
        "Hello Nora, a login with another company was removed from your account.",
    ]


def test_a_company_login_of_somebody_else_cannot_be_added(company, as_user):
    company.person = on_github()
    come_with(Client(), "github")
    other = a_user()
    browser = as_user(other)
    prove(browser)

    come_with(browser, "github", query="?process=connect")

    assert not SocialAccount.objects.filter(user=other).exists()


def test_the_only_way_in_cannot_be_removed(client, company):
    company.person = on_github()
    come_with(client, "github")
    account = SocialAccount.objects.get()

    client.post("/accounts/companies/", {"account": account.pk})

    assert SocialAccount.objects.filter(pk=account.pk).exists()


def test_who_has_no_password_chooses_one(client, company, run_tasks, mailoutbox):
    company.person = on_github()
    come_with(client, "github")

    client.post("/accounts/password/set/", {"password1": "a-long-way-home"})
    run_tasks()

    assert User.objects.get().check_password("a-long-way-home")
    assert "your account has a password now" in mailoutbox[0].body


@pytest.mark.parametrize("way", ["password/set", "2fa/app/add", "passkeys/add"])
def test_who_has_no_password_comes_in_anew_before_adding_a_way_in(client, company, way):
    company.person = on_github()
    come_with(client, "github")
    logged_in_before(client, minutes=16)

    asked = client.get(f"/accounts/{way}/")

    assert asked.url == f"/accounts/login/?next=/accounts/{way}/"
    assert "_auth_user_id" not in client.session


def test_cancelling_over_there_changes_nothing(client, company):
    company.refuse = True

    done = come_with(client, "github")

    assert done.url == "/accounts/companies/cancelled/"
    assert not User.objects.exists()


@pytest.mark.parametrize(
    "query", ["", "?code=made-up&state=made-up", "?error=server_error"]
)
def test_a_made_up_return_is_refused(client, company, query):
    page = client.get(f"/accounts/github/login/callback/{query}")

    assert page.status_code == 401
    assert "That login did not work" in page.text


def test_the_answer_of_one_browser_does_not_log_in_another(client, company):
    company.person = on_github()
    there = client.post("/accounts/github/login/")
    back = urllib3.request("GET", there.url, redirect=False).headers["Location"]
    victim = Client()

    victim.get(back.partition("testserver")[2])

    assert "_auth_user_id" not in victim.session


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example"])
def test_the_way_back_stays_on_this_site(client, company, elsewhere):
    company.person = on_github()

    assert come_with(client, "github", next=elsewhere).url == "/dashboard/"


def test_the_way_back_is_kept(client, company):
    company.person = on_github()

    assert come_with(client, "github", next="/orders/").url == "/orders/"
