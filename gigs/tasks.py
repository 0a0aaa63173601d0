"""What happens to gigs in the background."""

import logging
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef

from gigs import listings, looks
from gigs.models import Gig, GigImage, Listing, PictureUpload
from gigs.quality import facts_of, quality
from gigs.search import popular, spelling
from gigstream.core import clock
from gigstream.core.jobs import periodic, task
from gigstream.services import cloudinary

log = logging.getLogger(__name__)

ABANDONED_AFTER = timedelta(hours=1)
AT_ONCE = 200
BATCH = 500


@task
def delete_file(*, public_id: str) -> None:
    """Delete a picture's file, unless a gig shows it after all."""
    if not GigImage.objects.filter(public_id=public_id).exists():
        cloudinary.destroy(public_id)
        PictureUpload.objects.filter(public_id=public_id).delete()


@periodic(every=timedelta(minutes=30))
@task
def delete_abandoned_uploads() -> None:
    """Delete files that were sent to the picture store and hang in no gig.

    That is what a crash between sending and hanging leaves behind. A file that the
    store does not delete now is tried again next time.
    """
    shown = GigImage.objects.filter(public_id=OuterRef("public_id"))
    old = PictureUpload.objects.filter(created_at__lt=clock.now() - ABANDONED_AFTER)
    for upload in old.exclude(Exists(shown)).order_by("created_at")[:AT_ONCE]:
        try:
            cloudinary.destroy(upload.public_id)
        except cloudinary.StorageUnavailable:
            log.exception("The abandoned file %s was not deleted", upload.public_id)
            return
        upload.delete()


@periodic(every=timedelta(minutes=1))
@task
def look_over() -> int:
    """Learn the words of gigs that are new or changed, and judge their quality."""
    unseen = Listing.objects.filter(is_unseen=True)
    looked_at = 0
    while numbers := list(
        unseen.order_by("number").values_list("number", flat=True)[:BATCH]
    ):
        new = Gig.objects.filter(listing__in=numbers)
        spelling.learn(new.prefetch_related("tags"))
        _judge(numbers, now=clock.now(), are_learnt=True)
        looked_at += len(numbers)
    return looked_at


@periodic(every=timedelta(hours=24))
@task
def judge_all() -> int:
    """Judge all gigs again, for they grow older; and forget old searches and looks."""
    judged, last = 0, 0
    rows = Listing.objects.order_by("number").values_list("number", flat=True)
    while numbers := list(rows.filter(number__gt=last)[:BATCH]):
        _judge(numbers, now=clock.now())
        judged, last = judged + len(numbers), numbers[-1]
    popular.forget(now=clock.now())
    looks.forget(now=clock.now())
    return judged


@periodic(every=timedelta(hours=24))
@task
def check_listings() -> int:
    """Make good whatever the triggers missed, and say so: it should be nothing."""
    missed = listings.out_of_step()[:AT_ONCE]
    if missed:
        log.error("The market was out of step with %s gigs", len(missed))
        listings.mend(missed)
    return len(missed)


@transaction.atomic
def _judge(numbers: list[int], *, now: datetime, are_learnt: bool = False) -> None:
    # In the order of their numbers, so that two writers cannot wait for each other.
    locked = Listing.objects.filter(number__in=numbers).order_by("number")
    rows = list(locked.select_for_update().only("quality", "is_unseen"))
    facts = facts_of(numbers)
    changed = []
    for row in rows:
        judged = quality(facts[row.number], now=now)
        is_unseen = row.is_unseen and not are_learnt
        if (row.is_unseen, row.quality) != (is_unseen, judged):
            row.quality, row.is_unseen = judged, is_unseen
            changed.append(row)
    Listing.objects.bulk_update(changed, ["quality", "is_unseen"])
