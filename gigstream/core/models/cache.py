"""The table behind the cache of the embedded default."""

from django.db import models


class CacheRow(models.Model):
    """One remembered value, as JSON. Only `gigstream.core.cache` reads and writes rows."""

    key = models.CharField(max_length=250, primary_key=True)
    value = models.TextField()
    expires_at = models.BigIntegerField(
        db_index=True, help_text="Milliseconds of real time since 1970."
    )

    def __str__(self) -> str:
        return self.key
