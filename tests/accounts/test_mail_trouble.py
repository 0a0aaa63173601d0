"""Mailboxes that send our mails back, and people who call them spam."""

import time

import pytest

from gigstream.core import jobs
from gigstream.core.models import AuditEntry
from messaging import actions
from messaging.models import Subscriber
from tests.accounts.codes import prove
from tests.factories import NOON, a_finance, a_moderator, a_user
from tests.messaging.test_notify import tell

pytestmark = pytest.mark.django_db

HARD = {"bounce": {"type": "Permanent"}}
SOFT = {"bounce": {"type": "Transient"}}


def post(client, sandbox, kind, *to, about=HARD, **changes):
    event = {"type": kind, "data": {"to": list(to), **about}}
    body, headers = sandbox.app.resend.signed(event)
    headers |= changes.pop("headers", {})
    return client.post(
        "/api/webhooks/resend",
        changes.get("body", body),
        content_type="application/json",
        headers=headers,
    )


@pytest.mark.parametrize(
    ("kind", "about", "trouble"),
    [
        ("email.bounced", HARD, "bounced"),
        ("email.complained", {}, "complained"),
        ("email.bounced", SOFT, ""),
        ("email.delivered", {}, ""),
        ("email.bounced", {}, ""),
    ],
)
def test_what_resend_tells_is_noted(client, sandbox, kind, about, trouble):
    user = a_user(email="ada@example.com")

    for _ in range(2):
        answer = post(client, sandbox, kind, "Ada@example.com", about=about)
        assert answer.status_code == 204

    user.refresh_from_db()
    assert user.mail_trouble == trouble


@pytest.mark.parametrize(
    "changes",
    [
        {"body": b'{"type": "email.bounced"}'},
        {"body": b"\xff"},
        {"headers": {"svix-signature": "v1,bm9uZQ=="}},
        {"headers": {"svix-timestamp": str(int(time.time()) - 3600)}},
        {"headers": {"svix-id": ""}},
    ],
)
def test_what_is_not_resends_changes_nothing(client, sandbox, changes):
    user = a_user(email="ada@example.com")

    answer = post(client, sandbox, "email.bounced", user.email, **changes)

    user.refresh_from_db()
    assert (answer.status_code, user.mail_trouble) == (400, "")


def test_whose_mailbox_bounces_is_told_and_can_come_back(
    client, sandbox, as_user, mailoutbox
):
    user = a_user(email="ada@example.com")
    Subscriber.objects.create(email=user.email, asked_at=NOON, confirmed_at=NOON)
    post(client, sandbox, "email.bounced", user.email)
    browser = as_user(user)

    tell(user)
    assert not jobs.drain()
    page = browser.get("/settings/notifications/").content.decode()

    assert "ada@example.com come back" in page
    assert mailoutbox == []
    assert not Subscriber.objects.exists()
    browser.post("/settings/account/mailbox/")
    tell(user, key="order_paid:2")
    assert not jobs.drain()
    assert len(mailoutbox) == 1
    assert "come back" not in browser.get("/settings/notifications/").content.decode()


def test_staff_have_mails_go_there_again_and_say_why(as_user):
    user = a_user(mail_trouble="bounced")
    moderator, finance = as_user(a_moderator()), as_user(a_finance())
    prove(moderator)
    people = "/admin/accounts/user/"
    way, said = f"{people}{user.pk}/trust_mailbox/", {"reason": "They called."}

    listed = moderator.get(f"{people}?mail_trouble__isempty=0").context["cl"]
    moderator.post(way, said)
    again = moderator.post(way, said)

    assert [each.pk for each in listed.result_list] == [user.pk]
    user.refresh_from_db()
    assert (user.mail_trouble, again.status_code) == ("", 409)
    entry = AuditEntry.objects.get(verb="accounts.trust_mailbox")
    assert (entry.before, entry.reason) == ({"mail_trouble": "bounced"}, "They called.")
    assert finance.post(way, said).status_code == 403


def test_the_outbox_lets_a_mail_bounce(sandbox, live_server, settings):
    user = a_user(email="ada@example.com")
    settings.EMAIL_BACKEND = "gigstream.services.resend.EmailBackend"
    tell(user)
    assert not jobs.drain()
    (mail,) = sandbox.outbox("ada@example.com")
    sandbox.app.resend.webhook_url = f"{live_server.url}/api/webhooks/resend"

    answer = sandbox.http("POST", f"/sandbox/outbox/{mail['id']}/bounce")

    sandbox.app.resend.webhook_url = ""
    user.refresh_from_db()
    assert (answer.status, user.mail_trouble) == (303, "bounced")
    assert actions.preferences_of(user).channels == {}
