"""Private files that people send: how much, and when."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from gigstream.core import clock
from gigstream.core.ids import uuid7


class PrivateUpload(models.Model):
    """What somebody sent at once, noted before it goes. It counts for some days, then no more."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="private_uploads"
    )
    size = models.PositiveBigIntegerField(help_text=_("Bytes."))
    at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = _("private upload")
        verbose_name_plural = _("private uploads")
        indexes = [models.Index(fields=["owner", "at"], name="private_upload_of_days")]

    def __str__(self) -> str:
        return str(self.pk)
