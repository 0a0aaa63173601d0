"""Writing down what a seller says of a gig; the caller holds its lock."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime

from gigs.actions.addresses import save_under_new_slug
from gigs.actions.content import ExtraTerms, Faq, GigContent, PackageTerms, Question
from gigs.models import (
    Gig,
    GigExtra,
    GigFaq,
    GigImage,
    GigPackage,
    GigRequirement,
    Tag,
)

WRITTEN = ["title", "category", "description", "starting_price", "updated_at"]


def write(gig: Gig, content: GigContent, *, now: datetime) -> None:
    """Replace what `content` holds. A draft keeps its address; later they follow the title."""
    retitled = content.title not in {None, gig.title}
    write_text(gig, content, now=now)
    if retitled and gig.published_at:
        save_under_new_slug(gig)
    else:
        gig.save(update_fields=WRITTEN)
    write_parts(gig, content)


def write_text(gig: Gig, content: GigContent, *, now: datetime) -> None:
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


def write_parts(gig: Gig, content: GigContent) -> None:
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
    for picture in GigImage.objects.sent_for(gig).filter(pk__in=content.picture_texts):
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
