"""The shop window: categories, gigs, and what belongs to a gig."""

from gigs.models.changes import GigChange
from gigs.models.favorites import Favorite
from gigs.models.gigs import ON_OFFER, Gig, GigAddress
from gigs.models.packages import (
    EXTRA_PRICE_LIMIT,
    LOWEST_EXTRA,
    LOWEST_PRICE,
    PRICE_LIMIT,
    ExtraKind,
    GigExtra,
    GigPackage,
    Tier,
)
from gigs.models.pictures import GigImage, PictureUpload
from gigs.models.questions import GigFaq, GigRequirement, RequirementKind
from gigs.models.search import (
    QUALITY_OF_THE_UNKNOWN,
    Listing,
    PopularSearch,
    SearchWord,
)
from gigs.models.shelves import Category, Tag
from gigs.models.unsaved import UnsavedStep
from gigs.models.views import GigDay

__all__ = [
    "EXTRA_PRICE_LIMIT",
    "LOWEST_EXTRA",
    "LOWEST_PRICE",
    "ON_OFFER",
    "PRICE_LIMIT",
    "QUALITY_OF_THE_UNKNOWN",
    "Category",
    "ExtraKind",
    "Favorite",
    "Gig",
    "GigAddress",
    "GigChange",
    "GigDay",
    "GigExtra",
    "GigFaq",
    "GigImage",
    "GigPackage",
    "GigRequirement",
    "Listing",
    "PictureUpload",
    "PopularSearch",
    "RequirementKind",
    "SearchWord",
    "Tag",
    "Tier",
    "UnsavedStep",
]
