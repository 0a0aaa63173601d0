"""What Stripe's own list says of our account there, and how it compares with the ledger."""

from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from gigstream.core import clock
from gigstream.core.ids import uuid7


class StripeLineQuerySet(models.QuerySet["StripeLine"]):
    def open(self) -> Self:
        """Lines that no posting explains yet."""
        return self.filter(explained_at__isnull=True)


class StripeLine(models.Model):
    """One balance transaction of Stripe's, and the postings that say the same."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    line_id = models.CharField(_("Stripe's name"), max_length=100, unique=True)
    kind = models.CharField(_("kind"), max_length=40)
    amount = models.BigIntegerField(_("amount"))
    fee = models.BigIntegerField(_("fee"), default=0)
    currency = models.CharField(_("currency"), max_length=3)
    source = models.CharField(_("about"), max_length=100, blank=True)
    intent_id = models.CharField(
        _("Stripe's name of the payment"), max_length=100, blank=True
    )
    created_at = models.DateTimeField(_("made by Stripe"))
    posting_key = models.CharField(
        _("posting"), max_length=100, null=True, blank=True, unique=True
    )
    fee_key = models.CharField(
        _("key of the fee"), max_length=100, null=True, blank=True, unique=True
    )
    explained_at = models.DateTimeField(_("explained"), null=True, blank=True)

    objects = StripeLineQuerySet.as_manager()

    class Meta:
        verbose_name = _("line of Stripe's")
        verbose_name_plural = _("lines of Stripe's")
        constraints = [
            models.CheckConstraint(
                name="stripe_line_keys_are_not_empty",
                condition=~Q(posting_key="") & ~Q(fee_key=""),
            ),
            models.CheckConstraint(
                name="stripe_line_with_a_posting_is_explained",
                condition=Q(posting_key__isnull=True) | Q(explained_at__isnull=False),
            ),
        ]
        indexes = [
            models.Index(F("created_at").desc(), name="stripe_line_newest"),
            models.Index(
                fields=["created_at"],
                condition=Q(explained_at__isnull=True),
                name="stripe_line_unexplained",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.line_id}"

    @property
    def net(self) -> int:
        return self.amount - self.fee


class ReconciliationQuerySet(models.QuerySet["Reconciliation"]):
    def latest_one(self) -> "Reconciliation | None":
        return self.order_by("-at", "-pk").first()


class Reconciliation(models.Model):
    """One look at everything that must agree, and what did not."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    at = models.DateTimeField(_("at"), default=clock.now)
    drift = models.JSONField(
        _("drift"),
        default=dict,
        help_text=_("Ledger less Stripe, by currency, in minor units."),
    )
    differences = models.JSONField(_("differences"), default=list)
    stuck = models.JSONField(_("stuck payouts"), default=list)
    broken = models.JSONField(
        _("broken rules"), default=dict, help_text=_("Invariants, and what breaks.")
    )
    lines = models.PositiveIntegerField(
        _("lines"), default=0, help_text=_("New lines of Stripe's.")
    )
    holdings = models.JSONField(
        _("holdings"), default=list, help_text=_("What the accounts of each kind held.")
    )
    postings = models.JSONField(
        _("postings"),
        default=dict,
        help_text=_("How often each kind of posting was made."),
    )

    objects = ReconciliationQuerySet.as_manager()

    class Meta:
        verbose_name = _("reconciliation")
        verbose_name_plural = _("reconciliations")
        permissions = [("reconcile_reconciliation", "Can have the books compared")]
        indexes = [models.Index(fields=["-at"], name="reconciliation_newest")]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M}"

    @property
    def is_right(self) -> bool:
        """Whether money may still leave by itself."""
        return not (any(self.drift.values()) or self.broken)
