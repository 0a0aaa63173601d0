"""Which gigs somebody saved, and what a visitor wanted to save before the login."""

from collections.abc import Collection
from uuid import UUID

from django.http import HttpRequest

from gigs.models import Favorite

WANTED = "wanted_gig"


def saved_by(request: HttpRequest) -> Collection[UUID]:
    """The saved gigs of whoever asks, the newest first.

    One query for a page, however many hearts it has.
    """
    known: Collection[UUID] | None = getattr(request, "saved_gigs", None)
    if known is None:
        known = _saved(request)
        request.saved_gigs = known  # type: ignore[attr-defined]
    return known


def _saved(request: HttpRequest) -> Collection[UUID]:
    if not request.user.is_authenticated:
        return ()
    mine = Favorite.objects.visible_to(request.user).order_by("-pk")
    # A dict, for it keeps the order and finds a key at once.
    return dict.fromkeys(mine.values_list("gig_id", flat=True))


def want(request: HttpRequest, gig_id: UUID) -> None:
    """Remember what a visitor wants to save; the login will find it."""
    request.session[WANTED] = str(gig_id)


def take_wanted(request: HttpRequest) -> UUID | None:
    """What was wanted before this login, once."""
    wanted = request.session.pop(WANTED, None)
    return UUID(wanted) if wanted else None
