"""What a seller typed in the editor and did not save."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from gigs.steps import Step
from gigstream.core.ids import uuid7


class UnsavedStep(models.Model):
    """What a seller typed in a step of the editor and did not save: as typed, right or wrong."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    gig = models.ForeignKey("Gig", models.CASCADE, related_name="unsaved")
    step = models.CharField(_("step"), max_length=12, choices=Step)
    typed = models.JSONField(_("typed"))
    kept_at = models.DateTimeField(_("kept"))

    class Meta:
        verbose_name = _("unsaved step")
        verbose_name_plural = _("unsaved steps")
        constraints = [
            models.UniqueConstraint(
                fields=["gig", "step"], name="unsaved_step_is_once_per_gig"
            ),
            models.CheckConstraint(
                name="unsaved_step_is_known", condition=Q(step__in=Step.values)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.step} {self.kept_at:%Y-%m-%d %H:%M}"
