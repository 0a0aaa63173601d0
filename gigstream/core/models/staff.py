"""What waits for somebody of the staff."""

from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from gigstream.core import clock
from gigstream.core.ids import uuid7

ESCALATED = "moderation"
"""The kind of what moderators gave to the admins."""


class StaffTaskQuerySet(models.QuerySet["StaffTask"]):
    def open(self) -> Self:
        return self.filter(closed_at__isnull=True)

    def escalated(self) -> Self:
        """What lies with the admins: they decide about it, on whatever page."""
        return self.open().filter(kind=ESCALATED)

    def raise_once(
        self, *, kind: str, target: str, text: str, **fields: Any
    ) -> "StaffTask":
        """Put something on the desk, unless the same thing lies there already."""
        task, _is_new = self.get_or_create(
            kind=kind, target=target, closed_at=None, defaults={"text": text, **fields}
        )
        return task


class StaffTask(models.Model):
    """One thing that a person must decide; `target` is a model and a key: orders.order:0190…"""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField(_("kind"), max_length=40)
    target = models.CharField(_("about"), max_length=120)
    text = models.CharField(_("what to decide"), max_length=300)
    opened_at = models.DateTimeField(_("since"), default=clock.now)
    closed_at = models.DateTimeField(_("done"), null=True, blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("done by"),
    )

    objects = StaffTaskQuerySet.as_manager()

    class Meta:
        verbose_name = _("staff task")
        verbose_name_plural = _("staff tasks")
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "target"],
                condition=Q(closed_at__isnull=True),
                name="staff_task_is_open_once_per_target",
            )
        ]
        indexes = [
            models.Index(
                fields=["opened_at"],
                condition=Q(closed_at__isnull=True),
                name="staff_task_queue",
            )
        ]

    def __str__(self) -> str:
        return self.text
