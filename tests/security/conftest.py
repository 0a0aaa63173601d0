"""The world of these tests, and companies that cannot be reached, so that nothing waits for them."""

import re
from copy import copy
from http.cookies import SimpleCookie

import pytest
from django.db import connection, transaction
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
    settings.PUSHER_HOST, settings.PUSHER_PORT = "127.0.0.1", 9


@pytest.fixture
def world(db):
    return build_world()


@pytest.fixture
def ask(as_user):
    """Send one request as somebody, note what it wrote, and take that back."""
    browsers, cookies = {}, {}

    def browser_of(person):
        """One for each, which forgets every time what the last answer told it."""
        if person not in browsers:
            browsers[person] = Client(raise_request_exception=False)
            known = as_user(person).cookies if person else SimpleCookie()
            cookies[person] = known
        browsers[person].cookies = copy(cookies[person])
        return browsers[person]

    def send(person, method, address, *args, **options):
        browser, writing = browser_of(person), Writing()
        with transaction.atomic(), connection.execute_wrapper(writing):
            answer = getattr(browser, method.lower())(address, *args, **options)
            transaction.set_rollback(True)
        answer.written = writing.tables
        return answer

    return send


class Writing:
    """Notes into which tables something was written."""

    def __init__(self):
        self.tables = set()

    def __call__(self, execute, sql, params, many, context):
        if found := re.match(r'\s*(?:INSERT INTO|UPDATE|DELETE FROM) "(\w+)"', sql):
            self.tables.add(found[1])
        return execute(sql, params, many, context)
