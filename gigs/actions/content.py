"""What a seller says of a gig, as values: to be written, kept, and compared."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any
from uuid import UUID

from gigs.models import Category, Gig, Tier
from gigs.steps import STEP_OF

PACKAGE_FACE = [
    "tier",
    "name",
    "description",
    "price",
    "delivery_days",
    "revisions",
    "features",
]
EXTRA_FACE = ["kind", "title", "price", "days", "revisions"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PackageTerms:
    """What a buyer gets for one price."""

    tier: Tier
    name: str
    description: str
    price: int
    delivery_days: int
    revisions: int
    features: Sequence[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What the seller wants to know before starting."""

    question: str
    kind: str
    options: Sequence[str] = ()
    required: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtraTerms:
    """What a buyer may add to a package; fewer days is sooner."""

    kind: str
    price: int
    title: str = ""
    days: int = 0
    revisions: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Faq:
    """A question that buyers ask, and its answer."""

    question: str
    answer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GigContent:
    """What a seller wrote, or one step of it: None leaves a part as it is.

    Pictures come and go by themselves; here are only the words beneath them.
    """

    title: str | None = None
    category: Category | None = None
    description: str | None = None
    tags: Sequence[str] | None = None
    packages: Sequence[PackageTerms] | None = None
    extras: Sequence[ExtraTerms] | None = None
    faqs: Sequence[Faq] | None = None
    questions: Sequence[Question] | None = None
    picture_texts: Mapping[UUID, str] = field(default_factory=dict)


ROWS = {"packages": PackageTerms, "extras": ExtraTerms, "faqs": Faq}


def face_of(gig: Gig) -> dict[str, Any]:
    """What buyers see of a gig now, but for its pictures, as plain values."""
    packages = gig.packages.values(*PACKAGE_FACE)
    return {
        "title": gig.title,
        "category": str(gig.category_id),
        "description": gig.description,
        "tags": sorted(gig.tags.values_list("name", flat=True)),
        "packages": sorted(packages, key=_size),
        "extras": list(gig.extras.order_by("position").values(*EXTRA_FACE)),
        "faqs": list(gig.faqs.order_by("position").values("question", "answer")),
    }


def face_in(content: GigContent) -> dict[str, Any]:
    """The same of what somebody wrote, as far as it speaks of that."""
    said = {name: getattr(content, name) for name in STEP_OF}
    face = {name: value for name, value in said.items() if value is not None}
    if "category" in face:
        face["category"] = str(face["category"].pk)
    if "tags" in face:
        face["tags"] = sorted(face["tags"])
    for name in ROWS.keys() & face.keys():
        face[name] = [asdict(row) for row in face[name]]
    if "packages" in face:
        for row in face["packages"]:
            row["features"] = list(row["features"])
        face["packages"].sort(key=_size)
    return face


def content_of(face: Mapping[str, Any]) -> GigContent:
    """What was kept of a face, to be written; a category that has gone leaves the old one."""
    said = dict(face)
    for name in ROWS.keys() & said.keys():
        said[name] = [ROWS[name](**row) for row in said[name]]
    if "category" in said:
        said["category"] = Category.objects.filter(pk=said["category"]).first()
    return GigContent(**said)


def _size(package: Mapping[str, Any]) -> int:
    return list(Tier).index(package["tier"])
