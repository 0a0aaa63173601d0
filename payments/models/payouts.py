"""Where sellers want their money, and each time that they ask for it."""

from datetime import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django_countries.fields import CountryField

from accounts.models import User
from gigstream.core import clock
from gigstream.core.ids import uuid7
from gigstream.core.money import written
from gigstream.core.sealing import SealedTextField
from payments.status import PayoutStatus


class PayoutMethodQuerySet(models.QuerySet["PayoutMethod"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(user=user)

    def in_use(self) -> Self:
        return self.filter(removed_at__isnull=True)


class PayoutMethod(models.Model):
    """A destination for withdrawals. Never edited: another one replaces it, and it stays known."""

    class Kind(models.TextChoices):
        BANK = "bank", _("Bank transfer")
        STRIPE = "stripe", _("Stripe")

    class Standing(models.TextChoices):
        INCOMPLETE = "incomplete", _("Details are missing")
        CHECKING = "checking", _("Being checked")
        VERIFIED = "verified", _("Verified")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="payout_methods",
        verbose_name=_("person"),
    )
    kind = models.CharField(_("kind"), max_length=8, choices=Kind)
    standing = models.CharField(
        _("standing"), max_length=12, choices=Standing, default=Standing.CHECKING
    )
    holder = models.CharField(_("account holder"), max_length=140, blank=True)
    country = CountryField(_("country of the bank"), blank=True)
    bank_name = models.CharField(_("bank"), max_length=140, blank=True)
    bank_code = models.CharField(_("bank code"), max_length=20, blank=True)
    account_number = SealedTextField(
        _("account number"), purpose="payments.account_number", blank=True
    )
    last4 = models.CharField(_("last digits"), max_length=4, blank=True)
    stripe_id = models.CharField(
        _("Stripe's name"), max_length=100, null=True, blank=True, unique=True
    )
    missing = models.CharField(_("what Stripe asks for"), max_length=300, blank=True)
    added_at = models.DateTimeField(_("added"), default=clock.now)
    usable_at = models.DateTimeField(
        _("usable from"),
        help_text=_("Later than added if it replaced another destination."),
    )
    removed_at = models.DateTimeField(_("removed"), null=True, blank=True)

    objects = PayoutMethodQuerySet.as_manager()

    class Meta:
        verbose_name = _("payout method")
        verbose_name_plural = _("payout methods")
        constraints = [
            models.CheckConstraint(
                name="payout_method_kind_is_known",
                condition=Q(kind__in=["bank", "stripe"]),
            ),
            models.CheckConstraint(
                name="payout_method_standing_is_known",
                condition=Q(standing__in=["incomplete", "checking", "verified"]),
            ),
            models.CheckConstraint(
                name="payout_method_names_an_account",
                condition=Q(kind="bank", stripe_id__isnull=True)
                & ~Q(account_number="")
                & ~Q(holder="")
                | Q(kind="stripe", account_number=""),
            ),
            models.CheckConstraint(
                name="payout_method_is_usable_after_it_is_added",
                condition=Q(usable_at__gte=models.F("added_at")),
            ),
            models.UniqueConstraint(
                fields=["user"],
                condition=Q(removed_at__isnull=True),
                name="payout_method_in_use_is_one_per_person",
            ),
        ]

    def __str__(self) -> str:
        return self.masked

    @property
    def is_automatic(self) -> bool:
        return self.kind == self.Kind.STRIPE

    @property
    def masked(self) -> str:
        """The destination as it may be shown: never the whole number."""
        name = self.bank_name or self.get_kind_display()
        return f"{name} •••• {self.last4}" if self.last4 else name

    def is_frozen(self, *, at: datetime) -> bool:
        """Whether withdrawals wait because the destination was changed a short while ago."""
        return at < self.usable_at


class PayoutQuerySet(models.QuerySet["Payout"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(user=user)

    def open(self) -> Self:
        """Withdrawals on their way: their money is in neither the wallet nor the bank."""
        return self.filter(status__in=PayoutStatus.on_the_way())


class Payout(models.Model):
    """One withdrawal. Its money is set aside when it is asked for."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="payouts",
        verbose_name=_("person"),
    )
    method = models.ForeignKey(
        PayoutMethod,
        models.PROTECT,
        related_name="payouts",
        verbose_name=_("paid to"),
    )
    key = models.UUIDField(help_text=_("Made by the form: twice is once."))
    amount = models.PositiveBigIntegerField(_("amount"))
    currency = models.CharField(_("currency"), max_length=3)
    status = models.CharField(
        _("status"), max_length=12, choices=PayoutStatus, default=PayoutStatus.REQUESTED
    )
    transfer_id = models.CharField(
        _("Stripe's name of the transfer"),
        max_length=100,
        null=True,
        blank=True,
        unique=True,
    )
    stripe_id = models.CharField(
        _("Stripe's name"), max_length=100, null=True, blank=True, unique=True
    )
    failure = models.CharField(_("why it failed"), max_length=300, blank=True)
    requested_at = models.DateTimeField(_("requested"), default=clock.now)
    submitted_at = models.DateTimeField(_("sent"), null=True, blank=True)
    settled_at = models.DateTimeField(_("settled"), null=True, blank=True)
    asked_at = models.DateTimeField(_("Stripe was asked"), null=True, blank=True)

    objects = PayoutQuerySet.as_manager()

    class Meta:
        verbose_name = _("withdrawal")
        verbose_name_plural = _("withdrawals")
        constraints = [
            models.CheckConstraint(
                name="payout_status_is_known",
                condition=Q(status__in=PayoutStatus.values),
            ),
            models.CheckConstraint(
                name="payout_amount_is_positive", condition=Q(amount__gt=0)
            ),
            models.UniqueConstraint(
                fields=["user", "key"], name="payout_is_once_per_form"
            ),
            models.CheckConstraint(
                name="payout_submitted_has_a_date",
                condition=~Q(status__in=["submitted", "paid", "returned"])
                | Q(submitted_at__isnull=False),
            ),
            models.CheckConstraint(
                name="payout_settled_has_a_date",
                condition=Q(
                    status__in=["requested", "review", "submitted"],
                    settled_at__isnull=True,
                )
                | Q(
                    status__in=["paid", "failed", "canceled", "returned"],
                    settled_at__isnull=False,
                ),
            ),
        ]
        indexes = [
            models.Index(fields=["user", "-requested_at"], name="payout_by_user"),
            models.Index(fields=["status", "requested_at"], name="payout_by_status"),
        ]

    def __str__(self) -> str:
        return f"{written(self.amount, self.currency)} ({self.get_status_display()})"

    def get_absolute_url(self) -> str:
        return reverse("payments:payout", args=[self.pk])

    @property
    def tone(self) -> str:
        return PayoutStatus(self.status).tone

    @property
    def sentence(self) -> str:
        """Where the money is now, in words."""
        return str(PayoutStatus(self.status).sentence)

    @property
    def can_be_canceled(self) -> bool:
        return PayoutStatus(self.status).can_become(PayoutStatus.CANCELED)
