import pytest
from django.core.mail import BadHeaderError, EmailMultiAlternatives, get_connection

from gigstream.services.resend import MailUnavailable

BACKEND = "gigstream.services.resend.EmailBackend"


def a_mail(**changes):
    fields = {
        "subject": "Your order",
        "body": "It is done.",
        "from_email": "GigStream <hello@gigstream.example>",
        "to": ["ann@example.com"],
        "alternatives": [("<p>It is done.</p>", "text/html")],
        "connection": get_connection(BACKEND),
        **changes,
    }
    return EmailMultiAlternatives(**fields)


def test_a_mail_arrives_with_both_versions_and_all_its_headers(sandbox):
    mail = a_mail(reply_to=["help@gigstream.example"], headers={"X-Kind": "order"})

    assert mail.send() == 1

    (sent,) = sandbox.outbox()
    assert (sent["from"], sent["to"], sent["subject"]) == (
        "GigStream <hello@gigstream.example>",
        ["ann@example.com"],
        "Your order",
    )
    assert (sent["text"], sent["html"]) == ("It is done.", "<p>It is done.</p>")
    assert (sent["reply_to"], sent["headers"]) == (
        ["help@gigstream.example"],
        {"X-Kind": "order"},
    )


def test_a_mail_with_a_key_goes_out_once(sandbox):
    for _ in range(2):
        a_mail(headers={"Idempotency-Key": "notice-1"}).send()

    (sent,) = sandbox.outbox()
    assert sent["headers"] == {}


def test_one_key_for_two_different_mails_is_an_error(sandbox):
    a_mail(headers={"Idempotency-Key": "notice-1"}).send()

    with pytest.raises(MailUnavailable, match="different request payload"):
        a_mail(subject="Another", headers={"Idempotency-Key": "notice-1"}).send()


def test_mails_without_a_key_are_all_sent(sandbox):
    mails = [a_mail(to=[f"p{number}@example.com"]) for number in range(3)]

    assert get_connection(BACKEND).send_messages(mails) == 3
    assert [mail["to"] for mail in sandbox.outbox()] == [m.to for m in mails]


def test_a_mail_to_nobody_is_not_sent(sandbox):
    assert a_mail(to=[]).send() == 0
    assert sandbox.outbox() == []


def test_a_wrong_key_is_an_error(sandbox, settings):
    settings.RESEND_API_KEY = "re_wrong"

    with pytest.raises(MailUnavailable):
        a_mail().send()


def test_nobody_at_home_is_an_error(settings):
    settings.RESEND_API_URL = "http://127.0.0.1:9"

    with pytest.raises(MailUnavailable):
        a_mail().send()


def test_a_silent_connection_keeps_its_trouble_to_itself(settings):
    settings.RESEND_API_URL = "http://127.0.0.1:9"

    assert a_mail(connection=get_connection(BACKEND, fail_silently=True)).send() == 0


def test_a_header_cannot_be_smuggled_in(sandbox):
    with pytest.raises(BadHeaderError):
        a_mail(subject="Hello\nBcc: all@example.com").send()

    assert sandbox.outbox() == []
