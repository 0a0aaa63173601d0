"""Who is told what, by which channel, and when."""

import logging
import re
from datetime import datetime, time, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest

from accounts.actions import block
from gigstream.core import clock, jobs
from gigstream.core.errors import NotAllowed
from messaging import actions, links, tasks
from messaging.kinds import NEWS, Channel
from messaging.models import Notification, NotificationKind, NotificationPreferences
from tests.factories import NOON, a_seller, a_user
from tests.messaging.test_notify import tell

pytestmark = pytest.mark.django_db
Kind = NotificationKind


def drain(at):
    with clock.frozen(at):
        assert not jobs.drain()


def choose(user, kind, *channels):
    actions.choose_channels(user_id=user.pk, chosen={kind: channels})


def quiet(user, begins, ends, digest=""):
    times = {"quiet_from": begins, "quiet_until": ends, "digest": digest}
    actions.choose_times(user_id=user.pk, now=NOON, **times)


@pytest.fixture
def pair():
    first, second = a_user(full_name="Ada"), a_user(full_name="Bea")
    talk = actions.open_conversation(between=(first, second), now=NOON)
    return first, second, talk


def say(talk, sender, body, now=NOON):
    return actions.send(
        conversation_id=talk.pk, sender=sender, body=body, client_id=uuid4(), now=now
    )


def test_every_kind_of_news_is_in_the_table():
    assert set(NEWS) == set(NotificationKind)


def test_a_channel_that_was_turned_off_stays_silent(mailoutbox):
    user = a_user()
    choose(user, Kind.ORDER_PAID, Channel.SITE)

    tell(user)
    drain(NOON)

    assert mailoutbox == []
    assert Notification.objects.visible_to(user).exists()


def test_news_that_is_only_mailed_is_not_on_the_site_and_told_once(mailoutbox, as_user):
    user = a_user()
    choose(user, Kind.ORDER_PAID, Channel.MAIL)

    tell(user)
    assert tell(user) is None
    drain(NOON)

    assert len(mailoutbox) == 1
    assert b"Nora ordered" not in as_user(user).get("/notifications/").content


@pytest.mark.parametrize(
    ("now", "begins", "ends", "expected"),
    [
        ("2026-03-02 21:30", time(22), time(7), "2026-03-02 21:30"),
        ("2026-03-02 23:30", time(22), time(7), "2026-03-03 07:00"),
        ("2026-03-03 05:00", time(22), time(7), "2026-03-03 07:00"),
        ("2026-03-02 13:00", time(12), time(14), "2026-03-02 14:00"),
        # The night in which clocks go forward.
        ("2026-03-28 23:00", time(22), time(7), "2026-03-29 07:00"),
    ],
)
def test_quiet_hours_end_by_their_readers_clock(now, begins, ends, expected):
    zone = ZoneInfo("Europe/Berlin")
    user = a_user(time_zone="Europe/Berlin")
    quiet(user, begins, ends)
    at, until = (
        datetime.fromisoformat(each).replace(tzinfo=zone) for each in (now, expected)
    )

    assert actions.preferences_of(user).quiet_ends(at) == until


def test_in_quiet_hours_mails_wait(mailoutbox):
    user = a_user()
    quiet(user, time(11), time(14))

    with clock.frozen(NOON):
        tell(user)
    drain(NOON)
    assert mailoutbox == []

    drain(NOON + timedelta(hours=2))
    assert len(mailoutbox) == 1


def test_what_can_wait_is_in_the_digest_once(mailoutbox):
    user = a_user()
    quiet(user, None, None, digest="daily")
    tell(user, kind=Kind.REVIEW_PUBLISHED, key="r:1", now=NOON + timedelta(hours=1))
    tell(user, kind=Kind.ORDER_PAID, key="o:1", now=NOON + timedelta(hours=1))
    drain(NOON + timedelta(hours=1))
    (urgent,) = mailoutbox
    mailoutbox.clear()

    morning = NOON.replace(hour=8, minute=10) + timedelta(days=1)
    for at in (NOON + timedelta(hours=2), morning, morning + timedelta(minutes=30)):
        with clock.frozen(at):
            tasks.begin_digests.call()
        drain(at)

    (digest,) = mailoutbox
    assert "ordered" in urgent.subject
    assert digest.subject == "What is new for you"
    assert digest.body.count("Nora ordered “A logo”") == 1


def test_a_weekly_digest_comes_on_monday(mailoutbox):
    user = a_user()
    quiet(user, None, None, digest="weekly")
    tell(user, kind=Kind.REVIEW_PUBLISHED, key="r:1", now=NOON + timedelta(hours=1))

    for days in range(1, 8):  # NOON is a Monday
        at = NOON.replace(hour=9) + timedelta(days=days)
        with clock.frozen(at):
            tasks.begin_digests.call()
        drain(at)
        assert len(mailoutbox) == (days == 7)


def test_messages_of_a_while_are_one_mail(pair, mailoutbox):
    ada, bea, talk = pair
    with clock.frozen(NOON):
        say(talk, ada, "Hello")
        say(talk, ada, "Are you there?", NOON + timedelta(minutes=3))
    drain(NOON + timedelta(minutes=14))
    assert mailoutbox == []

    drain(NOON + timedelta(minutes=15))

    (mail,) = mailoutbox
    assert (mail.to, mail.subject) == ([bea.email], "2 messages from Ada")
    assert mail.body.index("Hello") < mail.body.index("Are you there?")
    with clock.frozen(NOON + timedelta(minutes=20)):
        say(talk, ada, "Later", NOON + timedelta(minutes=20))
    drain(NOON + timedelta(minutes=40))
    assert len(mailoutbox) == 2


def test_what_was_read_is_not_mailed(pair, mailoutbox):
    ada, bea, talk = pair
    with clock.frozen(NOON):
        say(talk, ada, "Hello")
    read_at = NOON + timedelta(minutes=5)
    actions.mark_read(conversation_id=talk.pk, user=bea, now=read_at)

    drain(NOON + timedelta(minutes=20))

    assert mailoutbox == []
    assert not talk.participants.filter(mail_due_at__isnull=False).exists()


def test_nobody_gets_the_words_of_whom_they_blocked_by_mail(pair, mailoutbox):
    ada, bea, talk = pair
    with clock.frozen(NOON):
        say(talk, ada, "Hello")
    block(blocker=bea, blocked_id=ada.pk, now=NOON + timedelta(minutes=1))

    drain(NOON + timedelta(minutes=15))

    assert mailoutbox == []


def test_what_is_written_while_a_mail_goes_out_has_a_mail_of_its_own(pair, mailoutbox):
    ada, bea, talk = pair
    with clock.frozen(NOON):
        say(talk, ada, "Hello")
    side = talk.participants.get(user=bea)
    say(talk, ada, "One more", NOON + timedelta(minutes=16))

    later = NOON + timedelta(minutes=15)
    actions.note_mailed(participant_id=side.pk, until=later, now=later)
    drain(NOON + timedelta(minutes=31))

    assert len(mailoutbox) == 1


@pytest.mark.parametrize("is_read", [False, True])
def test_what_was_on_its_way_while_others_were_mailed_is_not_forgotten(
    pair, mailoutbox, monkeypatch, is_read
):
    ada, bea, talk = pair
    with clock.frozen(NOON):
        say(talk, ada, "Hello")
    if is_read:
        actions.mark_read(conversation_id=talk.pk, user=bea, now=NOON)
    note = actions.note_mailed

    def commits_late(**said):
        monkeypatch.setattr(actions, "note_mailed", note)
        say(talk, ada, "Begun a moment before", NOON + timedelta(minutes=14))
        note(**said)

    monkeypatch.setattr(actions, "note_mailed", commits_late)
    drain(NOON + timedelta(minutes=15))
    drain(NOON + timedelta(minutes=31))

    assert "Begun a moment before" in mailoutbox[-1].body


def test_one_click_ends_one_kind_of_mail(client, mailoutbox):
    user = a_user()
    tell(user)
    drain(NOON)
    link = re.search(r"<(.+)>", mailoutbox[0].extra_headers["List-Unsubscribe"])[1]
    path = link[link.index("/notifications/") :]

    assert "A gig was ordered" in client.get(path).content.decode()
    assert not NotificationPreferences.objects.exists()
    client.post(path, {"List-Unsubscribe": "One-Click"})
    tell(user, key="order_paid:2")
    tell(user, kind=Kind.ORDER_DELIVERED, key="order_delivered:2")
    drain(NOON)

    assert [mail.subject for mail in mailoutbox[1:]] == ["Nora ordered “A logo”"]
    assert client.get("/notifications/stop/broken/").status_code == 404
    nobody = links.stop_link(uuid4(), "order_paid")
    assert client.post(nobody[nobody.index("/notif") :]).status_code == 404


def test_one_click_ends_the_digest_and_leaves_what_is_urgent(client, mailoutbox):
    user = a_user()
    actions.choose_times(
        user_id=user.pk, digest="daily", quiet_from=None, quiet_until=None, now=NOON
    )
    later = NOON + timedelta(hours=20)
    tell(user, kind=Kind.REVIEW_REPLIED, key="k:1", now=NOON + timedelta(hours=1))
    with clock.frozen(later):
        tasks.mail_digest.call(user_id=str(user.pk), day="2026-03-03")
    link = re.search(r"<(.+)>", mailoutbox[0].extra_headers["List-Unsubscribe"])[1]

    client.post(link[link.index("/notifications/") :])
    tell(user, kind=Kind.REVIEW_REPLIED, key="k:2", now=later + timedelta(hours=1))
    tell(user, key="k:3", now=later + timedelta(hours=1))
    with clock.frozen(later + timedelta(days=1)):
        tasks.mail_digest.call(user_id=str(user.pk), day="2026-03-04")
    drain(later + timedelta(days=1))

    assert [mail.subject for mail in mailoutbox[1:]] == ["Nora ordered “A logo”"]


def test_the_page_keeps_what_was_ticked(as_user):
    user = a_user()
    browser = as_user(user)

    page = browser.get("/settings/notifications/").content.decode()
    answer = browser.post("/settings/notifications/", {"on": ["message:site"]})

    assert "Your gigs" not in page
    assert "text message" not in page.lower().split("<h2")[0]
    assert answer.status_code == 302
    chosen = NotificationPreferences.objects.get(user=user).channels
    assert chosen["message"] == ["site"]
    assert chosen["order_paid"] == []
    assert "gig_approved" not in chosen


def test_the_page_of_preferences_asks_as_often(
    as_user, django_assert_num_queries, settings
):
    browser = as_user(a_seller())
    browser.get("/settings/notifications/")
    with django_assert_num_queries(5):
        page = browser.get("/settings/notifications/")
    assert "Your gigs" in page.content.decode()


@pytest.mark.parametrize(
    ("path", "typed", "words"),
    [
        ("", {"on": "message:pigeon"}, "Select a valid choice"),
        ("times/", {"quiet_from": "22:00"}, "need a beginning and an end"),
        ("times/", {"quiet_from": "7", "quiet_until": "8:00"}, "Enter a valid time"),
        ("times/", {"quiet_from": "7:00", "quiet_until": "7:00"}, "another time"),
        ("times/", {"digest": "hourly"}, "Select a valid choice"),
        ("phone/", {"number": "0151 23"}, "with a plus"),
        ("phone/verify/", {"code": "12"}, "six digits"),
        ("phone/verify/", {"code": "123456"}, "Ask for a code first"),
    ],
)
def test_bad_input_is_told_and_kept(as_user, path, typed, words):
    answer = as_user(a_user()).post(f"/settings/notifications/{path}", typed)

    assert answer.status_code == 422
    assert words in answer.content.decode()


def code_of(caplog):
    return re.findall(r": (\d{6}) is your code", caplog.text)[-1]


def test_a_number_that_was_confirmed_gets_text_messages(as_user, caplog):
    caplog.set_level(logging.WARNING)
    user = a_user()
    browser = as_user(user)
    number = {"number": "+49 151 2345678"}

    assert browser.post("/settings/notifications/phone/", number).status_code == 302
    assert not jobs.drain()
    code = {"code": code_of(caplog)}
    twice = [
        browser.post("/settings/notifications/phone/verify/", code).status_code
        for _ in range(2)
    ]
    choose(user, Kind.ORDER_PAID, Channel.SMS)
    tell(user)
    drain(NOON)

    assert twice == [302, 302]
    assert "SMS to +491512345678: Nora ordered" in caplog.text
    browser.post("/settings/notifications/phone/remove/")
    tell(user, key="order_paid:2")
    drain(NOON)
    assert caplog.text.count("Nora ordered") == 1


def test_a_code_runs_out_by_time_and_by_tries(caplog):
    caplog.set_level(logging.WARNING)
    user = a_user()
    actions.add_phone(user_id=user.pk, number="+491512345678", now=NOON)
    with pytest.raises(NotAllowed, match="a moment ago"):
        actions.add_phone(user_id=user.pk, number="+491512345678", now=NOON)
    assert not jobs.drain()
    code = code_of(caplog)
    late = NOON + timedelta(minutes=11)

    with pytest.raises(NotAllowed, match="run out"):
        actions.verify_phone(user_id=user.pk, code=code, now=late)
    for _ in range(5):
        assert not actions.verify_phone(user_id=user.pk, code="x", now=NOON)
    with pytest.raises(NotAllowed, match="run out"):
        actions.verify_phone(user_id=user.pk, code=code, now=NOON)
