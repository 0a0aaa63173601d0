"""The world of these tests, and companies that cannot be reached, so that nothing waits for them."""

from copy import copy
from http.cookies import SimpleCookie

import pytest
from django.db import transaction
from django.test import Client

from tests.security.routes import build_world

NOWHERE = "http://127.0.0.1:9"


@pytest.fixture(autouse=True)
def _companies_are_away(settings):
    settings.SITE_URL = "http://testserver"
    settings.STRIPE_API_BASE = f"{NOWHERE}/stripe"
    settings.CLOUDINARY_UPLOAD_PREFIX = f"{NOWHERE}/cloudinary"
    settings.CLOUDINARY_DELIVERY_PREFIX = f"{NOWHERE}/cloudinary"
    settings.RESEND_API_URL = f"{NOWHERE}/resend"


@pytest.fixture
def world(db):
    return build_world()


@pytest.fixture
def ask(as_user):
    """Send one request as somebody, look at the answer, and take back what it did."""
    cookies = {None: SimpleCookie()}

    def browser_of(person):
        if person not in cookies:
            cookies[person] = as_user(person).cookies
        browser = Client(raise_request_exception=False)
        browser.cookies = copy(cookies[person])
        return browser

    def send(person, method, address, *args, look=None, **options):
        browser = browser_of(person)
        with transaction.atomic():
            answer = getattr(browser, method.lower())(address, *args, **options)
            seen = look() if look else None
            transaction.set_rollback(True)
        return (answer, seen) if look else answer

    return send
