"""Gigs as JSON: what is told of them, and what a seller sends. Prices are minor units."""

import unicodedata
from collections.abc import Iterable
from datetime import date, datetime
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import AfterValidator, Field, StringConstraints

from gigs.market import BEST_MATCH
from gigs.models import (
    EXTRA_PRICE_LIMIT,
    LOWEST_EXTRA,
    LOWEST_PRICE,
    PRICE_LIMIT,
    Category,
    Gig,
    GigImage,
)
from gigs.offers import Offer
from gigs.search.words import LONGEST
from gigs.status import GigStatus
from gigstream.core.api import Page, Paging, Schema

TierName = Literal["basic", "standard", "premium"]


def line(most: int, *, least: int = 1) -> StringConstraints:
    """A text of so many characters, without the spaces around it."""
    return StringConstraints(strip_whitespace=True, min_length=least, max_length=most)


# --- What is told ----------------------------------------------------------------


class SellerBrief(Schema):
    """Who offers a gig."""

    id: UUID
    name: str
    username: str | None
    avatar: str | None = Field(description="A picture of 150 by 150, if there is one.")
    is_verified: bool


class GigCard(Schema):
    """A gig as lists show it."""

    id: UUID
    slug: str
    title: str
    starting_price: int | None = Field(description="Minor units.")
    currency: str
    rating: float | None
    review_count: int
    image: str | None = Field(description="The first picture, 400 by 300.")
    colour: str | None = Field(description="Its main colour, to fill its place.")
    seller: SellerBrief
    is_saved: bool = Field(description="Among the favorites of whoever asks.")

    @classmethod
    def of(cls, gig: Gig, *, is_saved: bool) -> Self:
        """The caller has selected the seller, and prefetched the pictures or set the cover."""
        cover = gig.cover
        return cls(
            id=gig.pk,
            slug=gig.slug,
            title=gig.title,
            starting_price=gig.starting_price,
            currency=gig.currency,
            rating=None if gig.rating is None else float(gig.rating),
            review_count=gig.review_count,
            image=cover.small if cover else None,
            colour=(cover.colour or None) if cover else None,
            seller=seller_of(gig),
            is_saved=is_saved,
        )


class GigPage(Page[GigCard]):
    """A part of what was found."""

    total: int = Field(description="How many there are; counting stops at 1,001.")
    searched_for: str = Field(
        description="The words that were searched for; mended where they were misspelt."
    )


class Saved(Schema):
    """A gig in a person's list."""

    gig: GigCard
    is_on_offer: bool
    saved_at: datetime


class CategoryOut(Schema):
    """A shelf of the market, and those that stand on it."""

    slug: str
    name: str
    children: list["CategoryOut"]


class CategoryList(Schema):
    items: list[CategoryOut]


class PackageOut(Schema):
    """What a buyer gets for one price; `total` is the price with the service fee."""

    tier: TierName
    name: str
    description: str
    price: int
    fee: int
    total: int
    delivery_days: int
    revisions: int
    features: list[str]

    @classmethod
    def of(cls, offer: Offer) -> Self:
        package = offer.package
        return cls(
            tier=package.tier,
            name=package.name,
            description=package.description,
            price=package.price,
            fee=offer.fee,
            total=offer.total,
            delivery_days=package.delivery_days,
            revisions=package.revisions,
            features=package.features,
        )


class ExtraOut(Schema):
    """What may be added to a package; `days` may be negative: sooner."""

    id: UUID
    kind: Literal["faster", "revision", "custom"]
    name: str
    price: int
    days: int
    revisions: int


class FaqOut(Schema):
    question: str
    answer: str


class QuestionOut(Schema):
    """What the seller wants to know before starting."""

    id: UUID
    question: str
    kind: Literal["text", "choice", "file"]
    options: list[str]
    required: bool


class PictureOut(Schema):
    """A picture: `url` is 400 by 300, `large` at most 1920 by 1080."""

    id: UUID
    url: str
    large: str
    width: int
    height: int
    alt: str

    @classmethod
    def of(cls, image: GigImage) -> Self:
        return cls(
            id=image.pk,
            url=image.small,
            large=image.large,
            width=image.width,
            height=image.height,
            alt=image.alt,
        )


class GigOut(GigCard):
    """All of a gig."""

    status: Literal["draft", "in_review", "active", "paused", "rejected", "archived"]
    description: str
    category: str = Field(description="Its address, as in /api/categories.")
    tags: list[str]
    packages: list[PackageOut]
    extras: list[ExtraOut]
    faqs: list[FaqOut]
    questions: list[QuestionOut]
    images: list[PictureOut]
    completed_orders: int
    published_at: datetime | None
    away_until: date | None = Field(description="The day on which a seller is back.")
    is_own: bool
    missing: list[str] | None = Field(
        description="For its seller: what it lacks before it can be on offer."
    )
    change_waits: bool | None = Field(
        description="For its seller: whether staff look at a change of it."
    )


class OwnGig(Schema):
    """A line in a seller's list."""

    id: UUID
    slug: str
    title: str
    status: Literal["draft", "in_review", "active", "paused", "rejected", "archived"]
    starting_price: int | None
    currency: str
    updated_at: datetime
    rejection_reason: str


class SuggestionOut(Schema):
    kind: Literal["queries", "categories", "sellers"]
    text: str
    note: str
    path: str = Field(description="Where it leads to on this site.")


class Suggestions(Schema):
    items: list[SuggestionOut]


def seller_of(gig: Gig) -> SellerBrief:
    seller = gig.seller
    return SellerBrief(
        id=seller.pk,
        name=seller.full_name,
        username=seller.username,
        avatar=seller.avatar_url() or None,
        is_verified=seller.seller_verified_at is not None,
    )


def category_tree(rows: Iterable[Category]) -> list[CategoryOut]:
    everything = list(rows)
    return [
        CategoryOut(
            slug=top.slug,
            name=top.name,
            children=[
                CategoryOut(slug=each.slug, name=each.name, children=[])
                for each in everything
                if each.parent_id == top.pk
            ],
        )
        for top in everything
        if top.parent_id is None
    ]


# --- What is asked for ----------------------------------------------------------------


class GigSearch(Paging):
    """What is looked for. Different filters must all hold; of several values of one, any."""

    q: str = Field("", max_length=LONGEST, description="Words, as in the search field.")
    category: list[Annotated[str, Field(max_length=60)]] = Field(
        default_factory=list,
        max_length=12,
        description="Addresses or names, as in /api/categories.",
    )
    min_price: int | None = Field(None, ge=0, le=PRICE_LIMIT)
    max_price: int | None = Field(None, ge=0, le=PRICE_LIMIT)
    delivery: Literal["1", "3", "7", "14"] | None = Field(
        None, description="Days at most."
    )
    rating: Literal["4", "4.5", "4.8"] | None = Field(None, description="At least.")
    language: list[Annotated[str, Field(pattern="^[a-z]{2}$")]] = Field(
        default_factory=list, max_length=12, description="Spoken by the seller."
    )
    online: bool = Field(False, description="Only sellers who are here now.")
    verified: bool = Field(False, description="Only sellers whom staff know.")
    sort: Literal[
        "best", "selling", "rating", "price", "price-high", "fastest", "newest"
    ] = BEST_MATCH  # type: ignore[assignment]


class SuggestionWish(Schema):
    q: str = Field(
        max_length=LONGEST, description="What was typed; two letters or more."
    )


class OwnGigs(Paging):
    status: GigStatus | None = Field(None, description="Without it, all but archived.")


# --- What a seller sends ----------------------------------------------------------------


class PackageIn(Schema):
    tier: TierName
    name: Annotated[str, line(60)]
    description: Annotated[str, line(300)]
    price: int = Field(ge=LOWEST_PRICE, le=PRICE_LIMIT, description="Minor units.")
    delivery_days: int = Field(ge=1, le=365)
    revisions: int = Field(0, ge=0, le=50)
    features: list[Annotated[str, line(60)]] = Field(
        default_factory=list, max_length=10
    )


class FasterIn(Schema):
    """Delivery so many days sooner."""

    kind: Literal["faster"]
    price: int = Field(ge=LOWEST_EXTRA, le=EXTRA_PRICE_LIMIT)
    days: int = Field(ge=1, le=364)


class RevisionIn(Schema):
    """So many more revisions."""

    kind: Literal["revision"]
    price: int = Field(ge=LOWEST_EXTRA, le=EXTRA_PRICE_LIMIT)
    revisions: int = Field(ge=1, le=20)


class CustomIn(Schema):
    """Something of the seller's own, which may take some days more."""

    kind: Literal["custom"]
    title: Annotated[str, line(80)]
    price: int = Field(ge=LOWEST_EXTRA, le=EXTRA_PRICE_LIMIT)
    days: int = Field(0, ge=0, le=90)


ExtraIn = Annotated[FasterIn | RevisionIn | CustomIn, Field(discriminator="kind")]


class FaqIn(Schema):
    question: Annotated[str, line(150)]
    answer: Annotated[str, line(1000)]


class QuestionIn(Schema):
    question: Annotated[str, line(300)]
    kind: Literal["text", "choice", "file"] = "text"
    options: list[Annotated[str, line(100)]] = Field(
        default_factory=list,
        max_length=20,
        description="Two or more, for a choice; without effect for others.",
    )
    required: bool = True


def _as_kept(tags: list[str]) -> list[str]:
    """As the editor writes them, which may make them longer."""
    lower = (unicodedata.normalize("NFKC", tag).lower() for tag in tags)
    kept = list(dict.fromkeys(" ".join(tag.split()) for tag in lower))
    if any("," in tag or not 2 <= len(tag) <= 30 for tag in kept):
        raise ValueError("A tag has between 2 and 30 letters, and no comma.")
    return kept


def _once_per_tier(packages: list[PackageIn]) -> list[PackageIn]:
    if len({package.tier for package in packages}) < len(packages):
        raise ValueError("There is one package of each tier.")
    return packages


def _once_per_kind(extras: list[ExtraIn]) -> list[ExtraIn]:
    kinds = [extra.kind for extra in extras if extra.kind != "custom"]
    titles = [extra.title for extra in extras if isinstance(extra, CustomIn)]
    if len(set(kinds)) < len(kinds) or len(set(titles)) < len(titles):
        raise ValueError("Each extra is named once.")
    return extras


def _real_choices(questions: list[QuestionIn]) -> list[QuestionIn]:
    for asked in questions:
        if asked.kind == "choice" and len(set(asked.options)) < 2:
            raise ValueError("A choice has at least two different options.")
    if len({asked.question for asked in questions}) < len(questions):
        raise ValueError("Each question is asked once.")
    return questions


Tags = Annotated[
    list[Annotated[str, StringConstraints(pattern=r"^[^,\s][^,]{0,28}[^,\s]$")]],
    Field(max_length=5),
    AfterValidator(_as_kept),
]
Packages = Annotated[
    list[PackageIn], Field(max_length=3), AfterValidator(_once_per_tier)
]
Extras = Annotated[list[ExtraIn], Field(max_length=7), AfterValidator(_once_per_kind)]
Questions = Annotated[
    list[QuestionIn], Field(max_length=10), AfterValidator(_real_choices)
]


class GigEdit(Schema):
    """What is to be said of a gig. What is left out stays as it is; a list is replaced whole."""

    title: Annotated[str, line(80)] | None = None
    category: str | None = Field(None, max_length=60, description="Its address.")
    description: str | None = Field(None, max_length=6000)
    tags: Tags | None = None
    packages: Packages | None = None
    extras: Extras | None = None
    faqs: list[FaqIn] | None = Field(None, max_length=10)
    questions: Questions | None = None


class GigIn(GigEdit):
    """A new gig: a draft until it is published."""

    title: Annotated[str, line(80)]
    category: str = Field(max_length=60, description="Its address.")


class SaveIn(Schema):
    gig_id: UUID
