"""Corrections of the books that two of the staff agree on."""

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from gigstream.core import clock
from gigstream.core.ids import uuid7
from gigstream.core.money import written


class AdjustmentKind(models.TextChoices):
    WRITE_OFF = "write_off", _("A seller's debt is given up")
    GOODWILL = "goodwill", _("A seller gets money from us")
    BUYER_PAID = "buyer_paid", _("A buyer was paid another way")
    BUYER_HAS_IT = "buyer_has_it", _("A buyer got it from their bank already")
    TO_SELLER = "to_seller", _("Returned late by a bank: to the seller")
    TO_BUYER = "to_buyer", _("Returned late by a bank: to the buyer")
    KEPT = "kept", _("Returned late by a bank: it stays with us")
    STRIPE_LINE = "stripe_line", _("A line of Stripe's is explained")


RETURNED_LATE = frozenset(
    {AdjustmentKind.TO_SELLER, AdjustmentKind.TO_BUYER, AdjustmentKind.KEPT}
)
"""What becomes of money that came back after its chargeback was booked as lost."""

FROM_ITS_PAGE = RETURNED_LATE | {AdjustmentKind.STRIPE_LINE}
"""What is proposed on the page of what it is about."""

NOBODYS = frozenset({AdjustmentKind.KEPT, AdjustmentKind.STRIPE_LINE})


class AdjustmentStatus(models.TextChoices):
    PROPOSED = "proposed", _("Waits for a colleague")
    APPROVED = "approved", _("Approved")
    REJECTED = "rejected", _("Rejected")


class AdjustmentQuerySet(models.QuerySet["Adjustment"]):
    def approved(self, *kinds: AdjustmentKind) -> Self:
        return self.filter(kind__in=kinds, status=AdjustmentStatus.APPROVED)

    def standing(self) -> Self:
        """Those that nobody has turned down."""
        return self.exclude(status=AdjustmentStatus.REJECTED)


class Adjustment(models.Model):
    """One correction: proposed by one, decided by another.

    `amount` is what `person` gets or is spared. One about money that a bank returned late
    names the chargeback, one about a line of Stripe's the line; what is between Stripe and
    us, or stays with us, is nobody's.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField(_("kind"), max_length=12, choices=AdjustmentKind)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="adjustments",
        verbose_name=_("whose"),
    )
    chargeback = models.ForeignKey(
        "payments.Chargeback",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="adjustments",
        verbose_name=_("chargeback"),
    )
    line = models.ForeignKey(
        "payments.StripeLine",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="adjustments",
        verbose_name=_("line of Stripe's"),
    )
    amount = models.PositiveBigIntegerField(_("amount"))
    currency = models.CharField(_("currency"), max_length=3)
    reason = models.CharField(_("reason"), max_length=300)
    status = models.CharField(
        _("status"),
        max_length=10,
        choices=AdjustmentStatus,
        default=AdjustmentStatus.PROPOSED,
    )
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="+",
        verbose_name=_("proposed by"),
    )
    proposed_at = models.DateTimeField(_("proposed"), default=clock.now)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("decided by"),
    )
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)

    objects = AdjustmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("adjustment")
        verbose_name_plural = _("adjustments")
        constraints = [
            models.CheckConstraint(
                name="adjustment_kind_is_known",
                condition=Q(kind__in=AdjustmentKind.values),
            ),
            models.CheckConstraint(
                name="adjustment_status_is_known",
                condition=Q(status__in=AdjustmentStatus.values),
            ),
            models.CheckConstraint(
                name="adjustment_amount_is_positive", condition=Q(amount__gt=0)
            ),
            models.CheckConstraint(
                name="adjustment_is_approved_by_somebody_else",
                condition=~Q(status=AdjustmentStatus.APPROVED)
                | Q(decided_by__isnull=False) & ~Q(decided_by=F("proposed_by")),
            ),
            models.CheckConstraint(
                name="adjustment_is_somebodys_unless_it_is_ours",
                condition=Q(kind__in=sorted(NOBODYS), person__isnull=True)
                | ~Q(kind__in=sorted(NOBODYS)) & Q(person__isnull=False),
            ),
            models.CheckConstraint(
                name="adjustment_names_the_chargeback_whose_money_came_back",
                condition=Q(kind__in=sorted(RETURNED_LATE), chargeback__isnull=False)
                | ~Q(kind__in=sorted(RETURNED_LATE)) & Q(chargeback__isnull=True),
            ),
            models.CheckConstraint(
                name="adjustment_names_the_line_that_it_explains",
                condition=Q(kind=AdjustmentKind.STRIPE_LINE, line__isnull=False)
                | ~Q(kind=AdjustmentKind.STRIPE_LINE) & Q(line__isnull=True),
            ),
            models.UniqueConstraint(
                fields=["line"],
                condition=~Q(status=AdjustmentStatus.REJECTED),
                name="adjustment_explains_a_line_once",
            ),
            models.UniqueConstraint(
                fields=["chargeback"],
                condition=~Q(status=AdjustmentStatus.REJECTED),
                name="adjustment_decides_once_about_a_chargeback",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {written(self.amount, self.currency)}"
