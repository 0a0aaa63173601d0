"""What the development server says and does once it answers requests."""

import logging
import sys

from django.conf import settings
from django.core.management import call_command

logger = logging.getLogger(__name__)

LOGINS = ["buyer@example.com", "seller@example.com", "admin@example.com"]
PASSWORD = "gigstream-demo"  # noqa: S105 printed on purpose, for demo accounts only


def seed_if_empty() -> None:
    """Fill a database that has no orders yet, or finish what was interrupted.

    What goes wrong is shown, and the site stays up.
    """
    try:
        call_command("seed_demo", if_empty=True)
    except Exception:
        logger.exception("The demo data could not be made")


def greet(*, with_logins: bool) -> None:
    say(f"\nGigStream is at {settings.SITE_URL}/")
    if with_logins:
        say(f"  Log in as  {', '.join(LOGINS)}")
        say(f"  Password   {PASSWORD}")
    if settings.SANDBOX:
        say(f"  Outbox     {settings.SANDBOX_URL}/outbox/")
    say("Ctrl-C ends it.")


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()
