"""What happens to gigs in the background."""

import logging
from datetime import timedelta

from django.db.models import Exists, OuterRef

from gigs.models import GigImage, PictureUpload
from gigstream.core import clock
from gigstream.core.jobs import periodic, task
from gigstream.services import cloudinary

log = logging.getLogger(__name__)

ABANDONED_AFTER = timedelta(hours=1)
AT_ONCE = 200


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
