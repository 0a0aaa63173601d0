"""What all JSON of ours has in common: names in camel case, money as whole minor units."""

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel


class Schema(BaseModel):
    """Something that is sent or answered. Fields that nobody knows have no effect."""

    model_config = ConfigDict(
        alias_generator=to_camel, populate_by_name=True, ser_json_timedelta="iso8601"
    )


class Money(Schema):
    """An amount, as in 12650 and usd for $126.50."""

    amount: int = Field(description="Minor units: cents, or whole yen.")
    currency: str = Field(description="ISO 4217, in lower case.", examples=["usd"])
