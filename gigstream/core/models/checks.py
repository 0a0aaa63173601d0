"""What was found when something that must be right was last looked at."""

from django.db import models

from gigstream.core.ids import uuid7


class Check(models.Model):
    """The last answer to one question: when it was asked, how long that took, what is wrong."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(
        max_length=60, unique=True, help_text="invariant:I1, counter:ratings"
    )
    at = models.DateTimeField()
    ms = models.PositiveIntegerField()
    found = models.JSONField(default=list, help_text="What is wrong, up to a limit.")

    def __str__(self) -> str:
        return self.name
