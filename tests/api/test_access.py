"""Coming in by a token: what one is, how long it works, and who hears of it."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.contrib.auth.models import Group
from django.test import Client

from accounts.actions import give_roles, reinstate, suspend
from accounts.actions.tokens import MOST_TOKENS
from accounts.models import ApiToken, Scope, SecurityEvent, User
from gigstream.core import clock, limits
from gigstream.core.errors import NotAllowed
from gigstream.core.limits import Rates
from tests.factories import PASSWORD, a_gig, a_user, an_api_token

pytestmark = pytest.mark.django_db
FORM = {"name": "My phone", "scopes": ["read", "orders"], "days": "30"}


def _favorites(client, secret):
    return client.get("/api/favorites", headers={"Authorization": f"Bearer {secret}"})


@pytest.fixture
def fresh():
    """A browser in which somebody logged in just now."""

    def log_in(user):
        browser = Client()
        browser.post("/accounts/login/", {"login": user.email, "password": PASSWORD})
        return browser

    return log_in


def test_a_token_is_made_on_its_page_and_shown_once(fresh, client):
    nora = a_user()
    browser = fresh(nora)
    form = {**FORM, "token_id": str(uuid4())}

    page = browser.post("/settings/api/", form)

    secret = page.context["secret"]
    assert page.status_code == 200
    assert secret in page.content.decode()
    assert page.headers["Cache-Control"] == "private, no-store"
    assert secret not in browser.get("/settings/api/").content.decode()
    token = ApiToken.objects.get()
    assert (token.scopes, token.beginning) == (["read", "orders"], secret[:8])
    assert secret not in str(ApiToken.objects.values().get())
    assert _favorites(client, secret).status_code == 200
    assert SecurityEvent.objects.filter(user=nora, kind="token_created").exists()
    assert browser.post("/settings/api/", form).status_code == 302
    assert ApiToken.objects.count() == 1


def test_a_german_reads_how_long_a_token_works(fresh):
    page = fresh(a_user()).get("/settings/api/", headers={"Accept-Language": "de"})

    assert "90 Tage" in page.content.decode()


def test_the_page_asks_who_it_is_first(as_user):
    answer = as_user(a_user()).post("/settings/api/", FORM)

    assert answer.status_code == 302
    assert answer["Location"].startswith("/accounts/reauthenticate/")
    assert not ApiToken.objects.exists()


def test_what_is_typed_wrong_is_told(fresh):
    nora = a_user()

    refused = fresh(nora).post("/settings/api/", {**FORM, "scopes": ["admin"]})

    assert refused.status_code == 422
    assert not ApiToken.objects.exists()


def test_a_token_for_what_staff_may_do_is_short(fresh):
    staff = a_user(is_staff=True)
    form = {**FORM, "scopes": ["read", "admin"], "token_id": str(uuid4())}
    browser = fresh(staff)

    refused = browser.post("/settings/api/", {**form, "days": "90"})
    with pytest.raises(NotAllowed, match="at most 30 days"):
        an_api_token(staff, days=90)
    made = browser.post("/settings/api/", form)

    assert refused.status_code == 422
    assert refused.context["form"].errors == {
        "days": ["A token for what staff may do works for at most 30 days."]
    }
    assert "My phone" in refused.text
    assert made.status_code == 200
    token = ApiToken.objects.get()
    assert token.expires_at - token.created_at == timedelta(days=30)


def test_a_token_for_what_staff_may_do_ends_with_a_role(client):
    ada, staff = (a_user(is_staff=True) for _ in range(2))
    ada.groups.set(Group.objects.filter(name="admin"))
    staff.groups.set(Group.objects.filter(name__in=["admin", "support"]))
    _token, secret = an_api_token(staff, scopes=[Scope.ADMIN])
    _token, other = an_api_token(staff, scopes=[Scope.READ], days=365)

    def ask():
        bearer = {"Authorization": f"Bearer {secret}"}
        return client.get("/api/admin/settings", headers=bearer).status_code

    def give(*names):
        give_roles(
            user_id=staff.pk, names=names, actor=ada, reason="News.", now=clock.now()
        )

    before = ask()
    give("admin", "finance", "support")
    given = ask()
    give("support")
    taken = ask()
    give("admin")

    assert (before, given, taken, ask()) == (200, 200, 401, 401)
    assert _favorites(client, other).status_code == 200


@pytest.mark.parametrize("how", ["groups", "is_staff"])
def test_a_token_can_do_no_more_than_its_owner_at_this_moment(client, how):
    staff = a_user(is_staff=True)
    staff.groups.set(Group.objects.filter(name="admin"))
    _token, secret = an_api_token(staff)
    if how == "groups":
        staff.groups.clear()
    else:
        User.objects.filter(pk=staff.pk).update(is_staff=False)

    bearer = {"Authorization": f"Bearer {secret}"}
    refused = client.get("/api/admin/settings", headers=bearer)

    assert (refused.status_code, refused.json()["code"]) == (403, "forbidden")


def test_a_person_has_so_many_tokens_and_not_more(fresh):
    nora = a_user()
    for _ in range(MOST_TOKENS):
        an_api_token(nora)

    refused = fresh(nora).post("/settings/api/", {**FORM, "token_id": str(uuid4())})

    assert refused.status_code == 422
    assert ApiToken.objects.count() == MOST_TOKENS


def test_a_revoked_token_is_refused_at_once(as_user, client):
    nora = a_user()
    token, secret = an_api_token(nora)

    as_user(nora).post(f"/settings/api/{token.pk}/revoke/")

    refused = _favorites(client, secret)
    assert refused.status_code == 401
    assert refused.headers["WWW-Authenticate"].startswith("Bearer")
    assert refused.headers["Content-Type"] == "application/problem+json"
    assert SecurityEvent.objects.filter(user=nora, kind="token_revoked").exists()


def _let_time_pass(token):
    ApiToken.objects.filter(pk=token.pk).update(
        created_at=clock.now() - timedelta(days=31), expires_at=clock.now()
    )


def _suspend(token):
    token.user.standing = "suspended"
    token.user.save()


def _change_password(token):
    token.user.set_password("another-good-password")
    token.user.save()


@pytest.mark.parametrize("what", [_let_time_pass, _suspend, _change_password])
def test_a_token_ends_with(client, what):
    token, secret = an_api_token(a_user())
    assert _favorites(client, secret).status_code == 200

    what(token)

    assert _favorites(client, secret).status_code == 401


def test_a_token_from_before_a_suspension_works_never_again(client):
    token, secret = an_api_token(a_user())
    staff = a_user(is_staff=True, is_superuser=True)

    for verb in (suspend, reinstate):
        verb(user_id=token.user_id, actor=staff, reason="Spam.", now=clock.now())

    assert _favorites(client, secret).status_code == 401


def test_a_bad_token_is_refused_even_beside_a_session(as_user):
    browser = as_user(a_user())

    assert browser.get("/api/favorites").status_code == 200
    assert _favorites(browser, "gst_guessed").status_code == 401
    assert (
        browser.get("/api/gigs", headers={"Authorization": "Basic eDp5"}).status_code
        == 401
    )


def test_use_is_noted_every_five_minutes_and_costs_one_query(
    client, django_assert_num_queries
):
    token, secret = an_api_token(a_user())
    _favorites(client, secret)
    token.refresh_from_db()
    assert token.last_used_at is not None

    with django_assert_num_queries(2):  # the token with its owner, and the list
        _favorites(client, secret)


def test_nobody_finds_a_token_by_trying(limits_on, client, monkeypatch):
    monkeypatch.setitem(limits.RATES, "token", Rates("2/d"))
    _token, secret = an_api_token(a_user())

    guesses = [_favorites(client, "gst_guess") for _ in range(3)]

    assert [answer.status_code for answer in guesses] == [401, 401, 429]
    assert int(guesses[2].headers["Retry-After"]) > 0
    assert guesses[2].json()["code"] == "too_many"
    assert _favorites(client, secret).status_code == 200


def test_a_token_gets_so_many_requests_wherever_it_is_used(limits_on):
    limits_on.RATE_LIMIT_PER_MINUTE = 3
    _token, secret = an_api_token(a_user())

    codes = [
        _favorites(Client(REMOTE_ADDR=f"203.0.113.{number}"), secret).status_code
        for number in range(4)
    ]

    assert codes == [200, 200, 200, 429]


def test_a_client_gets_so_many_requests_and_is_told_as_a_problem(limits_on, client):
    limits_on.RATE_LIMIT_PER_MINUTE = 1
    client.get("/api/gigs")

    refused = client.get("/api/gigs")

    assert refused.status_code == 429
    assert refused.headers["Content-Type"] == "application/problem+json"
    assert 0 < int(refused.headers["Retry-After"]) <= 60


def test_what_belongs_to_a_person_is_in_no_cache(client):
    _token, secret = an_api_token(a_user())
    a_gig()

    answer = client.get("/api/gigs", headers={"Authorization": f"Bearer {secret}"})

    assert answer.headers["Cache-Control"] == "private, no-store"
    assert "Authorization" in answer.headers["Vary"]
    assert "ETag" not in answer.headers
    assert not answer.cookies
