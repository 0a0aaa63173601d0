"""Private files are counted before they go."""

from datetime import datetime

from django.db import transaction

from accounts.models import PrivateUpload, User
from accounts.quota import PRIVATE_SPAN, refuse_private_files


@transaction.atomic
def note_private_upload(*, actor: User, size: int, now: datetime) -> PrivateUpload:
    """Count private files against what their sender may send in some days."""
    # Two uploads of one person are counted one after the other.
    owner = User.objects.select_for_update(no_key=True).get(pk=actor.pk)
    owner.private_uploads.filter(at__lte=now - PRIVATE_SPAN).delete()
    refuse_private_files(owner, size, now=now)
    return PrivateUpload.objects.create(owner=owner, size=size, at=now)


def forget_private_upload(upload: PrivateUpload) -> None:
    """Give the room back, for the files did not come to where they are kept."""
    PrivateUpload.objects.filter(pk=upload.pk).delete()
