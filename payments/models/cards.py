"""Cards that buyers keep at Stripe for the next time. Their numbers never come here."""

from datetime import date
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
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
