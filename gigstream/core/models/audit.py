"""The audit log: who did what, and what it changed."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from gigstream.core import clock, origin, verbs
from gigstream.core.ids import uuid7


class AuditEntry(models.Model):
    """One change by staff or by the system. Rows are never changed or deleted; triggers see to it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    at = models.DateTimeField(_("when"), default=clock.now, db_index=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text=_("Empty when the system acted by itself."),
        verbose_name=_("who"),
    )
    verb = models.CharField(_("what"), max_length=60)
    target = models.CharField(
        _("about"), max_length=120, help_text=_("Model and key: orders.order:0190….")
    )
    before = models.JSONField(_("before"), default=dict, blank=True)
    after = models.JSONField(_("after"), default=dict, blank=True)
    reason = models.TextField(_("reason"), blank=True)
    address = models.GenericIPAddressField(
        _("address"),
        null=True,
        blank=True,
        default=origin.address,
        help_text=_("Where the request came from; empty for jobs and commands."),
    )

    class Meta:
        verbose_name = _("audit entry")
        verbose_name_plural = _("audit entries")
        indexes = [
            models.Index(fields=["target", "-at"], name="audit_by_target"),
            models.Index(fields=["actor", "-at"], name="audit_by_actor"),
            models.Index(fields=["verb", "-at"], name="audit_by_verb"),
        ]

    def __str__(self) -> str:
        return self.what

    @property
    def what(self) -> str:
        """The verb in words."""
        return verbs.said(self.verb)
