"""Writes a mail in both its forms, with links that lead back to this site."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string

from gigstream.core.site import site_name
from gigstream.services.resend import SentBefore


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A file that goes along."""

    name: str
    content: bytes
    media_type: str


def send(
    template: str,
    *,
    to: str,
    subject: str,
    key: str,
    unsubscribe: str = "",
    attachments: Sequence[Attachment] = (),
    **context: Any,
) -> None:
    """Send `emails/<template>` as text and HTML.

    The key names the mail: the company drops a second one with it, even if something in
    it is different now, such as the moment in the signature of a link. `unsubscribe` is a
    link that ends this kind of mail; mail programs offer it as a button of their own (RFC 8058).
    """
    context |= {
        "subject": subject,
        "unsubscribe": unsubscribe,
        "site_name": site_name(),
        "site_url": settings.SITE_URL,
    }
    message = EmailMultiAlternatives(
        subject,
        render_to_string(f"emails/{template}.txt", context).strip() + "\n",
        to=[to],
        headers={"Idempotency-Key": key, **_way_out(unsubscribe)},
    )
    html = render_to_string(f"emails/{template}.html", context)
    message.attach_alternative(html, "text/html")
    for each in attachments:
        message.attach(each.name, each.content, each.media_type)
    with suppress(SentBefore):
        message.send()


def _way_out(link: str) -> dict[str, str]:
    if not link:
        return {}
    return {
        "List-Unsubscribe": f"<{link}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }


def absolute(path: str) -> str:
    """The whole address of one of our pages; the request that led here has no say in it."""
    return f"{settings.SITE_URL}{path}"
