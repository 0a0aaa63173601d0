"""Which gigs the staff show on the home page."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from gigs import window
from gigs.models import Gig
from gigstream.core.errors import NotAllowed
from gigstream.core.models import AuditEntry


@transaction.atomic
def feature(*, gig_id: UUID, actor: User, now: datetime) -> None:
    """Put a gig on the home page, in front of those that are there already."""
    _set(gig_id, now, actor=actor, verb="gigs.feature", now=now)


@transaction.atomic
def unfeature(*, gig_id: UUID, actor: User, now: datetime) -> None:
    """Take a gig off the home page; it may still come there by its quality."""
    _set(gig_id, None, actor=actor, verb="gigs.unfeature", now=now)


def _set(
    gig_id: UUID, moment: datetime | None, *, actor: User, verb: str, now: datetime
) -> None:
    gig = Gig.objects.select_for_update().get(pk=gig_id)
    if not actor.has_perm("gigs.change_gig"):
        raise NotAllowed(_("Only staff can do this."))
    if (gig.featured_at is None) == (moment is None):
        return
    if moment and not gig.is_on_offer:
        raise NotAllowed(_("Only a gig on offer can be on the home page."))

    gig.featured_at = moment
    gig.save(update_fields=["featured_at"])
    AuditEntry.objects.create(
        at=now, actor=actor, verb=verb, target=f"gigs.gig:{gig.pk}"
    )
    window.forget()
