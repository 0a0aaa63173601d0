"""Text messages, by whichever company is set; the one we bring writes them to the log."""

import logging
from typing import Protocol

from django.conf import settings
from django.utils.module_loading import import_string

log = logging.getLogger(__name__)


class Backend(Protocol):
    """A company that carries text messages."""

    def send(self, *, to: str, text: str) -> None:
        """Send one text to a number such as +4915112345678; raise `SmsUnavailable` if not."""


class SmsUnavailable(Exception):
    """The company could not be reached, or did not take the message."""


class Console:
    """For development and demos: the text is in the log of the site."""

    def send(self, *, to: str, text: str) -> None:
        log.warning("SMS to %s: %s", to, text)


def is_on() -> bool:
    return bool(settings.SMS_BACKEND)


def send(*, to: str, text: str) -> None:
    """Send a text message; nothing happens while no company is set."""
    if is_on():
        backend: Backend = import_string(settings.SMS_BACKEND)()
        backend.send(to=to, text=text)
