"""One step in the life of a gig, and what a changed face means for it."""

from datetime import datetime

from django.utils.translation import gettext as _

from gigs import window
from gigs.models import Gig
from gigs.status import GigStatus
from gigstream.core.errors import NotAllowed
from gigstream.core.models import PlatformSetting


def move(gig: Gig, new: GigStatus, *changed: str, now: datetime) -> Gig:
    """Save the status and the `changed` fields, if the table has this move."""
    current = GigStatus(gig.status)
    if not current.can_become(new):
        text = _("This gig is %(status)s, so that cannot be done now.")
        raise NotAllowed(text % {"status": str(current.label).lower()})

    gig.status = new
    gig.updated_at = now
    gig.save(update_fields=["status", "updated_at", *changed])
    window.forget()
    return gig


def is_moderated() -> bool:
    """Whether staff look at a gig before it is on offer."""
    return PlatformSetting.objects.in_force().gig_moderation


def look_again(gig: Gig, *, now: datetime) -> None:
    """What buyers see of a gig has changed: where gigs are moderated, staff see it first.

    A gig on offer leaves the shelf until then; a paused one waits until it is resumed.
    """
    if gig.published_at is None or not is_moderated():
        return
    gig.changed_since_review = True
    if gig.status == GigStatus.ACTIVE:
        move(gig, GigStatus.IN_REVIEW, "changed_since_review", now=now)
    else:
        gig.save(update_fields=["changed_since_review"])
