"""A session of the staff ends after a day without use; those of others may sleep."""

from datetime import timedelta

import pytest

from gigstream.core import clock
from tests.factories import a_user

pytestmark = pytest.mark.django_db


def logged_in_after(browser, monkeypatch, *hours):
    """Ask for a page at each of these moments; whether the session still stood at the last."""
    for hour in hours:
        now = clock.now() + timedelta(hours=hour)
        monkeypatch.setattr("gigstream.core.clock.now", lambda now=now: now)
        answer = browser.get("/settings/privacy/")
        monkeypatch.undo()
    return answer.status_code == 200


def test_a_session_of_the_staff_ends_after_a_day_without_use(as_user, monkeypatch):
    browser = as_user(a_user(is_staff=True))

    assert not logged_in_after(browser, monkeypatch, 0, 24.5)


def test_one_that_is_used_goes_on(as_user, monkeypatch):
    browser = as_user(a_user(is_staff=True))

    assert logged_in_after(browser, monkeypatch, 0, 12, 30, 50)


def test_buyers_and_sellers_may_sleep(as_user, monkeypatch):
    assert logged_in_after(as_user(a_user()), monkeypatch, 0, 100)
