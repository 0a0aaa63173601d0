"""The gigs that somebody looked at last.

They are kept in the session of whoever is logged in, so they leave with it. A stranger
gets no session for looking, and no cookie that would keep the page out of shared caches.
"""

from uuid import UUID

from django.http import HttpRequest

from gigs.models import Gig

KEY = "recent_gigs"
KEPT = 12


def remember(request: HttpRequest, gig: Gig) -> None:
    """Put a gig in front of the others; writes only if it was not there already."""
    if not request.user.is_authenticated or gig.seller_id == request.user.pk:
        return
    known: list[str] = request.session.get(KEY, [])
    if known[:1] == [gig.pk.hex]:
        return
    rest = [key for key in known if key != gig.pk.hex]
    request.session[KEY] = [gig.pk.hex, *rest][:KEPT]


def seen_by(request: HttpRequest) -> list[UUID]:
    """The keys of what somebody looked at, the last one first."""
    if not request.user.is_authenticated:
        return []
    return [UUID(key) for key in request.session.get(KEY, [])]
