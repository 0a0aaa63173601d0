"""The page and the bell of notifications: by day, by thing, by key, and what can be taken back."""

from datetime import timedelta

import pytest

from gigstream.core import clock
from messaging import reading_news
from messaging.models import Notification
from messaging.models import NotificationKind as Kind
from tests.factories import NOON, a_user
from tests.messaging.test_notify import tell

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _noon():
    with clock.frozen(NOON + timedelta(hours=1)):
        yield


def test_news_is_together_by_day_and_thing():
    user = a_user()
    for number, (path, days) in enumerate(
        [
            ("/orders/1/", 1),
            ("/orders/1/#conversation", 0),
            ("/orders/1/", 0),
            ("/x/", 0),
        ]
    ):
        at = NOON - timedelta(days=days) + timedelta(minutes=number)
        tell(user, key=f"k:{number}", title=f"News {number}", path=path, now=at)

    today, yesterday = reading_news.page(user, after=None).days

    assert [thing.latest.title for thing in today.things] == ["News 3", "News 2"]
    assert [row.title for row in today.things[1].earlier] == ["News 1"]
    assert [thing.latest.title for thing in yesterday.things] == ["News 0"]


def test_older_news_follows_by_key(as_user, monkeypatch):
    monkeypatch.setattr(reading_news, "PAGE", 2)
    user = a_user()
    for number in range(3):
        # Two of them in the same moment.
        at = NOON + timedelta(minutes=number // 2)
        tell(
            user, key=f"k:{number}", title=f"News {number}", path=f"/{number}/", now=at
        )
    browser = as_user(user)

    first = browser.get("/notifications/")
    second = browser.get(f"/notifications/?after={first.context['page'].older}")

    shown = [
        thing.latest.title
        for page in (first, second)
        for day in page.context["page"].days
        for thing in day.things
    ]
    assert shown == ["News 2", "News 1", "News 0"]
    assert second.context["page"].older is None
    assert browser.get("/notifications/?after=%00").status_code in {200, 400}


def test_all_that_was_read_at_once_can_wait_again(as_user):
    user = a_user()
    seen = tell(user, key="k:0")
    seen.read_at = NOON
    seen.save()
    tell(user, key="k:1")
    browser = as_user(user)

    page = browser.post("/notifications/read/", follow=True)
    moment = page.context["undo"]
    browser.post("/notifications/read/undo/", {"read_at": moment})

    waiting = Notification.objects.filter(read_at=None)
    assert "Undo" in page.content.decode()
    assert [news.key for news in waiting] == ["k:1"]
    before_all_time, after_it = "0001-01-01T00:00+14:00", "9999-12-31T23:59-14:00"
    no_moments = ("", "yesterday", "2026-03-02T12:00:00", "9999999-01-01")
    for bad in (*no_moments, before_all_time, after_it):
        answer = browser.post("/notifications/read/undo/", {"read_at": bad})
        assert answer.status_code == 302


def test_who_pressed_twice_can_still_take_it_back(as_user):
    user = a_user()
    tell(user)
    browser = as_user(user)

    browser.post("/notifications/read/")
    page = browser.post("/notifications/read/", follow=True)
    browser.post("/notifications/read/undo/", {"read_at": page.context["undo"]})

    assert Notification.objects.filter(read_at=None).count() == 1


def test_one_can_be_marked_as_unread_by_its_reader_alone(as_user):
    user = a_user()
    news = tell(user)
    browser = as_user(user)
    browser.post(f"/notifications/{news.pk}/read/")

    stranger = as_user(a_user()).post(f"/notifications/{news.pk}/unread/")
    news.refresh_from_db()
    assert (stranger.status_code, news.read_at is None) == (404, False)

    browser.post(f"/notifications/{news.pk}/unread/")
    news.refresh_from_db()
    assert news.read_at is None


def test_the_bell_shows_the_last_few(as_user, django_assert_num_queries):
    user = a_user()
    for number in range(10):
        tell(user, key=f"k:{number}", kind=Kind.PAYOUT, title=f"News {number}.")
    browser = as_user(user)
    browser.get("/notifications/recent/")

    with django_assert_num_queries(3):
        page = browser.get("/notifications/recent/").content.decode()

    assert page.count("News ") == 8
    assert 'href="/notifications/"' in page
