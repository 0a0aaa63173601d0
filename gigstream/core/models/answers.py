"""What was answered to requests that say by a key that they may come twice."""

from django.conf import settings
from django.db import models

from gigstream.core import clock
from gigstream.core.ids import uuid7
from gigstream.core.sealing import SealedTextField


class KeptAnswer(models.Model):
    """The answer to one request of one person; without a status it is still being made.

    It may hold whatever that person may see, and so cannot be read in the database.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    key = models.CharField(max_length=255)
    request_hash = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(null=True, blank=True)
    body = SealedTextField(blank=True, purpose="core.kept_answer")
    began_at = models.DateTimeField(default=clock.now, db_index=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "key"], name="kept_answer_is_once_per_person_and_key"
            )
        ]

    def __str__(self) -> str:
        return f"{self.key} of {self.user_id}"
