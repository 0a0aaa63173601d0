"""Housekeeping that belongs to no single app."""

from datetime import timedelta

from django_tasks_db.models import DBTaskResult

from gigstream.core import cache, clock
from gigstream.core.api.once import KEPT_FOR
from gigstream.core.jobs import periodic, task
from gigstream.core.models import KeptAnswer, WebVital
from gigstream.core.monitoring import vitals

KEEP_RESULTS = timedelta(days=7)


@periodic(every=timedelta(hours=1))
@task
def prune_finished_tasks() -> int:
    """Forget tasks that went well a week ago. Dead letters stay until staff decide."""
    old = DBTaskResult.objects.successful().filter(
        finished_at__lt=clock.now() - KEEP_RESULTS
    )
    pruned, _rows = old.delete()
    return pruned


@periodic(every=timedelta(minutes=10))
@task
def prune_cache() -> int:
    """Throw away what the cache in our database no longer needs."""
    return cache.prune()


@periodic(every=timedelta(hours=24))
@task
def prune_vitals() -> int:
    """Forget how fast pages were three months ago."""
    since = clock.now().date() - vitals.KEEP
    pruned, _rows = WebVital.objects.filter(day__lt=since).delete()
    return pruned


@periodic(every=timedelta(hours=1))
@task
def forget_answers() -> int:
    """Forget what was answered to requests of the API a day ago."""
    old = KeptAnswer.objects.filter(began_at__lte=clock.now() - KEPT_FOR)
    forgotten, _rows = old.delete()
    return forgotten
