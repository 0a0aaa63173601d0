"""What takes long and is asked for on a page or by a program, and what the admin's pages show."""

import logging
from datetime import timedelta

from django.conf import settings
from django.core.management import call_command

from accounts.models import User
from admin_panel import counters, figures
from gigstream.core import clock
from gigstream.core.jobs import periodic, task

log = logging.getLogger(__name__)


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


@periodic(every=timedelta(hours=6))
@task
def check_counters() -> None:
    """Look for numbers that are not what they count, for the health page; none is mended here."""
    for name in counters.COUNTERS:
        if found := counters.check(name, now=clock.now()).found:
            log.error("The counter %s is wrong in %s rows or more", name, len(found))


@task
def check_counter(*, name: str) -> None:
    counters.check(name, now=clock.now())


@task
def count_anew(*, name: str, actor_id: str) -> None:
    counters.count_anew(name, actor=User.objects.get(pk=actor_id), now=clock.now())
