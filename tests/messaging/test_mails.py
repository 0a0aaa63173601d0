"""What every mail looks like, as text and as HTML, beside this file in `mails/`.

After a change that is meant, `make mails` writes them anew; git shows what became different.
"""

import os
import re
from datetime import timedelta
from pathlib import Path

import pytest

from gigstream.core import clock
from gigstream.core.ids import uuid7
from messaging import actions, tasks
from messaging.actions import talk
from messaging.kinds import NEWS, values
from messaging.kinds import NotificationKind as Kind
from messaging.models import Notification
from orders.models import Proposal, Statement
from tests.factories import NOON, a_user

pytestmark = pytest.mark.django_db

MAILS = Path(__file__).parent / "mails"
WITHOUT_ROWS = {
    Kind.MESSAGE
}  # A conversation is its own row; its mail has a test below.
EACH = [
    (kind, case)
    for kind in Kind
    if kind not in WITHOUT_ROWS
    for case in sorted(NEWS[kind].cases)
]
ABOUT = {
    "thing": "A logo & a <b>card</b>",
    "amount": values.amount(1_234_50, "usd"),
    "price": values.amount(40_00, "usd"),
    "due": values.moment(NOON),
    "ends": values.moment(NOON),
    "until": values.day(NOON),
    "reason": "The pictures are not yours.",
    "stars": 5,
    "method": "Bank ··42",
    "failure": "",
    "offer": values.offered(Statement(offer="revision", days=1), "usd"),
    "proposal": values.proposed(
        Proposal(kind="extra", title="A flyer", price=20_00, days=2, revisions=1), "usd"
    ),
    "answer": values.choice("proposal", "agreed"),
    "what": values.choice("reported", "gig"),
}
OF_KIND = {
    Kind.DISPUTE_OPENED: {"reason": values.choice("dispute_reason", "late")},
    Kind.DISPUTE_ENDED: {"end": values.choice("dispute", "split")},
    Kind.REPORT_ANSWERED: {"answer": "Thank you."},
    Kind.OFFER_ENDED: {"end": values.choice("offer", "expired")},
}


@pytest.fixture(autouse=True)
def _noon(settings):
    settings.SITE_URL = "http://gigstream.example"
    with clock.frozen(NOON):
        yield


@pytest.fixture
def nora():
    return a_user(full_name="Nora Nord", email="nora@example.com")


def name_of(kind, case):
    return f"{kind}.{case}" if case else str(kind)


def notified(user, kind, case):
    about = {**ABOUT, **OF_KIND.get(kind, {})}
    if kind == Kind.PAYOUT:
        about |= {"where": values.payout(case)}
    return actions.notify(
        user=user,
        kind=kind,
        key="the:key",
        path="/the/place/",
        now=NOON,
        actor=a_user(full_name="Maya Moss"),
        case=case,
        about=about,
    )


def as_kept(mail):
    """A mail as it is written down: what is drawn by lot is left out, and the style."""
    [(html, kind)] = [(each.content, each.mimetype) for each in mail.alternatives]
    assert kind == "text/html"
    headers = {"To": mail.to[0], "Subject": mail.subject, **mail.extra_headers}
    headers.pop("Idempotency-Key")
    lines = [f"{name}: {value}" for name, value in headers.items()]
    kept = "\n".join([*lines, "", mail.body, "-" * 70, "", html])
    kept = re.sub(r"<style>.*?</style>", "<style/>", kept, flags=re.DOTALL)
    kept = re.sub(r"(/stop|/messages|/leave|/confirm)/[\w:.=-]{20,}", r"\1/…", kept)
    return re.sub(r"\n\s*\n+", "\n\n", kept).strip() + "\n"


def is_as_kept(name, mail):
    """Whether a mail is as it was kept; with RENEW_MAILS it is kept as it is."""
    file = MAILS / f"{name}.txt"
    if os.environ.get("RENEW_MAILS"):
        file.write_text(as_kept(mail))
    return file.is_file() and file.read_text() == as_kept(mail)


@pytest.mark.parametrize(("kind", "case"), EACH, ids=[name_of(*each) for each in EACH])
def test_the_mail_of_every_kind_is_as_it_was_kept(nora, mailoutbox, kind, case):
    news = notified(nora, kind, case)

    tasks.mail_notification.call(notification_id=str(news.pk))

    [mail] = mailoutbox
    assert is_as_kept(name_of(kind, case), mail)
    # Both forms say the same, lead to the same place, and offer the same way out.
    html = mail.alternatives[0].content
    way_out = mail.extra_headers["List-Unsubscribe"].strip("<>")
    assert mail.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert mail.subject == news.title
    assert news.text
    for part in (mail.body, html):
        assert "http://gigstream.example/the/place/" in part
        assert way_out in part
    for words in (news.title, news.text):
        assert words in mail.body
        assert "%(" not in words


def test_the_mail_of_messages_is_as_it_was_kept(nora, mailoutbox):
    maya = a_user(full_name="Maya Moss", selling_since=NOON)
    thread = talk.open_conversation(between=(nora, maya), now=NOON)
    for words in ("Hello,\nhere is <b>it</b>.", "And more."):
        talk.send(
            conversation_id=thread.pk,
            sender=maya,
            body=words,
            client_id=uuid7(),
            now=NOON,
        )

    with clock.frozen(NOON + timedelta(minutes=15)):
        tasks.mail_messages.call(conversation_id=str(thread.pk), user_id=str(nora.pk))

    [mail] = mailoutbox
    assert is_as_kept("message", mail)
    assert mail.subject == "2 messages from Maya Moss"
    assert "List-Unsubscribe" in mail.extra_headers


def test_the_mail_of_a_digest_is_as_it_was_kept(nora, mailoutbox):
    actions.choose_times(
        user_id=nora.pk, digest="daily", quiet_from=None, quiet_until=None, now=NOON
    )
    notified(nora, Kind.REVIEW_REPLIED, "")
    with clock.frozen(NOON + timedelta(hours=20)):
        Notification.objects.update(created_at=NOON + timedelta(minutes=1))
        tasks.mail_digest.call(user_id=str(nora.pk), day="2026-03-03")

    [mail] = mailoutbox
    assert is_as_kept("digest", mail)


def test_no_mail_is_kept_that_is_not_sent():
    sent = {name_of(*each) for each in EACH} | {"message", "digest"}

    assert {file.stem for file in MAILS.glob("*.txt")} == sent
    assert set(NEWS) == set(Kind)


def test_every_template_is_there_in_both_forms():
    emails = Path(__file__).parents[2] / "templates" / "emails"
    names = {file.suffix: set() for file in emails.iterdir()}
    for file in emails.iterdir():
        names[file.suffix].add(file.stem)

    assert names[".txt"] == names[".html"]
    assert {news.mail for news in NEWS.values()} <= names[".txt"]
