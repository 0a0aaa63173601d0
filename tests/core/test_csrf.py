"""Strangers' forms need no token but must come from here; everybody else needs the token."""

import pytest
from django.test import Client

from messaging.models import Subscriber
from tests.factories import a_gig, a_user

pytestmark = pytest.mark.django_db

OURS = {"origin": "http://testserver"}


def strict(user=None):
    browser = Client(enforce_csrf_checks=True)
    if user:
        browser.force_login(
            user, backend="allauth.account.auth_backends.AuthenticationBackend"
        )
    return browser


def test_pages_for_strangers_set_no_cookie(client):
    gig = a_gig()
    pages = ("/", "/gigs/", gig.get_absolute_url(), gig.category.get_absolute_url())

    cookies = {page: [*client.get(page).cookies] for page in pages}

    assert cookies == {page: [] for page in pages}


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        (OURS, 302),
        ({}, 403),
        ({"origin": "http://evil.example"}, 403),
        ({"origin": "null"}, 403),
    ],
)
def test_a_strangers_form_must_come_from_here(headers, status):
    gig = a_gig()

    response = strict().post(f"/favorites/{gig.pk}/save/", headers=headers)

    assert response.status_code == status


def test_whoever_is_logged_in_needs_the_token():
    user = a_user()

    response = strict(user).post(f"/favorites/{a_gig().pk}/save/", headers=OURS)

    assert response.status_code == 403
    assert not user.favorites.exists()


def test_a_stranger_subscribes_without_a_token():
    strict().post("/newsletter/", {"email": "anna@example.com"}, headers=OURS)

    assert Subscriber.objects.get().email == "anna@example.com"
