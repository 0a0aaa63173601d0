"""What a gig costs: its packages, and what a buyer may add to them."""

from datetime import datetime, timedelta

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from gigstream.core.ids import uuid7

# In minor units.
LOWEST_PRICE = 5_00
PRICE_LIMIT = 1_000_000_00
LOWEST_EXTRA = 1_00
EXTRA_PRICE_LIMIT = 10_000_00


class Tier(models.TextChoices):
    BASIC = "basic", _("Basic")
    STANDARD = "standard", _("Standard")
    PREMIUM = "premium", _("Premium")


class GigPackage(models.Model):
    """What a buyer gets for one price: the work, the days and the revisions."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    gig = models.ForeignKey("Gig", models.CASCADE, related_name="packages")
    tier = models.CharField(_("tier"), max_length=10, choices=Tier)
    name = models.CharField(_("name"), max_length=60)
    description = models.CharField(_("what the buyer gets"), max_length=300)
    price = models.PositiveBigIntegerField(_("price"), help_text=_("Minor units."))
    delivery_days = models.PositiveSmallIntegerField(_("delivery days"))
    revisions = models.PositiveSmallIntegerField(_("revisions"), default=0)
    features = models.JSONField(_("features"), default=list, blank=True)

    class Meta:
        verbose_name = _("package")
        verbose_name_plural = _("packages")
        constraints = [
            models.UniqueConstraint(
                fields=["gig", "tier"], name="package_tier_is_once_per_gig"
            ),
            models.CheckConstraint(
                name="package_tier_is_known", condition=Q(tier__in=Tier.values)
            ),
            models.CheckConstraint(
                name="package_price_is_sensible",
                condition=Q(price__gte=LOWEST_PRICE, price__lte=PRICE_LIMIT),
            ),
            models.CheckConstraint(
                name="package_delivery_takes_a_day_to_a_year",
                condition=Q(delivery_days__gte=1, delivery_days__lte=365),
            ),
            models.CheckConstraint(
                name="package_revisions_are_at_most_fifty",
                condition=Q(revisions__lte=50),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_tier_display()}: {self.name}"

    def due_at(self, *, paid_at: datetime) -> datetime:
        """When the work is due if the money comes at `paid_at`."""
        return paid_at + timedelta(days=self.delivery_days)


class ExtraKind(models.TextChoices):
    FASTER = "faster", _("Faster delivery")
    REVISION = "revision", _("More revisions")
    CUSTOM = "custom", _("Something of your own")


class GigExtra(models.Model):
    """What a buyer may add to any package of the gig, once, for a price of its own.

    It changes the package's days and revisions by so many; fewer days is sooner.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    gig = models.ForeignKey("Gig", models.CASCADE, related_name="extras")
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    kind = models.CharField(
        _("kind"), max_length=10, choices=ExtraKind, default=ExtraKind.CUSTOM
    )
    title = models.CharField(_("title"), max_length=80, blank=True)
    price = models.PositiveBigIntegerField(_("price"), help_text=_("Minor units."))
    days = models.SmallIntegerField(_("days"), default=0)
    revisions = models.PositiveSmallIntegerField(_("revisions"), default=0)

    class Meta:
        verbose_name = _("extra")
        verbose_name_plural = _("extras")
        constraints = [
            models.CheckConstraint(
                name="extra_kind_is_known", condition=Q(kind__in=ExtraKind.values)
            ),
            models.CheckConstraint(
                name="extra_price_is_sensible",
                condition=Q(price__gte=LOWEST_EXTRA, price__lte=EXTRA_PRICE_LIMIT),
            ),
            models.CheckConstraint(
                name="extra_faster_saves_days_and_no_other_does",
                condition=Q(kind=ExtraKind.FASTER, days__gte=-364, days__lte=-1)
                | (~Q(kind=ExtraKind.FASTER) & Q(days__gte=0, days__lte=90)),
            ),
            models.CheckConstraint(
                name="extra_revision_adds_some_and_no_other_does",
                condition=Q(
                    kind=ExtraKind.REVISION, revisions__gte=1, revisions__lte=20
                )
                | (~Q(kind=ExtraKind.REVISION) & Q(revisions=0)),
            ),
            models.CheckConstraint(
                name="extra_custom_has_a_title",
                condition=~Q(kind=ExtraKind.CUSTOM) | ~Q(title=""),
            ),
            models.UniqueConstraint(
                fields=["gig", "kind"],
                condition=~Q(kind=ExtraKind.CUSTOM),
                name="extra_of_our_own_kinds_is_once_per_gig",
            ),
        ]
        indexes = [models.Index(fields=["gig", "position"], name="extra_in_order")]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """What the buyer reads; what we know the meaning of, we say ourselves."""
        if self.kind == ExtraKind.FASTER:
            text = ngettext(
                "Delivery %(count)s day sooner",
                "Delivery %(count)s days sooner",
                -self.days,
            )
            return text % {"count": -self.days}
        if self.kind == ExtraKind.REVISION:
            text = ngettext(
                "%(count)s more revision", "%(count)s more revisions", self.revisions
            )
            return text % {"count": self.revisions}
        return self.title

    def fits(self, package: GigPackage) -> bool:
        """Whether it can be added to a package: no work is done in less than a day."""
        return package.delivery_days + self.days >= 1
