"""What every test has: no sockets but to this machine, a still clock, and the sandbox on demand."""

import gc
import os

import pytest

import tests.bytecode  # noqa: F401 - before the tests are compiled

# Playwright's sync API runs an event loop in the thread of the test.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

pytest_plugins = ["tests.browser", "tests.sandbox.plugin"]


def pytest_configure(config):
    """Tests keep their cache to themselves, unless they are about the cache."""
    from django.conf import settings

    settings.CACHES = {
        "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"},
        "memory": settings.CACHES["memory"],
    }


def pytest_collection_finish(session):
    """What is loaded by now stays: the collector need not look at it after every test."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


def pytest_collection_modifyitems(config, items):
    """`make test` runs everything on SQLite, and on PostgreSQL all that has a database."""
    if "DATABASE_TESTS_ONLY" not in os.environ:
        return
    with_database = [
        each
        for each in items
        if each.get_closest_marker("django_db")
        or {"db", "transactional_db"} & set(each.fixturenames)
    ]
    config.hook.pytest_deselected(items=list(set(items) - set(with_database)))
    items[:] = with_database


@pytest.fixture(scope="session")
def django_db_setup(
    django_test_environment, django_db_modify_db_settings, django_db_blocker
):
    """The database of the run; transactional tests give it back as they found it."""
    from django.db import connection
    from django.test import TransactionTestCase

    from tests import database
    from tests.flush import Flush

    with django_db_blocker.unblock():
        made = database.make()
        flush = Flush()
        # Django asks SQLite once whether it knows JSON, and no test should count that.
        assert connection.features.supports_json_field
    theirs = TransactionTestCase._fixture_teardown
    TransactionTestCase._fixture_teardown = lambda case: flush()
    yield
    TransactionTestCase._fixture_teardown = theirs
    with django_db_blocker.unblock():
        made.remove()


@pytest.fixture(autouse=True)
def _books_are_right(request):
    """After every test that has a database, no invariant of the books is broken."""
    if not request.node.get_closest_marker("django_db"):
        yield
        return
    request.getfixturevalue("_django_db_helper")
    yield
    from django.db import connection

    from gigstream.core import invariants
    from orders.models import Order
    from payments.models import LedgerAccount

    # Where the database has refused something, nothing of this test will stay.
    if connection.needs_rollback or request.node.get_closest_marker("breaks_the_books"):
        return
    if not (Order.objects.exists() or LedgerAccount.objects.exists()):
        return

    broken = {code: found for code, found in invariants.check().items() if found}
    assert not broken, broken


@pytest.fixture(autouse=True)
def _clean_cache():
    from django.core.cache import caches

    from gigstream.core.models import Settings
    from gigstream.core.site import KEY

    # As in a process that runs: it asks once in ten seconds, not in each test.
    caches["memory"].set(KEY, Settings())
    yield
    for each in ("default", "memory"):
        caches[each].clear()


@pytest.fixture(autouse=True)
def _speak_english():
    """A request leaves its language behind; the next one has its own, but a test may not."""
    yield
    from django.utils import translation

    translation.deactivate()


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
