"""What all JSON of ours has in common: names in camel case, money as whole minor units."""

from django.db.models import TextChoices
from pydantic import BaseModel, ConfigDict, Field, WithJsonSchema
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


def one_of(choices: type[TextChoices]) -> WithJsonSchema:
    """Beside the type of a field: tells its values on the spot.

    The document knows types by their bare names, and a `Status` of something there are many.
    """
    return WithJsonSchema({"type": "string", "enum": choices.values})
