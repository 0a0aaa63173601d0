"""What buyers ask of a gig, and what its seller asks of them."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from gigstream.core.ids import uuid7


class GigFaq(models.Model):
    """A question that buyers ask, answered on the gig's page."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    gig = models.ForeignKey("Gig", models.CASCADE, related_name="faqs")
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    question = models.CharField(_("question"), max_length=150)
    answer = models.TextField(_("answer"), max_length=1000)

    class Meta:
        verbose_name = _("question and answer")
        verbose_name_plural = _("questions and answers")
        constraints = [
            models.CheckConstraint(
                name="faq_has_a_question_and_an_answer",
                condition=~Q(question="") & ~Q(answer=""),
            )
        ]
        indexes = [models.Index(fields=["gig", "position"], name="faq_in_order")]

    def __str__(self) -> str:
        return self.question


class RequirementKind(models.TextChoices):
    TEXT = "text", _("A text")
    CHOICE = "choice", _("A choice")
    FILE = "file", _("A file")


class GigRequirement(models.Model):
    """A question whose answer the seller needs before starting; asked at checkout."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    gig = models.ForeignKey("Gig", models.CASCADE, related_name="requirements")
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    question = models.CharField(_("question"), max_length=300)
    kind = models.CharField(
        _("answer"),
        max_length=10,
        choices=RequirementKind,
        default=RequirementKind.TEXT,
    )
    options = models.JSONField(_("choices"), default=list, blank=True)
    required = models.BooleanField(_("must be answered"), default=True)

    class Meta:
        verbose_name = _("question")
        verbose_name_plural = _("questions")
        constraints = [
            models.CheckConstraint(
                name="requirement_kind_is_known",
                condition=Q(kind__in=RequirementKind.values),
            ),
            models.CheckConstraint(
                name="requirement_choice_has_options",
                condition=~Q(kind=RequirementKind.CHOICE) | ~Q(options=[]),
            ),
        ]
        indexes = [
            models.Index(fields=["gig", "position"], name="requirement_in_order")
        ]

    def __str__(self) -> str:
        return self.question
