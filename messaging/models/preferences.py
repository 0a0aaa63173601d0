"""By which ways, and when, people want to be told."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from gigstream.core.ids import uuid7


class Digest(models.TextChoices):
    DAILY = "daily", _("Once a day")
    WEEKLY = "weekly", _("Once a week, on Monday")


class NotificationPreferences(models.Model):
    """By which ways, and when, somebody wants to be told; no row means: as we would do it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="notification_preferences",
    )
    channels = models.JSONField(
        _("channels"), default=dict, help_text=_("By kind, where they chose.")
    )
    digest = models.CharField(
        _("digest"), max_length=6, choices=Digest, blank=True, default=""
    )
    digested_at = models.DateTimeField(null=True, blank=True, editable=False)
    quiet_from = models.TimeField(_("quiet from"), null=True, blank=True)
    quiet_until = models.TimeField(_("quiet until"), null=True, blank=True)
    phone = models.CharField(_("phone"), max_length=16, blank=True, default="")
    phone_verified_at = models.DateTimeField(null=True, blank=True, editable=False)
    phone_code = models.CharField(max_length=128, blank=True, editable=False)
    phone_code_sent_at = models.DateTimeField(null=True, blank=True, editable=False)
    phone_code_tries = models.PositiveSmallIntegerField(default=0, editable=False)

    class Meta:
        verbose_name = _("notification preferences")
        verbose_name_plural = _("notification preferences")
        constraints = [
            models.CheckConstraint(
                name="preferences_digest_is_known",
                condition=Q(digest__in=["", *Digest.values]),
            ),
            models.CheckConstraint(
                name="preferences_quiet_begins_and_ends",
                condition=Q(quiet_from__isnull=True, quiet_until__isnull=True)
                | Q(quiet_from__isnull=False, quiet_until__isnull=False),
            ),
            models.CheckConstraint(
                name="preferences_verified_phone_is_there",
                condition=Q(phone_verified_at__isnull=True) | ~Q(phone=""),
            ),
        ]
        indexes = [
            models.Index(
                fields=["digested_at"],
                condition=~Q(digest=""),
                name="preferences_digest_due",
            )
        ]

    def __str__(self) -> str:
        return str(self.user)

    def quiet_ends(self, at: datetime) -> datetime:
        """When news of this moment may make a noise: now, or when the quiet hours are over."""
        if self.quiet_from is None or self.quiet_until is None:
            return at
        local = at.astimezone(self.user.zone)
        begins, ends = self.quiet_from, self.quiet_until
        is_over_midnight = begins > ends
        is_late = local.time() >= begins
        is_early = local.time() < ends
        if not (is_late or is_early if is_over_midnight else is_late and is_early):
            return at
        day = local.date() + timedelta(days=is_over_midnight and is_late)
        return datetime.combine(day, ends, tzinfo=self.user.zone)
