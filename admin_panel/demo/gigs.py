"""The gigs of the demo data, made as their sellers would make them."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import IO

from django.db import transaction

from accounts.models import User
from admin_panel.demo import covers
from admin_panel.demo.people import SELLERS
from admin_panel.demo.shelves import SHELVES, extras
from admin_panel.demo.texts import CRAFTS, OFFERS, Craft, Offer
from gigs import actions
from gigs.models import Category, Gig
from gigstream.core.ids import uuid7
from gigstream.services.cloudinary import Picture

AUDIENCES = [
    "small museums",
    "family hotels",
    "dental practices",
    "bike shops",
    "law firms",
    "music schools",
    "garden centres",
    "food trucks",
    "yoga studios",
]
"""Whom a gig is for, when more are wanted than there are texts."""

LIKED = 6
LOOSE = {"and", "so", "that", "with", "for", "in", "or", "it", "you", "your"}
"""Words that a shortened title must not end with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A gig to be made, and where in the row it stands."""

    number: int
    offer: Offer
    craft: Craft

    @property
    def shelf(self) -> str:
        """The address of the sub-category: each text of a craft has its own."""
        texts = [offer for offer in OFFERS if offer.craft == self.craft.slug]
        place = [offer.description for offer in texts].index(self.offer.description)
        return SHELVES[self.craft.slug].parts[place][0]

    @property
    def round(self) -> int:
        """0 for a text of its own; later ones sell it again, to somebody in particular."""
        return self.number // len(OFFERS)

    def covers(self) -> Iterator[IO[bytes]]:
        """Its drawings; a text that is sold again shows a small one, or the seeding takes long."""
        first = self.number + 100 * self.round
        count = 1 if self.round else self.offer.pictures
        size = covers.SMALL if self.round else covers.SIZE
        for place in range(count):
            seed = first + 24 * place
            yield covers.draw(self.craft.motif, seed=seed, size=size)


def plans(count: int) -> list[Plan]:
    """The gigs that are still missing of the first `count`, the newest first."""
    known = set(Gig.objects.values_list("seller__email", "title"))
    emails = {person.key: person.email for person in SELLERS}
    return [
        plan
        for plan in _all_plans(count)
        if (emails[plan.offer.seller], plan.offer.title) not in known
    ]


def made(count: int) -> list[Gig]:
    """The first `count` gigs of the demo that are there, in the order of the plans."""
    gigs = {gig.title: gig for gig in Gig.objects.filter(seller__email__in=_emails())}
    titles = [plan.offer.title for plan in _all_plans(count)]
    return [gigs[title] for title in titles if title in gigs]


def like(gigs: list[Gig], buyer: User, *, now: datetime) -> None:
    """Save a few gigs before anything is bought; a second run saves none again."""
    if not buyer.purchases.exists():
        for gig in gigs[1 : LIKED + 1]:
            actions.save(gig_id=gig.pk, actor=buyer, now=now)


def _emails() -> list[str]:
    return [person.email for person in SELLERS]


def _all_plans(count: int) -> Iterator[Plan]:
    crafts = {craft.slug: craft for craft in CRAFTS}
    for number in range(count):
        offer = _offer(number)
        yield Plan(number=number, offer=offer, craft=crafts[offer.craft])


def _offer(number: int) -> Offer:
    """One gig of each craft in turn; after the last text, the first again for somebody else."""
    crafts, each = len(CRAFTS), len(OFFERS) // len(CRAFTS)
    round_, place = divmod(number, len(OFFERS))
    offer = OFFERS[place % crafts * each + place // crafts]
    if not round_:
        return offer
    return replace(offer, title=_retitled(offer.title, round_ - 1, place))


def _retitled(title: str, round_: int, place: int) -> str:
    """The same work for somebody in particular, in at most 80 letters."""
    audience = AUDIENCES[(round_ + place) % len(AUDIENCES)]
    edition = f" {round_ // len(AUDIENCES) + 1}" if round_ >= len(AUDIENCES) else ""
    ending = f", for {audience}{edition}"
    words = title.split()
    while len(" ".join(words)) + len(ending) > 80 or words[-1] in LOOSE:
        words.pop()
    return " ".join(words) + ending


def stock_shelves() -> dict[str, Category]:
    """Make the categories that are missing, in their order, and those within them."""
    shelves = {}
    for position, craft in enumerate(CRAFTS):
        values = {
            "name": craft.name,
            "icon": craft.icon,
            "description": craft.description,
            "position": position,
        }
        whole, _ = Category.objects.get_or_create(slug=craft.slug, defaults=values)
        for place, (slug, name) in enumerate(SHELVES[craft.slug].parts):
            part = {
                "name": name,
                "icon": craft.icon,
                "parent": whole,
                "position": place,
            }
            shelves[slug], _ = Category.objects.get_or_create(slug=slug, defaults=part)
    return shelves


@transaction.atomic
def make_gig(
    plan: Plan,
    seller: User,
    category: Category,
    pictures: list[Picture],
    *,
    now: datetime,
) -> Gig:
    """Write, illustrate and publish one gig, before the first of the demo's orders."""
    written_at = now - timedelta(days=120 + plan.number, hours=plan.number * 5 % 24)
    gig = actions.create(
        gig_id=uuid7(),
        actor=seller,
        currency="usd",
        now=written_at,
        content=actions.GigContent(
            title=plan.offer.title,
            category=category,
            description=plan.offer.description,
            tags=plan.offer.tags,
            packages=plan.offer.packages,
            extras=extras(plan.craft.slug, plan.offer.packages[0]),
            faqs=SHELVES[plan.craft.slug].faqs,
            questions=plan.offer.questions,
        ),
    )
    for picture in pictures:
        actions.add_picture(
            gig_id=gig.pk,
            actor=seller,
            picture=picture,
            alt=plan.craft.alt,
            now=written_at,
        )
    return actions.publish(gig_id=gig.pk, actor=seller, now=written_at)
