"""Cards that buyers keep at Stripe for the next time. Their numbers never come here."""

from datetime import date
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from gigstream.core import clock
from gigstream.core.ids import uuid7


class Customer(models.Model):
    """A buyer as Stripe knows them, from the first card that they keep."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="stripe_customer"
    )
    stripe_id = models.CharField(max_length=100, null=True, blank=True, unique=True)

    class Meta:
        verbose_name = _("customer at Stripe")
        verbose_name_plural = _("customers at Stripe")
        constraints = [
            models.CheckConstraint(
                name="customer_stripe_id_is_not_empty", condition=~Q(stripe_id="")
            )
        ]

    def __str__(self) -> str:
        return self.stripe_id or str(self.pk)


class CardSetupQuerySet(models.QuerySet["CardSetup"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(customer__user=user)

    def open(self) -> Self:
        """Those by which a card may still come to be kept."""
        return self.filter(status=CardSetup.Status.OPEN)


class CardSetup(models.Model):
    """A buyer's wish to keep a card without paying: Stripe's SetupIntent, from wish to end.

    One is open at a time, so nobody can have cards tried here by the hundred.
    """

    class Status(models.TextChoices):
        OPEN = "open", _("Open")
        SUCCEEDED = "succeeded", _("Kept")
        CANCELED = "canceled", _("Cancelled")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    customer = models.ForeignKey(Customer, models.CASCADE, related_name="setups")
    stripe_id = models.CharField(max_length=100, null=True, blank=True, unique=True)
    client_secret = models.CharField(max_length=200, blank=True, editable=False)
    status = models.CharField(
        _("status"), max_length=10, choices=Status, default=Status.OPEN
    )
    failure = models.CharField(_("why it failed"), max_length=300, blank=True)
    created_at = models.DateTimeField(_("created"), default=clock.now)

    objects = CardSetupQuerySet.as_manager()

    class Meta:
        verbose_name = _("card to be kept")
        verbose_name_plural = _("cards to be kept")
        constraints = [
            models.CheckConstraint(
                name="card_setup_status_is_known",
                condition=Q(status__in=["open", "succeeded", "canceled"]),
            ),
            models.CheckConstraint(
                name="card_setup_stripe_id_is_not_empty", condition=~Q(stripe_id="")
            ),
            models.UniqueConstraint(
                fields=["customer"],
                condition=Q(status="open"),
                name="card_setup_is_open_once_per_customer",
            ),
        ]
        indexes = [
            models.Index(
                fields=["created_at"],
                condition=Q(status="open"),
                name="card_setup_open",
            )
        ]

    def __str__(self) -> str:
        return self.stripe_id or str(self.pk)

    def get_absolute_url(self) -> str:
        return reverse("payments:card_setup", args=[self.pk])


class KeptCardQuerySet(models.QuerySet["KeptCard"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(customer__user=user)

    def usable(self, *, on: date) -> Self:
        """Those that have not expired."""
        this_month = Q(exp_year=on.year, exp_month__gte=on.month)
        return self.filter(this_month | Q(exp_year__gt=on.year))


class KeptCard(models.Model):
    """One card that a buyer may pay with again: what it may be called, and Stripe's name for it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    customer = models.ForeignKey(Customer, models.CASCADE, related_name="cards")
    stripe_id = models.CharField(max_length=100, unique=True)
    fingerprint = models.CharField(max_length=100)
    brand = models.CharField(_("brand"), max_length=20)
    last4 = models.CharField(_("last digits"), max_length=4)
    exp_year = models.PositiveSmallIntegerField(_("year of expiry"))
    exp_month = models.PositiveSmallIntegerField(_("month of expiry"))
    kept_at = models.DateTimeField(_("kept"), default=clock.now)

    objects = KeptCardQuerySet.as_manager()

    class Meta:
        verbose_name = _("kept card")
        verbose_name_plural = _("kept cards")
        constraints = [
            models.UniqueConstraint(
                fields=["customer", "fingerprint"], name="kept_card_is_kept_once"
            ),
            models.CheckConstraint(
                name="kept_card_month_is_one_of_twelve",
                condition=Q(exp_month__gte=1, exp_month__lte=12),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.brand.title()} •••• {self.last4}"

    @property
    def expires(self) -> str:
        return f"{self.exp_month:02}/{self.exp_year % 100:02}"
