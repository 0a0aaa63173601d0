"""What accounts listen to."""

from typing import Any

from django.contrib.auth.signals import user_logged_out
from django.dispatch import receiver
from django.http import HttpRequest

from accounts import roles


@receiver(user_logged_out)
def note_logout(*, request: HttpRequest, **_: Any) -> None:
    """Let the middleware tell the browser, once there is an answer."""
    request.has_logged_out = True  # type: ignore[attr-defined]


def set_up_roles(*, using: str, **_: Any) -> None:
    """After each migration the groups are what the table says."""
    roles.set_up(using=using)
