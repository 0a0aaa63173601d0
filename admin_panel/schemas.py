"""What staff look at and change, as JSON."""

from datetime import date
from typing import Annotated, Literal

from pydantic import ConfigDict, Field, StringConstraints
from pydantic.alias_generators import to_camel

from admin_panel.demo import FEWEST_GIGS
from gigstream.core.api import Schema
from gigstream.core.models import Settings


class AllSettings(Settings):
    """The rules of the marketplace, and the face of the site."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True)


class SettingsOut(Schema):
    """What is in force, by the number of its version."""

    version: int = Field(description="0 where nobody has changed anything.")
    settings: AllSettings


class SettingsIn(Schema):
    settings: dict[str, bool | int | str | None] = Field(
        max_length=60, description="Those that are to change, by their names."
    )
    version: int = Field(
        ge=0, le=2**31 - 1, description="What you saw; another one is a 409."
    )
    reason: Annotated[
        str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000)
    ]


class RevenueWish(Schema):
    period: Literal["30d", "12m"] = Field("30d", description="By day, or by month.")


class RevenueSums(Schema):
    """Minor units."""

    gross: int = Field(description="What buyers paid.")
    fees: int = Field(description="Fees and commissions earned.")
    refunds: int = Field(description="What went back to buyers.")
    net: int = Field(description="Fees less costs.")


class RevenuePoint(Schema):
    """A day of the business time zone, or the month that begins on it."""

    day: date
    sums: RevenueSums


class RevenueOut(Schema):
    period: Literal["30d", "12m"]
    currency: str
    points: list[RevenuePoint]
    total: RevenueSums
    before: RevenueSums = Field(description="The sum of as long a time before.")


class SeedIn(Schema):
    gigs: int = Field(120, ge=FEWEST_GIGS, le=1000, description="How many in all.")


class Accepted(Schema):
    message: str
