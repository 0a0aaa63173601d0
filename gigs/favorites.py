"""Which gigs somebody saved, and what a visitor wanted to save before the login."""

from uuid import UUID

from django.http import HttpRequest

from gigs.models import Favorite

WANTED = "wanted_gig"


def saved_by(request: HttpRequest) -> frozenset[UUID]:
    """The saved gigs of whoever asks: one query for a page, however many hearts it has."""
    known: frozenset[UUID] | None = getattr(request, "saved_gigs", None)
    if known is None:
        known = _saved(request)
        request.saved_gigs = known  # type: ignore[attr-defined]
    return known


def _saved(request: HttpRequest) -> frozenset[UUID]:
    if not request.user.is_authenticated:
        return frozenset()
    mine = Favorite.objects.visible_to(request.user)
    return frozenset(mine.values_list("gig_id", flat=True))


def want(request: HttpRequest, gig_id: UUID) -> None:
    """Remember what a visitor wants to save; the login will find it."""
    request.session[WANTED] = str(gig_id)


def take_wanted(request: HttpRequest) -> UUID | None:
    """What was wanted before this login, once."""
    wanted = request.session.pop(WANTED, None)
    return UUID(wanted) if wanted else None
