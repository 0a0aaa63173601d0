"""The gallery of a gig.

A file is noted, then sent to Cloudinary outside any transaction, then added. What is
noted but hangs nowhere after an hour is deleted by a job.
"""

from datetime import datetime
from typing import Literal
from uuid import UUID, uuid4

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.quota import refuse_what_does_not_fit
from gigs.actions.change import change_of, drop_if_empty, is_looked_at
from gigs.actions.locks import lock_own, refuse_gaps
from gigs.models import Gig, GigImage, PictureUpload
from gigstream.core import jobs
from gigstream.core.errors import NotAllowed, Stale
from gigstream.services.cloudinary import Picture

MOST_PICTURES = 8
FOLDER = "gigs"


def refuse_full_gallery(gig: Gig) -> None:
    """Before any work is spent on a picture; `add_picture` asks again under the lock."""
    if GigImage.objects.sent_for(gig).count() >= MOST_PICTURES:
        text = _("A gig has at most %(count)s pictures.")
        raise NotAllowed(text % {"count": MOST_PICTURES})


@transaction.atomic
def note_upload(*, actor: User, size: int, now: datetime) -> PictureUpload:
    """Count a file against its owner's quota, and name it, before it goes to the store."""
    # Two uploads of one person are counted one after the other.
    owner = User.objects.select_for_update().get(pk=actor.pk)
    refuse_what_does_not_fit(owner, size)
    return PictureUpload.objects.create(
        owner=owner, public_id=f"{FOLDER}/{uuid4().hex}", size=size, created_at=now
    )


@transaction.atomic
def add_picture(
    *,
    gig_id: UUID,
    actor: User,
    picture: Picture,
    now: datetime,
    alt: str = "",
    sha256: str = "",
) -> GigImage:
    """Hang a picture at the end of the gallery. Adding the same one twice adds it once.

    Where staff look at gigs, a new picture of one that buyers know waits until they have.
    """
    gig = lock_own(gig_id, actor)
    hung = list(GigImage.objects.sent_for(gig))
    for image in hung:
        if image.public_id == picture.public_id:
            return image
        if sha256 and image.sha256 == sha256:
            jobs.enqueue("gigs.tasks.delete_file", public_id=picture.public_id)
            return image
    refuse_full_gallery(gig)

    wall = change_of(gig, now=now) if is_looked_at(gig) else gig
    image = wall.images.create(
        position=hung[-1].position + 1 if hung else 0,
        public_id=picture.public_id,
        version=picture.version,
        width=picture.width,
        height=picture.height,
        alt=alt,
        sha256=sha256,
        tint=int(picture.tint[1:], 16) if picture.tint else None,
    )
    _touch(gig, now=now)
    return image


@transaction.atomic
def remove_picture(
    *, gig_id: UUID, picture_id: UUID, actor: User, now: datetime
) -> None:
    """Take a picture down, and have its file deleted; the last one of a gig on offer stays."""
    gig = lock_own(gig_id, actor)
    image = _find(gig, picture_id)

    image.delete()
    if image.change:
        drop_if_empty(image.change)
    elif gig.is_on_offer:
        refuse_gaps(gig)
    _touch(gig, now=now)
    jobs.enqueue("gigs.tasks.delete_file", public_id=image.public_id)


@transaction.atomic
def move_picture(
    *,
    gig_id: UUID,
    picture_id: UUID,
    actor: User,
    to: Literal["earlier", "later", "first"] | int,
    now: datetime,
) -> None:
    """Move a picture by one place, to the front, or to a place counted from 0."""
    gig = lock_own(gig_id, actor)
    image = _find(gig, picture_id)

    row = list(image.wall.images.order_by("position", "id"))
    place = row.index(image)
    steps = {"earlier": place - 1, "later": place + 1, "first": 0}
    target = to if isinstance(to, int) else steps[to]
    row.insert(max(target, 0), row.pop(place))
    for position, picture in enumerate(row):
        picture.position = position
    GigImage.objects.bulk_update(row, ["position"])
    _touch(gig, now=now)


def _find(gig: Gig, picture_id: UUID) -> GigImage:
    try:
        return GigImage.objects.sent_for(gig).get(pk=picture_id)
    except GigImage.DoesNotExist as gone:
        raise Stale(_("This picture is no longer part of the gig.")) from gone


def _touch(gig: Gig, *, now: datetime) -> None:
    gig.updated_at = now
    gig.save(update_fields=["updated_at"])
