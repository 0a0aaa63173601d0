"""Receipts, invoices and credit notes: numbered without a gap, and never changed."""

from typing import Self

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from gigstream.core.ids import uuid7


class Series(models.TextChoices):
    """Each kind of paper counts for itself."""

    RECEIPT = "receipt", _("Receipt")
    INVOICE = "invoice", _("Invoice")
    CREDIT_NOTE = "credit_note", _("Credit note")

    @property
    def letter(self) -> str:
        return LETTERS[self]


LETTERS = {Series.RECEIPT: "R", Series.INVOICE: "I", Series.CREDIT_NOTE: "C"}


class PaperCounter(models.Model):
    """The last number of a series. Its row is locked while the next paper is written."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    series = models.CharField(max_length=12, choices=Series, unique=True)
    last = models.PositiveBigIntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="paper_counter_series_is_known",
                condition=Q(series__in=["receipt", "invoice", "credit_note"]),
            )
        ]

    def __str__(self) -> str:
        return f"{self.series} {self.last}"


class PaperQuerySet(models.QuerySet["Paper"]):
    def visible_to(self, user: User) -> Self:
        """A buyer's papers, and the invoices of what somebody sold."""
        sold = Q(series=Series.INVOICE, order__seller=user)
        return self.filter(Q(order__buyer=user) | sold)


class Paper(models.Model):
    """One paper as it was issued: `content` is all that it says. Never changed, never deleted."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    series = models.CharField(_("kind"), max_length=12, choices=Series)
    number = models.PositiveBigIntegerField(_("number"))
    subject = models.UUIDField(
        _("about"), help_text=_("The payment, the order or the refund.")
    )
    order = models.ForeignKey(
        "orders.Order",
        models.PROTECT,
        related_name="papers",
        verbose_name=_("order"),
    )
    content = models.JSONField(_("content"))
    issued_at = models.DateTimeField(_("issued"))

    objects = PaperQuerySet.as_manager()

    class Meta:
        verbose_name = _("paper")
        verbose_name_plural = _("papers")
        constraints = [
            models.CheckConstraint(
                name="paper_series_is_known",
                condition=Q(series__in=["receipt", "invoice", "credit_note"]),
            ),
            models.CheckConstraint(
                name="paper_numbers_start_at_one", condition=Q(number__gte=1)
            ),
            models.UniqueConstraint(
                fields=["series", "number"], name="paper_number_is_once_per_series"
            ),
            models.UniqueConstraint(
                fields=["series", "subject"], name="paper_is_once_per_subject"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_series_display()} {self.name}"

    def get_absolute_url(self) -> str:
        return reverse("payments:paper", args=[self.pk])

    @property
    def name(self) -> str:
        return f"{Series(self.series).letter}-{self.number:06}"
