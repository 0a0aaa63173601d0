"""What takes long and is asked for on a page or by a program."""

from django.conf import settings
from django.core.management import call_command

from gigstream.core.jobs import task


@task
def seed(*, gigs: int) -> None:
    """Fill a site that runs on the sandbox with demo people and gigs; others stay as they are."""
    if settings.SANDBOX:
        call_command("seed_demo", gigs=gigs)
