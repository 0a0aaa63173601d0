"""What workers remember about periodic jobs."""

from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import Q


class PeriodicJobQuerySet(models.QuerySet["PeriodicJob"]):
    def free(self, *, at: datetime) -> Self:
        """Those nobody runs; a claim that was not renewed in time counts for nothing."""
        return self.filter(Q(claimed_until=None) | Q(claimed_until__lt=at))


class PeriodicJob(models.Model):
    """When one `@periodic` task runs next, who holds it, and how it went last time.

    `claimed_until` is in real time and is renewed while the job runs; the other
    moments follow the business clock. `runs` also numbers the claims: whoever
    lost its claim finds another number and can no longer write.
    """

    name = models.CharField(max_length=200, primary_key=True)
    next_run_at = models.DateTimeField()
    claimed_until = models.DateTimeField(null=True, blank=True)
    last_started_at = models.DateTimeField(null=True, blank=True)
    last_finished_at = models.DateTimeField(null=True, blank=True)
    last_error = models.TextField(blank=True)
    last_ms = models.PositiveIntegerField(default=0)
    runs = models.PositiveIntegerField(default=0)
    failures = models.PositiveIntegerField(default=0)

    objects = PeriodicJobQuerySet.as_manager()

    def __str__(self) -> str:
        return self.name
