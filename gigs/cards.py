"""Cards of the market, rendered once per version of a gig and remembered by this process.

A card is the same for everybody but for its heart, of which there are two; both are kept.
The version counts every change of what a card shows. Only vacations begin and end by
themselves, so a card is not remembered for longer than an hour.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from uuid import UUID

from django.core.cache import caches
from django.db.models import OuterRef, QuerySet, Subquery
from django.template import Context
from django.template.loader import get_template
from django.utils.translation import get_language

from gigs.models import Gig, GigImage, Listing
from gigs.search import Found
from gigstream.core import clock, money

PARTS = ("gigs/_card_face.html", "components/_heart.html")
FIRST_ROW = 4  # their pictures are asked for at once
HOUR = 3600
COVER = ("public_id", "version", "tint")
SHOWN = (
    "title",
    "slug",
    "rating",
    "review_count",
    "starting_price",
    "currency",
    "seller__full_name",
    "seller__username",
    "seller__avatar_id",
    "seller__avatar_version",
    "seller__seller_verified_at",
    "seller__vacation_from",
    "seller__vacation_until",
    "seller__time_zone",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """A card as HTML."""

    pk: UUID
    html: str


def cards(
    listings: Sequence[Listing | Found],
    *,
    saved: Collection[UUID] = (),
    at_once: int = FIRST_ROW,
) -> list[Card]:
    """The cards of these listings in their order; those not remembered cost one query.

    The pictures of the first `at_once` are not put off until somebody scrolls to them.
    """
    memory = caches["memory"]
    look = f"{get_language()}:{money.is_with_code():d}:{clock.now():%d%H}"
    keys = {
        listing.gig_id: _key(listing, place < at_once, listing.gig_id in saved, look)
        for place, listing in enumerate(listings)
    }
    known = memory.get_many(keys.values())
    new = {pk: key for pk, key in keys.items() if key not in known}
    if new:
        first = {pk for pk, key in new.items() if ":first:" in key}
        rendered = {
            new[pk]: html for pk, html in _render(faces(new), first=first, saved=saved)
        }
        memory.set_many(rendered, HOUR)
        known.update(rendered)
    return [Card(pk=pk, html=known[key]) for pk, key in keys.items() if key in known]


@cache
def _faces() -> QuerySet[Gig]:
    """Gigs with no more than a card shows of them."""
    pictures = GigImage.objects.filter(gig=OuterRef("pk")).order_by("position", "id")
    cover = {f"cover_{name}": Subquery(pictures.values(name)[:1]) for name in COVER}
    return Gig.objects.select_related("seller").only(*SHOWN).annotate(**cover)


def faces(keys: Iterable[UUID]) -> Iterable[Gig]:
    """These gigs with what a card shows of them; one query."""
    for gig in _faces().filter(pk__in=keys):
        cover = [getattr(gig, f"cover_{name}") for name in COVER]
        gig.cover = GigImage.from_db(None, COVER, cover) if cover[0] else None
        yield gig


def _key(listing: Listing | Found, is_first: bool, is_saved: bool, look: str) -> str:
    row = "first" if is_first else "later"
    heart = "saved" if is_saved else "free"
    return f"card:{listing.number}.{listing.version}:{row}:{heart}:{look}"


def _render(
    gigs: Iterable[Gig], *, first: Collection[UUID], saved: Collection[UUID]
) -> Iterator[tuple[UUID, str]]:
    """Each gig's card, all in one context: making one costs as much as a part of a card."""
    face, heart = (get_template(name).template for name in PARTS)  # type: ignore[attr-defined]
    context = Context({"heading": ""})
    context.template = face
    with context.render_context.push_state(face):
        for gig in gigs:
            own = {"gig": gig, "is_first": gig.pk in first, "saved": gig.pk in saved}
            with context.push(**own):
                yield (
                    gig.pk,
                    face.nodelist.render(context) + heart.nodelist.render(context),
                )
