"""What protects people from each other: blocks, and reports to the moderators."""

from typing import Self
from uuid import UUID

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models.people import User
from gigstream.core import clock
from gigstream.core.ids import uuid7


class BlockQuerySet(models.QuerySet["Block"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(blocker=user)

    def between(self, one: UUID, other: UUID) -> Self:
        """Blocks between two people, whoever made them."""
        return self.filter(
            Q(blocker=one, blocked=other) | Q(blocker=other, blocked=one)
        )


class Block(models.Model):
    """One person does not want to hear from another: no messages, no orders."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    blocker = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="blocks"
    )
    blocked = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="+"
    )
    at = models.DateTimeField(default=clock.now)

    objects = BlockQuerySet.as_manager()

    class Meta:
        verbose_name = _("block")
        verbose_name_plural = _("blocks")
        constraints = [
            models.UniqueConstraint(
                fields=["blocker", "blocked"], name="block_is_once_per_pair"
            ),
            models.CheckConstraint(
                name="block_is_of_somebody_else",
                condition=~Q(blocker=F("blocked")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.blocker_id} blocks {self.blocked_id}"


class ReportQuerySet(models.QuerySet["Report"]):
    def open(self) -> Self:
        return self.filter(status=Report.Status.OPEN)

    def about(self, target: str, target_id: UUID) -> Self:
        return self.filter(target=target, target_id=target_id)


class Report(models.Model):
    """One person tells the moderators of something; what it is about is a kind and a key."""

    class Target(models.TextChoices):
        USER = "user", _("A person")
        GIG = "gig", _("A gig")
        MESSAGE = "message", _("A message")
        REVIEW = "review", _("A review")

    class Reason(models.TextChoices):
        SPAM = "spam", _("Spam or fraud")
        OUTSIDE = "outside", _("Asks to pay outside the site")
        ABUSE = "abuse", _("Insults or threats")
        COPY = "copy", _("Somebody else's work")
        OTHER = "other", _("Something else")

    class Status(models.TextChoices):
        OPEN = "open", _("Open")
        UPHELD = "upheld", _("Acted upon")
        DISMISSED = "dismissed", _("Dismissed")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    reporter = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="reports",
        verbose_name=_("reported by"),
    )
    target = models.CharField(_("about"), max_length=10, choices=Target)
    target_id = models.UUIDField(_("key of what is reported"))
    reason = models.CharField(_("reason"), max_length=10, choices=Reason)
    text = models.TextField(_("what happened"), max_length=2000, blank=True)
    status = models.CharField(
        _("status"), max_length=10, choices=Status, default=Status.OPEN
    )
    at = models.DateTimeField(_("reported"), default=clock.now)
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("decided by"),
    )
    # What the reporter was told.
    answer = models.CharField(_("answer"), max_length=300, blank=True)

    objects = ReportQuerySet.as_manager()

    class Meta:
        verbose_name = _("report")
        verbose_name_plural = _("reports")
        permissions = [
            ("decide_escalated_report", "Can decide what moderators escalated")
        ]
        constraints = [
            models.CheckConstraint(
                name="report_decided_has_a_person_and_a_moment",
                condition=Q(
                    status="open", decided_at__isnull=True, decided_by__isnull=True
                )
                | ~Q(status="open")
                & Q(decided_at__isnull=False, decided_by__isnull=False),
            ),
            models.CheckConstraint(
                name="report_target_is_known",
                condition=Q(target__in=["user", "gig", "message", "review"]),
            ),
            models.CheckConstraint(
                name="report_reason_is_known",
                condition=Q(reason__in=["spam", "outside", "abuse", "copy", "other"]),
            ),
            models.CheckConstraint(
                name="report_status_is_known",
                condition=Q(status__in=["open", "upheld", "dismissed"]),
            ),
            models.UniqueConstraint(
                fields=["reporter", "target", "target_id"],
                condition=Q(status="open"),
                name="report_is_open_once_per_person_and_target",
            ),
        ]
        indexes = [models.Index(fields=["status", "at"], name="report_queue")]

    def __str__(self) -> str:
        return f"{self.get_target_display()}: {self.get_reason_display()}"
