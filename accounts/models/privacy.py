"""A person's own data, packed to be taken away."""

from datetime import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models.people import User
from gigstream.core import clock
from gigstream.core.ids import uuid7

NOBODY = "Former member"
"""The name of everybody who has left."""


class DataExportQuerySet(models.QuerySet["DataExport"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(user=user)

    def downloadable(self, *, at: datetime) -> Self:
        return self.filter(status=DataExport.Status.READY, expires_at__gt=at)


class DataExport(models.Model):
    """One copy of everything the site knows of a person, kept for 48 hours."""

    class Status(models.TextChoices):
        REQUESTED = "requested", _("Being packed")
        READY = "ready", _("Ready")
        EXPIRED = "expired", _("Expired")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="data_exports"
    )
    status = models.CharField(
        _("status"), max_length=10, choices=Status, default=Status.REQUESTED
    )
    requested_at = models.DateTimeField(_("requested"), default=clock.now)
    ready_at = models.DateTimeField(_("ready"), null=True, blank=True)
    expires_at = models.DateTimeField(_("until"), null=True, blank=True)
    public_id = models.CharField(max_length=200, blank=True, editable=False)
    size = models.PositiveIntegerField(_("size"), default=0, help_text=_("Bytes."))

    objects = DataExportQuerySet.as_manager()

    class Meta:
        verbose_name = _("data export")
        verbose_name_plural = _("data exports")
        constraints = [
            models.CheckConstraint(
                name="data_export_status_is_known",
                condition=Q(status__in=["requested", "ready", "expired"]),
            ),
            models.CheckConstraint(
                name="data_export_ready_has_a_file_and_an_end",
                condition=~Q(status="ready")
                | (
                    Q(ready_at__isnull=False, expires_at__isnull=False)
                    & ~Q(public_id="")
                ),
            ),
            models.UniqueConstraint(
                fields=["user"],
                condition=Q(status="requested"),
                name="data_export_is_packed_once_at_a_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.requested_at:%Y-%m-%d}"
