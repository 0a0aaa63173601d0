"""Platform settings: typed, versioned, in force for new orders only."""

from datetime import datetime
from typing import Literal, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext_lazy as _
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, model_validator

from gigstream.core import clock
from gigstream.core.ids import uuid7
from gigstream.core.money import share


class Policy(BaseModel):
    """The rules of the marketplace. An order freezes those in force when it is placed."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    currency: str = Field("usd", pattern="^[a-z]{3}$")
    service_fee_bps: int = Field(
        1000, ge=0, le=5000, description=gettext_noop("Paid by the buyer.")
    )
    commission_bps: int = Field(
        0, ge=0, le=5000, description=gettext_noop("Kept from the seller.")
    )
    unpaid_expires_minutes: int = Field(60, ge=5, le=1440)
    review_window_days: int = Field(3, ge=1, le=30)
    review_extension_days: int = Field(4, ge=1, le=30)
    late_grace_hours: int = Field(24, ge=0, le=336)
    clearance_days: int = Field(7, ge=0, le=90)
    gig_moderation: bool = Field(
        False, description=gettext_noop("Staff look at a gig before it is on offer.")
    )
    proposal_hours: int = Field(
        48, ge=1, le=336, description=gettext_noop("To answer a proposal.")
    )
    dispute_hours: int = Field(
        72,
        ge=1,
        le=336,
        description=gettext_noop("To answer a dispute, before staff look at it."),
    )
    review_days: int = Field(
        14, ge=1, le=90, description=gettext_noop("To review each other.")
    )
    payout_minimum: int = Field(
        20_00, ge=1, le=10_000_00, description=gettext_noop("In minor units.")
    )
    payout_daily_maximum: int = Field(
        10_000_00, ge=1, le=1_000_000_00, description=gettext_noop("In minor units.")
    )
    payouts_per_day: int = Field(10, ge=1, le=1000)
    payout_freeze_hours: int = Field(72, ge=0, le=720)

    def service_fee(self, price: int) -> int:
        """What the buyer pays on top of a price; both in minor units."""
        return share(price, self.service_fee_bps)

    def commission(self, price: int) -> int:
        """What the seller leaves of a price; both in minor units."""
        return share(price, self.commission_bps)


class Site(BaseModel):
    """How the site shows itself to everybody, at once; no order keeps any of it."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)

    site_name: str = Field(
        "GigStream", min_length=1, max_length=40, pattern=r"^[^\x00-\x1f<>]+$"
    )
    maintenance: bool = Field(
        False,
        description=gettext_noop(
            "The site is closed to all but staff; Stripe still gets in."
        ),
    )
    maintenance_text: str = Field(
        "", max_length=500, description=gettext_noop("What visitors read meanwhile.")
    )
    announcement: str = Field(
        "", max_length=300, description=gettext_noop("A line on top of every page.")
    )
    announcement_level: Literal["info", "warning", "error"] = "info"
    announcement_from: AwareDatetime | None = None
    announcement_until: AwareDatetime | None = None
    announcement_dismissible: bool = Field(
        True, description=gettext_noop("People can close it for themselves.")
    )

    @model_validator(mode="after")
    def _announcement_ends_after_it_begins(self) -> Self:
        first, last = self.announcement_from, self.announcement_until
        if first and last and last <= first:
            raise ValueError("The announcement ends before it begins.")
        return self

    def announces(self, *, at: datetime) -> bool:
        """Whether the announcement is to be shown then."""
        first, last = self.announcement_from, self.announcement_until
        return (
            bool(self.announcement)
            and (first is None or first <= at)
            and (last is None or at < last)
        )


class Settings(Policy, Site):
    """All that an operator can set: the rules for new orders, and the face of the site."""

    @property
    def policy(self) -> Policy:
        return Policy(**self.model_dump(include=set(Policy.model_fields)))

    @property
    def site(self) -> Site:
        return Site(**self.model_dump(include=set(Site.model_fields)))


class PlatformSettingQuerySet(models.QuerySet["PlatformSetting"]):
    def in_force(self) -> Policy:
        """The newest version, or the defaults where nobody has set anything yet."""
        values = self.order_by("-version").values_list("values", flat=True).first()
        return Policy(**values) if values else Policy()

    def newest(self) -> tuple[int, Settings]:
        """All settings with the number of their version; 0 where nobody has set anything."""
        row = self.order_by("-version").values("version", "values", "site").first()
        if row is None:
            return 0, Settings()
        return row["version"], Settings(**row["values"], **row["site"])


class PlatformSetting(models.Model):
    """One version of the policy. A change adds a row, so the table is its own history."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    version = models.PositiveIntegerField(_("version"), unique=True)
    values = models.JSONField(
        _("rules"), help_text=_("The rules, as orders freeze them.")
    )
    site = models.JSONField(_("site"), default=dict, blank=True)
    set_at = models.DateTimeField(_("set on"), default=clock.now)
    set_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("set by"),
    )
    reason = models.TextField(_("reason"), blank=True)

    objects = PlatformSettingQuerySet.as_manager()

    class Meta:
        verbose_name = _("version of the rules")
        verbose_name_plural = _("rules")
        constraints = [
            models.CheckConstraint(
                name="platform_setting_version_starts_at_one",
                condition=Q(version__gte=1),
            )
        ]

    def __str__(self) -> str:
        return gettext("Version %(number)s") % {"number": self.version}

    @classmethod
    def following(cls, version: int, settings: Settings) -> Self:
        """The next version, unsaved; two people saving at once collide on `version`."""
        return cls(
            version=version + 1,
            values=settings.policy.model_dump(mode="json"),
            site=settings.site.model_dump(mode="json"),
        )
