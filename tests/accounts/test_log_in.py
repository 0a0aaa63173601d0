import pytest
from django.test import Client

from accounts.models import Standing
from tests.accounts.people import answer, log_in
from tests.factories import NOON, PASSWORD, a_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def nora():
    return a_user(email="nora@example.com", full_name="Nora")


def test_people_log_in_with_their_address_in_any_case(client, nora):
    response = log_in(client, email="Nora@Example.com", password=PASSWORD)

    assert response.url == "/dashboard/"
    assert client.session["_auth_user_id"] == str(nora.pk)


def test_the_session_gets_a_new_name_at_login(client, nora):
    client.get("/accounts/login/")
    session = client.session
    session["seen"] = True
    session.save()
    before = client.cookies["sessionid"].value

    log_in(client, email=nora.email, password=PASSWORD)

    assert client.cookies["sessionid"].value != before


@pytest.mark.parametrize(
    ("query", "fields"),
    [
        ("?next=/orders/", {}),
        ("", {"next": "/orders/"}),
        ("?callbackUrl=/orders/", {}),
    ],
)
def test_login_leads_back_to_where_it_was_needed(client, nora, query, fields):
    response = log_in(
        client, email=nora.email, password=PASSWORD, query=query, **fields
    )

    assert response.url == "/orders/"


@pytest.mark.parametrize("name", ["next", "callbackUrl"])
def test_the_form_remembers_where_to_go(client, name):
    page = client.get(f"/accounts/login/?{name}=/orders/")

    assert '<input type="hidden" name="next" value="/orders/">' in page.text


@pytest.mark.parametrize("name", ["next", "callbackUrl"])
@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://evil.example/",
        "//evil.example",
        "/\\evil.example",
        "javascript:alert(1)",
    ],
)
def test_login_never_leads_to_another_site(client, nora, name, elsewhere):
    response = log_in(
        client, email=nora.email, password=PASSWORD, query=f"?{name}={elsewhere}"
    )

    assert response.url == "/dashboard/"


def test_a_page_that_needs_a_login_says_where_to_return(client):
    response = client.get("/notifications/")

    assert response.url == "/accounts/login/?next=/notifications/"


def test_a_wrong_password_and_an_unknown_address_get_the_same_answer(nora):
    wrong = log_in(Client(), email=nora.email, password="not-this-one")
    unknown = log_in(Client(), email="none@example.com", password="not-this-one")

    assert "are not correct" in wrong.text
    assert answer(wrong)[:2] == answer(unknown)[:2]
    assert wrong.text.count("not correct") == unknown.text.count("not correct")


@pytest.mark.parametrize("standing", [Standing.SUSPENDED, Standing.CLOSED])
def test_suspended_and_closed_accounts_are_answered_like_a_wrong_password(
    nora, standing
):
    client = Client()
    wrong = log_in(client, email=nora.email, password="not-this-one")
    nora.standing, nora.closed_at = standing, NOON
    nora.save()

    refused = log_in(Client(), email=nora.email, password=PASSWORD)

    assert answer(refused) == answer(wrong)


def test_an_account_that_may_not_log_in_is_answered_like_a_wrong_password(nora):
    wrong = log_in(Client(), email=nora.email, password="not-this-one")
    nora.is_active = False
    nora.save()

    refused = log_in(Client(), email=nora.email, password=PASSWORD)

    assert answer(refused) == answer(wrong)


def test_who_is_suspended_is_out_with_the_next_request(client, nora):
    log_in(client, email=nora.email, password=PASSWORD)
    nora.standing = Standing.SUSPENDED
    nora.save()

    response = client.get("/notifications/")

    assert response.url == "/accounts/login/?next=/notifications/"
    assert "_auth_user_id" not in client.session


def test_logging_out_takes_a_post(client, nora):
    log_in(client, email=nora.email, password=PASSWORD)

    asked = client.get("/accounts/logout/")
    still_in = "_auth_user_id" in client.session
    client.post("/accounts/logout/")

    assert "Log out?" in asked.text
    assert still_in
    assert "_auth_user_id" not in client.session


def test_the_login_is_protected_against_forged_forms(nora):
    client = Client(enforce_csrf_checks=True)

    response = log_in(client, email=nora.email, password=PASSWORD)

    assert response.status_code == 403


@pytest.mark.django_db
def test_after_a_logout_the_browser_forgets_what_it_kept(as_user):
    browser = as_user(a_user())

    kept = browser.get("/dashboard/")
    gone = browser.post("/accounts/logout/")

    assert "Clear-Site-Data" not in kept.headers
    assert gone.headers["Clear-Site-Data"] == '"cache", "storage"'
