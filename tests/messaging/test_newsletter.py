import re
from datetime import timedelta

import pytest
from django_tasks_db.models import DBTaskResult

from gigstream.core import clock, jobs
from gigstream.core.errors import NotAllowed, Stale
from gigstream.core.models import AuditEntry
from messaging import actions, links, tasks
from messaging.models import Newsletter, Subscriber
from tests.accounts.codes import prove
from tests.accounts.people import log_in
from tests.factories import NOON, PASSWORD, a_user

pytestmark = pytest.mark.django_db

ADDRESS = "ada@example.com"
HTMX = {"HX-Request": "true", "HX-Request-Type": "partial"}


def a_subscriber(**fields):
    fields = {"email": ADDRESS, "asked_at": NOON, **fields}
    return Subscriber.objects.create(**fields)


def path_in(mail, kind):
    return re.search(rf"https?://[^/\s]+(/newsletter/{kind}/[^\s]+)", mail.body)[1]


def test_an_address_is_on_the_list_after_two_yeses(client, run_tasks, mailoutbox):
    client.post("/newsletter/", {"email": "Ada@Example.com"})
    run_tasks()
    link = path_in(mailoutbox[0], "confirm")

    assert mailoutbox[0].to == [ADDRESS]
    assert "Yes, send it to me" in client.get(link).text
    assert not Subscriber.objects.on_the_list().exists()

    for _ in range(2):
        assert "You are on the list" in client.post(link).text
    assert Subscriber.objects.on_the_list().get().email == ADDRESS


def test_the_answer_is_the_same_for_an_address_that_is_on_the_list(
    client, run_tasks, mailoutbox
):
    a_subscriber(confirmed_at=NOON)

    known = client.post("/newsletter/", {"email": ADDRESS}, headers=HTMX)
    new = client.post("/newsletter/", {"email": "b@example.com"}, headers=HTMX)
    run_tasks()

    assert (known.status_code, known.text) == (new.status_code, new.text)
    subjects = {mail.to[0]: mail.subject for mail in mailoutbox}
    assert subjects[ADDRESS] == "You are on the list already"


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("", "Write your e-mail address."),
        ("ada", "This does not look like an e-mail address."),
        ("a@b.example, c@d.example", "This does not look like an e-mail address."),
    ],
)
@pytest.mark.parametrize("headers", [{}, HTMX], ids=["plain", "htmx"])
def test_what_is_no_address_is_refused_and_kept(client, typed, told, headers):
    answer = client.post("/newsletter/", {"email": typed}, headers=headers)

    assert answer.status_code == 422
    assert told in answer.text
    assert f'value="{typed}"' in answer.text
    assert not Subscriber.objects.exists()


def test_nobody_fills_the_mailbox_of_somebody_else(client, settings):
    settings.RATELIMIT_ENABLE = True
    answers = [client.post("/newsletter/", {"email": ADDRESS}) for _ in range(4)]

    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]


def test_a_link_runs_out_after_a_week_and_says_so(client):
    with clock.frozen(NOON):
        subscriber = a_subscriber()
        link = links.confirm_link(subscriber.pk).partition("8000")[2]
    broken = link[:-2] + "/"

    assert client.get(broken).status_code == 404
    subscriber.delete()
    answer = client.post(link)
    assert answer.status_code == 404
    assert "Subscribe again" in answer.text


def test_a_link_to_leave_does_not_confirm(client):
    subscriber = a_subscriber()
    token = links.leave_link(subscriber.pk).rstrip("/").rpartition("/")[2]

    assert client.post(f"/newsletter/confirm/{token}/").status_code == 404
    assert not Subscriber.objects.on_the_list().exists()


def test_a_mail_program_takes_an_address_off_the_list_by_one_post():
    from django.test import Client

    subscriber = a_subscriber(confirmed_at=NOON)
    link = links.leave_link(subscriber.pk).partition("8000")[2]
    browser = Client(enforce_csrf_checks=True)

    assert browser.get(link).status_code == 200
    assert Subscriber.objects.exists()
    for _ in range(2):
        answer = browser.post(link, {"List-Unsubscribe": "One-Click"})
        assert answer.status_code == 200
    assert not Subscriber.objects.exists()


def an_issue(**fields):
    return Newsletter.objects.create(
        subject="News of March",
        text="Hello.\n\nSee https://x.example/a <b>",
        **fields,
    )


def test_an_issue_reaches_everybody_on_the_list_once(run_tasks, mailoutbox):
    staff = a_user(is_superuser=True, is_staff=True)
    for number in range(3):
        a_subscriber(email=f"reader{number}@example.com", confirmed_at=NOON)
    a_subscriber(email="silent@example.com")
    issue = an_issue()

    actions.publish_newsletter(newsletter_id=issue.pk, actor=staff, now=NOON)
    with pytest.raises(Stale):
        actions.publish_newsletter(newsletter_id=issue.pk, actor=staff, now=NOON)
    run_tasks()

    assert sorted(mail.to[0] for mail in mailoutbox) == [
        f"reader{number}@example.com" for number in range(3)
    ]
    mail = mailoutbox[0]
    html = mail.alternatives[0].content
    assert 'href="https://x.example/a"' in html
    assert "&lt;b&gt;" in html
    assert mail.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert path_in(mail, "leave") in mail.extra_headers["List-Unsubscribe"]
    assert AuditEntry.objects.get().verb == "messaging.publish_newsletter"


def test_an_issue_goes_out_in_portions(run_tasks, mailoutbox, monkeypatch):
    monkeypatch.setattr("messaging.tasks.SPREAD", 2)
    for number in range(5):
        a_subscriber(email=f"reader{number}@example.com", confirmed_at=NOON)
    staff = a_user(is_superuser=True)

    actions.publish_newsletter(newsletter_id=an_issue().pk, actor=staff, now=NOON)
    run_tasks()

    assert len(mailoutbox) == 5


def test_whoever_waits_for_a_mail_does_not_wait_for_the_newsletter(
    run_tasks, mailoutbox
):
    for number in range(2):
        a_subscriber(email=f"reader{number}@example.com", confirmed_at=NOON)
    staff = a_user(is_superuser=True)
    actions.publish_newsletter(newsletter_id=an_issue().pk, actor=staff, now=NOON)
    jobs.Worker().run_next()  # the issue is handed on; both mails wait
    actions.subscribe(email=ADDRESS, now=NOON)

    run_tasks()

    assert mailoutbox[0].to == [ADDRESS]


def test_a_portion_is_handed_on_whole_or_not_at_all(monkeypatch):
    for number in range(2):
        a_subscriber(email=f"reader{number}@example.com", confirmed_at=NOON)
    issue, enqueue = an_issue(sent_at=NOON), iter([jobs.enqueue])
    monkeypatch.setattr(
        "messaging.tasks.enqueue", lambda *name, **said: next(enqueue)(*name, **said)
    )

    with pytest.raises(StopIteration):
        tasks.spread_newsletter.func(newsletter_id=str(issue.pk), after="")

    assert not DBTaskResult.objects.exists()


def test_who_left_in_the_meantime_gets_no_issue(mailoutbox):
    subscriber, issue = a_subscriber(confirmed_at=NOON), an_issue()
    actions.leave(subscriber_id=subscriber.pk)

    tasks.mail_newsletter.func(
        newsletter_id=str(issue.pk), subscriber_id=str(subscriber.pk)
    )

    assert mailoutbox == []


def test_only_staff_send_an_issue():
    issue = an_issue()

    with pytest.raises(NotAllowed):
        actions.publish_newsletter(newsletter_id=issue.pk, actor=a_user(), now=NOON)


def test_staff_write_an_issue_and_send_it_after_a_second_look(client):
    staff = a_user(is_staff=True, is_superuser=True)
    log_in(client, email=staff.email, password=PASSWORD)
    words = {"subject": "News of March", "text": "Hello."}
    client.post("/admin/messaging/newsletter/add/", words)
    issue = Newsletter.objects.get()
    page = f"/admin/messaging/newsletter/{issue.pk}"

    assert "cannot be taken back" in client.get(f"{page}/publish/").text
    client.post(f"{page}/publish/")

    issue.refresh_from_db()
    assert issue.sent_at
    client.post(f"{page}/change/", {"subject": "Other words", "text": "Hello."})
    issue.refresh_from_db()
    assert issue.subject == "News of March"


def test_addresses_that_never_said_yes_are_forgotten():
    with clock.frozen(NOON):
        a_subscriber(email="old@example.com", asked_at=NOON - timedelta(days=8))
        a_subscriber(
            email="kept@example.com",
            asked_at=NOON - timedelta(days=8),
            confirmed_at=NOON,
        )
        a_subscriber(email="new@example.com")
        tasks.forget_unanswered_subscribers.func()

    left = set(Subscriber.objects.values_list("email", flat=True))
    assert left == {"kept@example.com", "new@example.com"}


def test_an_issue_is_looked_at_and_sent_to_oneself_first(
    as_user, run_tasks, mailoutbox
):
    operator = a_user(is_staff=True, is_superuser=True)
    browser = as_user(operator)
    prove(browser)
    a_subscriber(confirmed_at=NOON)
    issue = Newsletter.objects.create(
        subject="Spring", text="New: <b>marks</b>\n\nhttps://example.com"
    )
    page = f"/admin/messaging/newsletter/{issue.pk}/"

    shown = browser.get(f"{page}change/").text
    browser.post(f"{page}proof/")
    run_tasks()

    assert "<p>New: &lt;b&gt;marks&lt;/b&gt;</p>" in shown
    assert 'href="https://example.com"' in shown
    [mail] = mailoutbox
    assert (mail.to, mail.subject) == ([operator.email], "Spring")
    issue.refresh_from_db()
    assert issue.sent_at is None
