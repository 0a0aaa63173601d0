"""What staff look at and change, as JSON."""

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import ConfigDict, Field, StringConstraints
from pydantic.alias_generators import to_camel

from gigstream.core.api import Schema
from gigstream.core.models import Policy


class PolicyOut(Policy):
    """The rules of the marketplace."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True)


class SettingsOut(Schema):
    """The rules for orders that are placed now, and since when they are in force."""

    version: int = Field(description="0 for the rules that nobody has changed.")
    set_at: datetime | None
    policy: PolicyOut


class SettingsIn(Schema):
    policy: dict[str, bool | int | str] = Field(
        max_length=60, description="The rules that are to change, by their names."
    )
    version: int = Field(
        ge=0, le=2**31 - 1, description="What you saw; another one is a 409."
    )
    reason: Annotated[
        str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000)
    ]


class RevenueWish(Schema):
    period: Literal["30d", "12m"] = Field("30d", description="By day, or by month.")


class RevenueRow(Schema):
    """A day or a month in UTC; amounts are minor units."""

    begins: date
    payments: int
    volume: int = Field(description="What buyers paid, fees included.")
    revenue: int = Field(description="Fees and commissions earned, as in the ledger.")


class RevenueOut(Schema):
    period: Literal["30d", "12m"]
    currency: str
    rows: list[RevenueRow]


class SeedIn(Schema):
    gigs: int = Field(120, ge=1, le=1000, description="How many in all.")


class Accepted(Schema):
    message: str
