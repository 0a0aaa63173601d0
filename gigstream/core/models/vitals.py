"""How fast pages were, in buckets."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from gigstream.core.ids import uuid7


class WebVital(models.Model):
    """How many visits of a day to a page had a value in one bucket; see `core.monitoring.vitals`."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    day = models.DateField(_("day"))
    page = models.CharField(
        _("page"), max_length=100, help_text=_("The name of its view.")
    )
    metric = models.CharField(_("measured"), max_length=4)
    bucket = models.PositiveSmallIntegerField(_("bucket"))
    count = models.PositiveIntegerField(_("how often"), default=1)

    class Meta:
        verbose_name = _("web vital")
        verbose_name_plural = _("web vitals")
        constraints = [
            models.UniqueConstraint(
                name="web_vital_bucket_is_one_row",
                fields=["day", "page", "metric", "bucket"],
            ),
            models.CheckConstraint(
                name="web_vital_metric_is_known",
                condition=models.Q(metric__in=["LCP", "INP", "CLS", "FCP", "TTFB"]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.page} {self.metric}"
