"""What a seller writes about a gig: its text, packages, questions and tags."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from gigs.actions.addresses import save_under_new_slug
from gigs.actions.locks import lock_own, refuse_gaps
from gigs.actions.moves import look_again
from gigs.models import (
    Category,
    Gig,
    GigExtra,
    GigFaq,
    GigPackage,
    GigRequirement,
    Tag,
    Tier,
    UnsavedStep,
)
from gigs.steps import Step
from gigstream.core.errors import NotAllowed, Stale

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
WRITTEN = ["title", "category", "description", "starting_price", "updated_at"]


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


@transaction.atomic
def create(
    *, gig_id: UUID, actor: User, content: GigContent, currency: str, now: datetime
) -> Gig:
    """Start a draft. It may have gaps; publishing is where they matter.

    The page chose the id, so that sending the same page twice makes one gig.
    """
    # Two sends of one page at once wait for each other here.
    seller = User.objects.select_for_update().get(pk=actor.pk)
    if not seller.is_seller:
        raise NotAllowed(_("Start selling first."))
    if existing := Gig.objects.of(seller).filter(pk=gig_id).first():
        return existing
    if Gig.objects.filter(pk=gig_id).exists():
        raise Stale(_("This page was used before. Please open a new one."))

    gig = Gig(id=gig_id, seller=seller, currency=currency, created_at=now)
    _write_text(gig, content, now=now)
    save_under_new_slug(gig)
    _write_parts(gig, content)
    return gig


@transaction.atomic
def update(
    *,
    gig_id: UUID,
    actor: User,
    content: GigContent,
    now: datetime,
    step: Step | None = None,
) -> Gig:
    """Replace what the seller wrote, or what of it `content` holds.

    Orders already placed keep the terms they froze. A draft keeps its address while its
    title is being found; later ones follow the title. What was typed in `step` and not
    saved is settled by this.
    """
    gig = lock_own(gig_id, actor)

    before = _face(gig)
    retitled = content.title not in {None, gig.title}
    _write_text(gig, content, now=now)
    if retitled and gig.published_at:
        save_under_new_slug(gig)
    else:
        gig.save(update_fields=WRITTEN)
    _write_parts(gig, content)
    gig.unsaved.filter(step=step).delete()
    if gig.is_on_offer:
        refuse_gaps(gig)
    if _face(gig) != before:
        look_again(gig, now=now)
    return gig


@transaction.atomic
def keep(
    *,
    gig_id: UUID,
    actor: User,
    step: Step,
    typed: Mapping[str, list[str]],
    now: datetime,
) -> None:
    """Keep what was typed in a step as it stands, right or wrong; nobody else sees it."""
    gig = lock_own(gig_id, actor)
    UnsavedStep.objects.update_or_create(
        gig=gig, step=step, defaults={"typed": dict(typed), "kept_at": now}
    )


@transaction.atomic
def forget(*, gig_id: UUID, actor: User, step: Step) -> None:
    """Drop what was typed in a step and not saved."""
    lock_own(gig_id, actor).unsaved.filter(step=step).delete()


def _face(gig: Gig) -> list[Any]:
    """All that buyers see of a gig before they buy, but for its pictures, comparably."""
    if gig.published_at is None:
        return []
    packages = gig.packages.order_by("tier").values_list(*PACKAGE_FACE)
    extras = gig.extras.order_by("position").values_list(*EXTRA_FACE)
    faqs = gig.faqs.order_by("position").values_list("question", "answer")
    tags = gig.tags.order_by("name").values_list("name", flat=True)
    words = gig.title, gig.description, gig.category_id
    return [words, list(packages), list(extras), list(faqs), list(tags)]


def _write_text(gig: Gig, content: GigContent, *, now: datetime) -> None:
    if content.title is not None:
        gig.title = content.title
    if content.category is not None:
        gig.category = content.category
    if content.description is not None:
        gig.description = content.description
    if content.packages is not None:
        prices = [package.price for package in content.packages]
        # A gig on offer must have a price; losing it is refused with words, not by the database.
        gig.starting_price = min(
            prices, default=gig.starting_price if gig.is_on_offer else None
        )
    gig.updated_at = now


def _write_parts(gig: Gig, content: GigContent) -> None:
    if content.packages is not None:
        _write_packages(gig, content.packages)
    if content.extras is not None:
        _write_extras(gig, content.extras)
    if content.faqs is not None:
        _write_faqs(gig, content.faqs)
    if content.questions is not None:
        _write_questions(gig, content.questions)
    if content.tags is not None:
        _write_tags(gig, content.tags)
    for picture in gig.images.filter(pk__in=content.picture_texts):
        picture.alt = content.picture_texts[picture.pk]
        picture.save(update_fields=["alt"])


def _write_packages(gig: Gig, packages: Sequence[PackageTerms]) -> None:
    gig.packages.exclude(tier__in=[package.tier for package in packages]).delete()
    for package in packages:
        terms = {**asdict(package), "features": list(package.features)}
        GigPackage.objects.update_or_create(
            gig=gig, tier=terms.pop("tier"), defaults=terms
        )


def _write_extras(gig: Gig, extras: Sequence[ExtraTerms]) -> None:
    """Keep the row of an extra that is still offered, so that open checkouts stay good."""
    known = {(row.kind, row.title): row for row in gig.extras.all()}
    kept = []
    for position, terms in enumerate(extras):
        row = known.pop((terms.kind, terms.title), None) or GigExtra(gig=gig)
        row.position = position
        for name, value in asdict(terms).items():
            setattr(row, name, value)
        kept.append(row)
    gig.extras.exclude(pk__in=[row.pk for row in kept]).delete()
    for row in kept:
        row.save()


def _write_faqs(gig: Gig, faqs: Sequence[Faq]) -> None:
    gig.faqs.all().delete()
    GigFaq.objects.bulk_create(
        GigFaq(gig=gig, position=position, **asdict(faq))
        for position, faq in enumerate(faqs)
    )


def _write_questions(gig: Gig, questions: Sequence[Question]) -> None:
    """Keep the row of a question that is still asked, so that open checkouts stay good."""
    known = {row.question: row for row in gig.requirements.all()}
    kept = []
    for position, asked in enumerate(questions):
        row = known.pop(asked.question, None) or GigRequirement(gig=gig)
        row.position = position
        row.question = asked.question
        row.kind = asked.kind
        row.options = list(asked.options)
        row.required = asked.required
        row.save()
        kept.append(row.pk)
    gig.requirements.exclude(pk__in=kept).delete()


def _write_tags(gig: Gig, names: Sequence[str]) -> None:
    Tag.objects.bulk_create([Tag(name=name) for name in names], ignore_conflicts=True)
    gig.tags.set(Tag.objects.filter(name__in=names))
