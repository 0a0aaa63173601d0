"""People as JSON: what is told of them, and what they send to come in."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import EmailStr, Field, StringConstraints

from accounts.models import User, Work
from gigstream.core.api import Schema

Password = Annotated[str, StringConstraints(min_length=1, max_length=512)]
Email = Annotated[EmailStr, Field(max_length=254)]


class Notice(Schema):
    """Words for the person; they are the same for everybody, account or not."""

    message: str


class PersonBrief(Schema):
    """Somebody, as others see them in passing."""

    id: UUID
    name: str
    username: str | None
    avatar: str | None

    @classmethod
    def of(cls, person: User) -> Self:
        return cls(
            id=person.pk,
            name=person.full_name,
            username=person.username,
            avatar=person.avatar_url() or None,
        )


class Profile(PersonBrief):
    """What somebody says of themselves, and what is said of them."""

    headline: str
    bio: str
    location: str
    country: str = Field(description="ISO 3166, two letters; empty if it is not said.")
    spoken_languages: list[str]
    skills: list[str]
    is_seller: bool
    is_verified: bool
    rating: float | None
    review_count: int


def _said(person: User) -> dict[str, Any]:
    return {
        **dict(PersonBrief.of(person)),
        "headline": person.headline,
        "bio": person.bio,
        "location": person.location,
        "country": str(person.country or ""),
        "spoken_languages": person.spoken_languages,
        "skills": person.skills,
        "is_seller": person.is_seller,
        "is_verified": person.seller_verified_at is not None,
        "rating": None if person.rating is None else float(person.rating),
        "review_count": person.review_count,
    }


def _month(moment: datetime) -> date:
    """Others learn the month, as on the page, and not the moment."""
    return moment.date().replace(day=1)


class WorkOut(Schema):
    """A piece of a seller's portfolio."""

    title: str
    text: str
    picture: str


class Person(Profile):
    """Somebody, as everybody sees them."""

    member_since: date = Field(description="The month, by its first day.")
    selling_since: date | None = Field(description="The month, too.")
    back_on: date | None = Field(description="For a seller on vacation.")
    works: list[WorkOut]

    @classmethod
    def shown(cls, person: User, works: Iterable[Work], *, at: datetime) -> Self:
        return cls(
            **_said(person),
            member_since=_month(person.joined_at),
            selling_since=person.selling_since and _month(person.selling_since),
            back_on=person.away_until(at=at),
            works=[
                WorkOut(title=work.title, text=work.text, picture=work.large)
                for work in works
            ],
        )


class Me(Profile):
    """What somebody sees of themselves."""

    email: str
    language: str
    time_zone: str
    is_staff: bool
    joined_at: datetime

    @classmethod
    def of(cls, person: User) -> Self:
        return cls(
            **_said(person),
            email=person.email,
            language=person.language,
            time_zone=person.time_zone,
            is_staff=person.is_staff,
            joined_at=person.joined_at,
        )


class SessionOut(Schema):
    """Who is logged in here, until when, and what proves that a request is meant."""

    user: Me | None
    expires: datetime | None
    csrf_token: str = Field(description="To be sent as X-CSRFToken.")


class RegisterIn(Schema):
    email: Email
    password: Password
    full_name: str = Field(min_length=1, max_length=300)


class LoginIn(Schema):
    email: Email
    password: Password
    remember: bool = Field(False, description="Stay logged in on this device.")


class ForgotIn(Schema):
    email: Email


class ResetIn(Schema):
    token: str = Field(
        max_length=300, description="The end of the link in the mail, as in abc-def."
    )
    password: Password


class ProfileEdit(Schema):
    """What is left out stays as it is."""

    full_name: str | None = Field(None, min_length=1, max_length=300)
    headline: str | None = Field(None, max_length=120)
    bio: str | None = Field(None, max_length=2000)
    location: str | None = Field(None, max_length=100)
    country: str | None = Field(None, max_length=2)
    spoken_languages: list[str] | None = Field(None, max_length=50)
    skills: list[Annotated[str, StringConstraints(pattern="^[^,]{1,40}$")]] | None = (
        Field(None, max_length=15)
    )
