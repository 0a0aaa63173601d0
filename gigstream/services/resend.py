"""Resend, which carries our e-mail. The only module that imports its SDK."""

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

import resend
import resend.exceptions
from django.conf import settings
from django.core.mail import EmailMessage, EmailMultiAlternatives
from django.core.mail.backends.base import BaseEmailBackend

TIMEOUT = 10
IDEMPOTENCY_HEADER = "Idempotency-Key"


# The kinds of events that we act on.
BOUNCED, COMPLAINED = "bounced", "complained"


class UntrustedEvent(Exception):
    """The signature does not prove that Resend sent this, or not lately, or it is no event."""


@dataclass(frozen=True, slots=True)
class MailEvent:
    """Something became of a mail; an empty kind is one that we have no use for."""

    kind: str
    to: list[str]


class MailUnavailable(Exception):
    """Resend could not be reached, or did not take the message."""


class SentBefore(MailUnavailable):
    """Resend took a mail with this key already, and something in it was different then."""


class EmailBackend(BaseEmailBackend):
    """Send Django's messages through Resend.

    A message with an `Idempotency-Key` among its headers goes out once, however
    often it is sent; the key itself stays between us and Resend.
    """

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Send them one by one, and return how many were taken."""
        return sum(
            self._send(message) for message in email_messages if message.recipients()
        )

    def _send(self, message: EmailMessage) -> bool:
        try:
            _deliver(message)
        except MailUnavailable:
            if not self.fail_silently:
                raise
            return False
        return True


def _deliver(message: EmailMessage) -> None:
    message.message()  # Django's own check: raises if a header holds a line break.
    resend.api_key = settings.RESEND_API_KEY
    resend.api_url = settings.RESEND_API_URL
    resend.default_http_client = resend.RequestsClient(timeout=TIMEOUT)
    try:
        resend.Emails.send(_params(message), _options(message))
    except resend.exceptions.ResendError as error:
        is_known = error.error_type == "invalid_idempotent_request"
        raise (SentBefore if is_known else MailUnavailable)(str(error)) from error


def _params(message: EmailMessage) -> resend.Emails.SendParams:
    params: dict[str, Any] = {
        "from": message.from_email,
        "to": message.to,
        "cc": message.cc,
        "bcc": message.bcc,
        "reply_to": message.reply_to,
        "subject": str(message.subject),
        "text": str(message.body),
        "html": _html(message),
        "headers": _headers(message),
        "attachments": _attachments(message),
    }
    return cast(
        "resend.Emails.SendParams",
        {name: value for name, value in params.items() if value},
    )


def _html(message: EmailMessage) -> str:
    if not isinstance(message, EmailMultiAlternatives):
        return ""
    versions = (str(text) for text, kind in message.alternatives if kind == "text/html")
    return next(versions, "")


def _attachments(message: EmailMessage) -> list[dict[str, str]]:
    """Files by name, as base64; a part that is a whole MIME message is none of ours."""
    return [
        {
            "filename": str(name),
            "content": base64.b64encode(_bytes(content)).decode(),
            "content_type": str(media_type),
        }
        for name, content, media_type in message.attachments
    ]


def _bytes(content: Any) -> bytes:
    return content if isinstance(content, bytes) else str(content).encode()


def _headers(message: EmailMessage) -> dict[str, str]:
    return {
        name: str(value)
        for name, value in message.extra_headers.items()
        if name != IDEMPOTENCY_HEADER
    }


def _options(message: EmailMessage) -> resend.Emails.SendOptions | None:
    key = message.extra_headers.get(IDEMPOTENCY_HEADER)
    return {"idempotency_key": str(key)} if key else None


def read_event(*, payload: bytes, headers: Mapping[str, str]) -> MailEvent:
    """Check a webhook by its signature, against every secret that is in use."""
    signed: resend.WebhookHeaders = {
        "id": headers.get("svix-id", ""),
        "timestamp": headers.get("svix-timestamp", ""),
        "signature": headers.get("svix-signature", ""),
    }
    for secret in settings.RESEND_WEBHOOK_SECRETS:
        try:
            found = resend.Webhooks.verify(
                {
                    "payload": payload.decode(),
                    "headers": signed,
                    "webhook_secret": secret,
                }
            )
        except ValueError:
            continue
        return _event(cast("Any", found))
    raise UntrustedEvent


def _event(found: Any) -> MailEvent:
    try:
        data = found["data"]
        to = [str(address) for address in data["to"]]
        if found["type"] == "email.complained":
            return MailEvent(COMPLAINED, to)
        # A full mailbox or a server that is away is not for ever: Resend tries again.
        if found["type"] == "email.bounced" and data["bounce"]["type"] == "Permanent":
            return MailEvent(BOUNCED, to)
    except (KeyError, TypeError):
        return MailEvent("", [])
    return MailEvent("", to)
