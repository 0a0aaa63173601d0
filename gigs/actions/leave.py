"""What becomes of the gigs of somebody who leaves."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from gigs import window
from gigs.actions.change import let_go
from gigs.models import Gig
from gigs.status import GigStatus
from gigstream.core import jobs


@transaction.atomic
def archive_all(*, seller: User, keep_texts: bool, now: datetime) -> None:
    """Take every gig of a seller away for good, and what it says too, unless kept.

    Orders have their own copy of what was agreed, so nothing of theirs is lost.
    """
    for gig in Gig.objects.select_for_update().of(seller).order_by("pk"):
        if not keep_texts:
            _remove_texts(gig)
        let_go(gig)
        gig.status, gig.updated_at = GigStatus.ARCHIVED, now
        gig.save(update_fields=["status", "updated_at", "title", "slug", "description"])
    window.forget()


def _remove_texts(gig: Gig) -> None:
    gig.title, gig.description = _("Removed gig"), ""
    gig.slug = f"removed-{gig.pk.hex}"
    gig.tags.clear()
    for parts in (
        gig.requirements,
        gig.extras,
        gig.faqs,
        gig.old_addresses,
        gig.unsaved,
    ):
        parts.all().delete()
    gig.packages.update(name="", description="", features=[])
    for image in gig.images.all():
        image.delete()
        jobs.enqueue("gigs.tasks.delete_file", public_id=image.public_id)
