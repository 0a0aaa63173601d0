"""How often gigs are looked at."""

from django.db import models

from gigstream.core.ids import uuid7


class GigDay(models.Model):
    """How many people looked at a gig on one day (UTC); of whom they were nothing is kept."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    gig = models.ForeignKey("Gig", models.CASCADE, related_name="days")
    day = models.DateField()
    views = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["gig", "day"], name="gig_day_is_once_per_gig"
            )
        ]
        indexes = [models.Index(fields=["day"], name="gig_day_by_age")]

    def __str__(self) -> str:
        return f"{self.gig_id}, {self.day}: {self.views}"
