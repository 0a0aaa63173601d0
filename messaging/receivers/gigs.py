"""What staff say of a gig."""

from datetime import datetime
from typing import Any

from django.dispatch import receiver
from django.urls import reverse

from gigs.models import Gig
from gigs.signals import gig_approved, gig_rejected, gig_taken_off
from gigs.status import GigStatus
from messaging import actions
from messaging.kinds import NotificationKind as Kind


@receiver(gig_approved)
def tell_of_approval(*, gig: Gig, is_new: bool, at: datetime, **_kwargs: Any) -> None:
    actions.notify(
        user=gig.seller,
        kind=Kind.GIG_APPROVED,
        key=f"{Kind.GIG_APPROVED}:{gig.pk}:{at.isoformat()}",
        path=gig.get_absolute_url(),
        now=at,
        case="new" if is_new else "changed",
        about={"thing": gig.title},
    )


@receiver(gig_rejected)
def tell_of_rejection(
    *, gig: Gig, is_new: bool, reason: str, at: datetime, **_kwargs: Any
) -> None:
    # What buyers know stays on offer, so its seller need not worry about that.
    path = reverse("gigs:edit", args=[gig.slug])
    review = reverse("gigs:edit_step", args=[gig.slug, "review"])
    actions.notify(
        user=gig.seller,
        kind=Kind.GIG_REJECTED,
        key=f"{Kind.GIG_REJECTED}:{gig.pk}:{at.isoformat()}",
        path=path if is_new else review,
        now=at,
        about={"thing": gig.title, "reason": reason},
    )


@receiver(gig_taken_off)
def tell_of_taking_off(*, gig: Gig, reason: str, at: datetime, **_kwargs: Any) -> None:
    is_kept = gig.status != GigStatus.ARCHIVED
    actions.notify(
        user=gig.seller,
        kind=Kind.GIG_REJECTED,
        key=f"{Kind.GIG_REJECTED}:{gig.pk}:{at.isoformat()}",
        path=reverse("gigs:edit", args=[gig.slug]) if is_kept else reverse("gigs:mine"),
        now=at,
        case="taken_off",
        about={"thing": gig.title, "reason": reason},
    )
