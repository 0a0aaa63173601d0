"""Which gigs the staff show on the home page."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from gigs import window
from gigs.models import Gig
from gigstream.core.errors import NotAllowed, Stale
from gigstream.core.models import AuditEntry

MOST_IN_ORDER = 200


@transaction.atomic
def feature(*, gig_id: UUID, actor: User, now: datetime) -> None:
    """Put a gig on the home page, in front of those that are there already."""
    _set(gig_id, now, actor=actor, verb="gigs.feature", now=now)


@transaction.atomic
def unfeature(*, gig_id: UUID, actor: User, now: datetime) -> None:
    """Take a gig off the home page; it may still come there by its quality."""
    _set(gig_id, None, actor=actor, verb="gigs.unfeature", now=now)


@transaction.atomic
def move_featured(*, gig_id: UUID, is_up: bool, actor: User, now: datetime) -> None:
    """Change places with the gig before or behind; the first and the last stay there."""
    _refuse_others(actor)
    featured = Gig.objects.select_for_update().filter(featured_at__isnull=False)
    row = list(featured.order_by("-featured_at", "-pk")[:MOST_IN_ORDER])
    place = next((n for n, gig in enumerate(row) if gig.pk == gig_id), None)
    if place is None:
        raise Stale(_("This gig is not on the home page any more."))
    _refuse_own(row[place], actor)
    other = place - 1 if is_up else place + 1
    if not 0 <= other < len(row):
        return

    newest = max(gig.featured_at or now for gig in row)
    row[place], row[other] = row[other], row[place]
    for number, gig in enumerate(row):
        gig.featured_at = newest - timedelta(microseconds=number)
    Gig.objects.bulk_update(row, ["featured_at"])
    AuditEntry.objects.create(
        at=now,
        actor=actor,
        verb="gigs.move_featured",
        target=f"gigs.gig:{gig_id}",
        before={"place": place + 1},
        after={"place": other + 1},
    )
    window.forget()


def _set(
    gig_id: UUID, moment: datetime | None, *, actor: User, verb: str, now: datetime
) -> None:
    gig = Gig.objects.select_for_update().get(pk=gig_id)
    _refuse_others(actor)
    _refuse_own(gig, actor)
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


def _refuse_others(actor: User) -> None:
    if not actor.has_perm("gigs.change_gig"):
        raise NotAllowed(_("Only staff can do this."))


def _refuse_own(gig: Gig, actor: User) -> None:
    if gig.seller_id == actor.pk:
        raise NotAllowed(_("Nobody decides about their own gig."))
