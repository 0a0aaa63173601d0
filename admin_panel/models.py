"""What the overview is drawn from, so that it need not count a million rows."""

from django.db import models

from gigstream.core.ids import uuid7


class DailyFigure(models.Model):
    """One sum of one day, as the business reckons days. `currency` is empty for a count."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    day = models.DateField()
    metric = models.CharField(max_length=60)
    currency = models.CharField(max_length=3, blank=True)
    amount = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["day", "metric", "currency"],
                name="daily_figure_is_once_per_day",
            )
        ]
        indexes = [models.Index(fields=["metric", "day"], name="daily_figure_by_day")]

    def __str__(self) -> str:
        return f"{self.day} {self.metric} {self.currency} {self.amount}".strip()
