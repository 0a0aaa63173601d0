"""How every verb begins: the row is locked, and the actor owns it."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from accounts.models import Standing, User
from gigs.checklist import UNCHANGED, gaps
from gigs.models import Gig
from gigs.status import GigStatus
from gigstream.core.errors import NotAllowed


def lock_own(gig_id: UUID, actor: User, *, is_archived: bool = False) -> Gig:
    """Lock a gig for its seller; nobody else changes it, and an archived one is restored first."""
    gig = Gig.objects.select_for_update().get(pk=gig_id)
    if gig.seller_id != actor.pk:
        raise NotAllowed(_("Only the seller can change this gig."))
    if actor.standing != Standing.ACTIVE:
        raise NotAllowed(_("This account cannot sell."))
    if gig.status == GigStatus.ARCHIVED and not is_archived:
        raise NotAllowed(_("This gig is archived. Restore it first."))
    return gig


def refuse_gaps(gig: Gig, wanted: Mapping[str, Any] = UNCHANGED) -> None:
    """A gig with gaps is not put on offer, and one on offer is not given any."""
    if missing := gaps(gig, wanted):
        listed = "; ".join(str(gap.text) for gap in missing)
        raise NotAllowed(_("A gig on offer needs: %(gaps)s.") % {"gaps": listed})
