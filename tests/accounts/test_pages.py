import pytest
from django.urls import resolve, reverse

from accounts.auth_urls import urlpatterns as auth
from accounts.urls import urlpatterns as own
from tests.factories import a_user

pytestmark = pytest.mark.django_db

PUBLIC = {
    "mail_webhook",
    "profile",
    "account_login",
    "account_logout",
    "account_inactive",
    "account_signup",
    "account_email_verification_sent",
    "account_confirm_email",
    "account_reset_password",
    "account_reset_password_done",
    "account_reset_password_from_key",
    "account_reset_password_from_key_done",
    "resend_confirmation",
    "switch_user",
    "confirm_new_email",
    "google_callback",
    "google_login",
    "github_callback",
    "github_login",
    "mfa_authenticate",
    "mfa_login_webauthn",
    "socialaccount_login_cancelled",
    "socialaccount_login_error",
    "socialaccount_signup",
}


def test_only_the_listed_pages_are_public():
    public = {
        route.name
        for route in [*auth, *own]
        if not getattr(route.callback, "login_required", True)
    }

    assert public == PUBLIC


@pytest.mark.parametrize(
    ("path", "heading"),
    [
        ("/accounts/login/", "Log in"),
        ("/accounts/signup/", "Join GigStream"),
        ("/accounts/inactive/", "This account is closed"),
        ("/accounts/confirm-email/", "Check your mail"),
        ("/accounts/confirm-email/made-up/", "This link no longer works"),
        ("/accounts/password/reset/", "Reset your password"),
        ("/accounts/password/reset/done/", "Check your mail"),
        ("/accounts/password/reset/key/done/", "Your password is changed"),
        ("/accounts/companies/cancelled/", "You did not log in"),
        ("/accounts/companies/error/", "That login did not work"),
        ("/settings/account/email/confirm/made-up/", "This link no longer works."),
    ],
)
def test_public_pages_have_one_heading_and_most_keep_out_of_the_index(
    client, path, heading
):
    page = client.get(path).text

    assert f'<h1 class="text-3xl">{heading}</h1>' in page
    assert page.count("<h1") == 1
    is_found_by_search = path in {"/accounts/login/", "/accounts/signup/"}
    assert ('<meta name="robots" content="noindex">' in page) is not is_found_by_search


@pytest.mark.parametrize(
    ("path", "heading"),
    [
        ("/accounts/logout/", "Log out?"),
        ("/accounts/password/change/", "Change your password"),
        ("/accounts/reauthenticate/", "Is it you?"),
        ("/accounts/companies/", "Logins of other companies"),
        ("/settings/account/", "Account"),
        ("/settings/security/", "Security"),
        ("/sell/start/", "Sell what you do well"),
    ],
)
def test_pages_for_people_have_one_heading(as_user, path, heading):
    page = as_user(a_user()).get(path).text

    assert f">{heading}</h1>" in page
    assert page.count("<h1") == 1


@pytest.mark.parametrize(
    "path",
    [
        "/accounts/email/",
        "/accounts/2fa/trust/",
        "/accounts/passkeys/signup/",
        "/accounts/login/code/confirm/",
        "/accounts/",
    ],
)
def test_pages_of_allauth_that_we_do_not_have_are_absent(as_user, path):
    assert as_user(a_user()).get(path).status_code == 404


def test_the_form_has_one_password_field(client):
    page = client.get("/accounts/signup/").text

    assert page.count('type="password"') == 1
    assert page.count("placeholder") == 0


def test_links_between_joining_and_logging_in_keep_the_way_back(client):
    login = client.get("/accounts/login/?next=/orders/").text
    signup = client.get("/accounts/signup/?next=/orders/").text

    assert (
        "/accounts/signup/?next=%2Forders%2F" in login
        or "/accounts/signup/?next=/orders/" in login
    )
    assert (
        "/accounts/login/?next=%2Forders%2F" in signup
        or "/accounts/login/?next=/orders/" in signup
    )


def test_the_names_that_others_link_to():
    paths = {
        name: reverse(name)
        for name in ("account_login", "account_signup", "accounts:start_selling")
    }

    assert paths == {
        "account_login": "/accounts/login/",
        "account_signup": "/accounts/signup/",
        "accounts:start_selling": "/sell/start/",
    }
    assert resolve("/sandbox-login/").view_name == "accounts:switch_user"
