"""Platform settings: typed, versioned, in force for new orders only."""

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from pydantic import BaseModel, ConfigDict, Field

from gigstream.core import clock
from gigstream.core.ids import uuid7
from gigstream.core.money import share


class Policy(BaseModel):
    """The rules of the marketplace. An order freezes those in force when it is placed."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    currency: str = Field("usd", pattern="^[a-z]{3}$")
    service_fee_bps: int = Field(1000, ge=0, le=5000, description="Paid by the buyer.")
    commission_bps: int = Field(0, ge=0, le=5000, description="Kept from the seller.")
    unpaid_expires_minutes: int = Field(60, ge=5, le=1440)
    review_window_days: int = Field(3, ge=1, le=30)
    review_extension_days: int = Field(4, ge=1, le=30)
    late_grace_hours: int = Field(24, ge=0, le=336)
    clearance_days: int = Field(7, ge=0, le=90)
    gig_moderation: bool = Field(
        False, description="Staff look at a gig before it is on offer."
    )
    proposal_hours: int = Field(48, ge=1, le=336, description="To answer a proposal.")
    dispute_hours: int = Field(
        72, ge=1, le=336, description="To answer a dispute, before staff look at it."
    )
    review_days: int = Field(14, ge=1, le=90, description="To review each other.")
    payout_minimum: int = Field(
        20_00, ge=1, le=10_000_00, description="In minor units."
    )
    payout_daily_maximum: int = Field(
        10_000_00, ge=1, le=1_000_000_00, description="In minor units."
    )
    payouts_per_day: int = Field(10, ge=1, le=1000)
    payout_freeze_hours: int = Field(72, ge=0, le=720)

    def service_fee(self, price: int) -> int:
        """What the buyer pays on top of a price; both in minor units."""
        return share(price, self.service_fee_bps)

    def commission(self, price: int) -> int:
        """What the seller leaves of a price; both in minor units."""
        return share(price, self.commission_bps)


class PlatformSettingQuerySet(models.QuerySet["PlatformSetting"]):
    def in_force(self) -> Policy:
        """The newest version, or the defaults where nobody has set anything yet."""
        values = self.order_by("-version").values_list("values", flat=True).first()
        return Policy(**values) if values else Policy()


class PlatformSetting(models.Model):
    """One version of the policy. A change adds a row, so the table is its own history."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    version = models.PositiveIntegerField(unique=True)
    values = models.JSONField()
    set_at = models.DateTimeField(default=clock.now)
    set_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    reason = models.TextField(blank=True)

    objects = PlatformSettingQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="platform_setting_version_starts_at_one",
                condition=Q(version__gte=1),
            )
        ]

    def __str__(self) -> str:
        return f"version {self.version}"

    @classmethod
    def following(cls, current: Self | None, policy: Policy) -> Self:
        """The next version, unsaved; two people saving at once collide on `version`."""
        return cls(
            version=current.version + 1 if current else 1, values=policy.model_dump()
        )
