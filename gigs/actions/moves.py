"""One step in the life of a gig."""

from datetime import datetime

from django.utils.translation import gettext as _

from gigs import window
from gigs.models import Gig
from gigs.status import GigStatus
from gigstream.core.errors import NotAllowed


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
