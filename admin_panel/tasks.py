"""What takes long and is asked for on a page or by a program, and the figures of the overview."""

from datetime import timedelta

from django.conf import settings
from django.core.management import call_command

from admin_panel import figures
from gigstream.core import clock
from gigstream.core.jobs import periodic, task


@task
def seed(*, gigs: int) -> None:
    """Fill a site that runs on the sandbox with demo people and gigs; others stay as they are."""
    if settings.SANDBOX:
        call_command("seed_demo", gigs=gigs)


@periodic(every=timedelta(minutes=10))
@task
def keep_figures() -> int:
    """Add up today and the days before; one that runs late or twice changes nothing more."""
    return figures.keep_up(clock.now())
