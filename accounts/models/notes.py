"""What staff write down about a person, for each other."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from gigstream.core import clock
from gigstream.core.ids import uuid7


class StaffNote(models.Model):
    """One remark of one of the staff about a person, who never sees it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        related_name="staff_notes",
        verbose_name=_("about"),
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="+",
        verbose_name=_("written by"),
    )
    text = models.TextField(_("note"), max_length=2000)
    at = models.DateTimeField(_("written"), default=clock.now)

    class Meta:
        verbose_name = _("staff note")
        verbose_name_plural = _("staff notes")
        indexes = [models.Index(fields=["person", "-at"], name="staff_note_newest")]

    def __str__(self) -> str:
        return self.text[:60]
