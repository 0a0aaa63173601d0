"""What is to become of a gig that buyers know already."""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from gigs.steps import STEP_OF, Step
from gigstream.core.ids import uuid7


class GigChange(models.Model):
    """What a gig is to say once staff have looked at it; until then buyers see it as it was.

    There is one per gig. New pictures wait in it too. Sent back, it keeps everything with
    the reason, until its seller saves again or drops it.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    gig = models.OneToOneField("Gig", models.CASCADE, related_name="change")
    parts: models.JSONField[dict[str, Any]] = models.JSONField(
        _("parts"), default=dict, blank=True
    )
    typed: models.JSONField[dict[str, Any]] = models.JSONField(
        _("as it was typed, by step"), default=dict, blank=True
    )
    sent_at = models.DateTimeField(_("sent"))
    refusal = models.TextField(_("why it was sent back"), max_length=1000, blank=True)

    class Meta:
        verbose_name = _("change of a gig")
        verbose_name_plural = _("changes of gigs")
        indexes = [
            models.Index(
                fields=["sent_at"],
                condition=models.Q(refusal=""),
                name="gig_change_that_waits",
            )
        ]

    def __str__(self) -> str:
        return f"{self.gig_id}, {self.sent_at:%Y-%m-%d %H:%M}"

    @property
    def waits(self) -> bool:
        return not self.refusal

    def steps(self) -> list[Step]:
        """The steps of the editor that it speaks of, in their order."""
        told = {STEP_OF[part] for part in self.parts}
        if self.images.exists():
            told.add(Step.GALLERY)
        return [step for step in Step if step in told]
