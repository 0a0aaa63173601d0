from datetime import timedelta

import pytest
from django.test import override_settings
from django.utils import translation
from django_tasks_db.models import DBTaskResult

from accounts.actions import privacy
from gigstream.core import clock
from messaging import actions, tasks
from messaging.actions import news as news_actions
from messaging.kinds import values
from messaging.models import TOLD, Notification
from messaging.models import NotificationKind as Kind
from tests.factories import NOON, a_user

pytestmark = pytest.mark.django_db


def tell(
    user,
    *,
    key="order_paid:1",
    title="Nora ordered “A logo”",
    text="Deliver by 6 March.",
    **fields,
):
    fields = {
        "kind": Kind.ORDER_PAID,
        "case": TOLD,
        "about": {"title": title, "text": text},
        "path": "/orders/1/",
        "now": NOON,
        **fields,
    }
    return actions.notify(user=user, key=key, **fields)


def test_a_notification_is_kept_and_mailed(run_tasks, mailoutbox, settings):
    settings.SITE_URL = "http://gigstream.example"
    user = a_user()

    news = tell(user)
    with clock.frozen(NOON):
        run_tasks()

    news.refresh_from_db()
    mail = mailoutbox[0]
    html = mail.alternatives[0].content
    assert (news.created_at, news.read_at, news.mailed_at) == (NOON, None, NOON)
    assert (mail.to, mail.subject) == ([user.email], "Nora ordered “A logo”")
    assert mail.extra_headers["Idempotency-Key"] == f"notification:{news.pk}"
    assert "Deliver by 6 March." in mail.body
    assert "http://gigstream.example/orders/1/" in mail.body
    assert 'href="http://gigstream.example/orders/1/"' in html


def test_a_cause_is_told_once(run_tasks, mailoutbox):
    user = a_user()

    first, second = tell(user), tell(user)
    run_tasks()

    assert (first is None, second) == (False, None)
    assert len(mailoutbox) == 1


def test_who_has_left_is_told_nothing(run_tasks, mailoutbox):
    nora = a_user()
    privacy.close(user_id=nora.pk, keep_texts=True, now=NOON)
    nora.refresh_from_db()
    run_tasks()
    mailoutbox.clear()

    assert tell(nora) is None
    run_tasks()

    assert (Notification.objects.count(), mailoutbox) == (0, [])


def test_each_person_is_told(run_tasks, mailoutbox):
    tell(a_user())
    tell(a_user())
    run_tasks()

    assert len(mailoutbox) == 2


def test_a_mail_is_sent_once_however_often_its_task_runs(run_tasks, mailoutbox):
    news = tell(a_user())
    run_tasks()

    tasks.mail_notification.call(notification_id=str(news.pk))

    assert len(mailoutbox) == 1


def test_a_mail_whose_worker_died_is_not_sent_again(sandbox, settings, monkeypatch):
    settings.EMAIL_BACKEND = "gigstream.services.resend.EmailBackend"
    news = tell(a_user())

    for moment in (1_772_452_800, 1_772_452_860):  # links are signed with their moment
        monkeypatch.setattr(
            "django.core.signing.time.time", lambda moment=moment: moment
        )
        Notification.objects.update(mailed_at=None)
        tasks.mail_notification.call(notification_id=str(news.pk))

    assert Notification.objects.get().mailed_at
    assert len(sandbox.outbox()) == 1


def test_a_mail_that_fails_is_sent_later(run_tasks, mailoutbox, monkeypatch):
    news = tell(a_user())
    with monkeypatch.context() as patch:
        patch.setattr("messaging.tasks.emails.send", lambda *args, **kwargs: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            tasks.mail_notification.call(notification_id=str(news.pk))

    run_tasks()

    news.refresh_from_db()
    assert len(mailoutbox) == 1
    assert news.mailed_at is not None


def test_mail_can_be_left_out():
    tell(a_user(), mail=False)

    assert not DBTaskResult.objects.exists()


def test_what_people_wrote_is_text_and_one_line(run_tasks, mailoutbox):
    about = {"thing": "A\r\nBcc: x@example.com <b>logo</b>", "reason": "x" * 400}
    tell(a_user(), kind=Kind.GIG_REJECTED, case="", about=about)
    run_tasks()

    news = Notification.objects.get()
    title = "“A Bcc: x@example.com <b>logo</b>” needs changes"
    assert mailoutbox[0].subject == title
    assert "&lt;b&gt;logo" in mailoutbox[0].alternatives[0].content
    assert len(news.text) == len(news.about["reason"]) == 300


@override_settings(LANGUAGES=[("en", "English"), ("nl", "Dutch")])
def test_news_is_said_in_the_language_and_by_the_clock_of_its_reader(
    run_tasks, mailoutbox, as_user
):
    reader = a_user(language="nl", time_zone="Asia/Tokyo", amounts="code")
    about = {
        "thing": "A logo",
        "price": values.amount(1_234_50, "usd"),
        "until": values.moment(NOON),
    }
    tell(reader, kind=Kind.OFFER_MADE, actor=a_user(), case="", about=about)
    run_tasks()

    with translation.override("en"):
        page = as_user(reader).get("/notifications/").text
        assert Notification.objects.get().text == (
            "$1,234.50, open until Mon 2 Mar, 12:00."
        )
    for text in (page, mailoutbox[0].body, mailoutbox[0].alternatives[0].content):
        assert "USD\xa01.234,50, open until ma 2 Mrt, 21:00." in text


def test_nobody_is_told_of_what_they_did_themselves():
    user = a_user()

    assert tell(user, actor=user) is None
    assert not Notification.objects.exists()


def test_reading_one_leads_to_its_page(as_user):
    user = a_user()
    news, other = tell(user), tell(user, key="order_paid:2")

    with clock.frozen(NOON):
        response = as_user(user).post(f"/notifications/{news.pk}/read/")

    assert response.url == "/orders/1/"
    assert list(Notification.objects.unread()) == [other]
    assert Notification.objects.get(pk=news.pk).read_at == NOON


def test_reading_again_keeps_the_first_moment():
    user = a_user()
    news = tell(user)

    for hours in range(2):
        actions.read_notification(
            notification_id=news.pk, user=user, now=NOON + timedelta(hours=hours)
        )

    news.refresh_from_db()
    assert news.read_at == NOON


def test_reading_all_leaves_those_of_others(as_user):
    user, other = a_user(), a_user()
    tell(user), tell(user, key="order_paid:2"), tell(other)

    response = as_user(user).post("/notifications/read/")

    assert response.url.startswith("/notifications/?undo=")
    assert [news.user for news in Notification.objects.unread()] == [other]


def test_the_notification_of_somebody_else_is_not_found(as_user):
    news = tell(a_user())

    response = as_user(a_user()).post(f"/notifications/{news.pk}/read/")

    assert response.status_code == 404
    assert Notification.objects.unread().count() == 1


def news(user, **fields):
    return actions.News(
        user=user, kind=Kind.GIG_APPROVED, path="/", **{"key": "k", **fields}
    )


@pytest.mark.parametrize("people", [1, 3])
def test_it_asks_as_often_however_many_are_told(django_assert_num_queries, people):
    every = [news(a_user()) for _ in range(people)]

    with django_assert_num_queries(3 + 4):  # and two savepoints
        told = actions.notify_all([*every, every[0]], now=NOON)

    assert [each.user for each in told] == [each.user for each in every]
    assert DBTaskResult.objects.count() == people


def test_who_is_told_by_another_at_this_moment_is_told_once(monkeypatch):
    one, other = a_user(), a_user()
    actions.notify_all([news(one)], now=NOON)
    real, asked = news_actions._look_up, []

    def late(every):
        chosen, known = real(every)
        asked.append(known)
        return chosen, set() if len(asked) == 1 else known

    monkeypatch.setattr(news_actions, "_look_up", late)
    told = actions.notify_all([news(one), news(other)], now=NOON)

    assert [each.user for each in told] == [other]
    assert Notification.objects.count() == 2
