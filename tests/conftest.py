"""What every test has: no sockets but to this machine, a still clock, and the sandbox on demand."""

import os

import pytest

# Playwright's sync API runs an event loop in the thread of the test.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

pytest_plugins = ["tests.sandbox.plugin"]


def pytest_configure(config):
    from django.conf import settings

    settings.CACHES = {
        "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
    }


@pytest.fixture(autouse=True)
def _clean_cache():
    from django.core.cache import cache

    yield
    cache.clear()


@pytest.fixture
def as_user(client):
    """Log a user in, and hand back a client that acts as them."""
    from django.test import Client

    def log_in(user):
        browser = Client()
        browser.force_login(
            user, backend="allauth.account.auth_backends.AuthenticationBackend"
        )
        return browser

    return log_in


@pytest.fixture
def run_tasks():
    """Run all background work that is due, and fail if any of it failed."""
    from gigstream.core import jobs

    def run():
        failures = jobs.drain()
        assert not failures, failures

    return run
