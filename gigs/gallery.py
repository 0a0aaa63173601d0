"""A picture's way into a gallery: from a file that somebody sent to the wall of a gig."""

import hashlib
from datetime import datetime

from django.core.files.uploadedfile import UploadedFile

from accounts.models import User
from gigs import actions, pictures
from gigs.models import Gig, GigImage
from gigstream.core import jobs
from gigstream.core.errors import Refusal
from gigstream.services import cloudinary


def hang(
    file: UploadedFile[bytes], *, gig: Gig, actor: User, now: datetime
) -> GigImage:
    """Write a picture anew, store it and hang it; the same file again is the same picture.

    Call it outside any transaction. It raises `pictures.Refused` for a file that is none,
    a `Refusal` where the rules say no, and `cloudinary.StorageUnavailable`.
    """
    digest = _digest(file)
    if hung := GigImage.objects.sent_for(gig).filter(sha256=digest).first():
        return hung
    actions.refuse_full_gallery(gig)

    clean = pictures.clean(file, file.size or 0)
    upload = actions.note_upload(actor=actor, size=clean.size, now=now)
    stored = cloudinary.upload_picture(
        clean.file, folder=upload.folder, name=upload.name
    )
    try:
        return actions.add_picture(
            gig_id=gig.pk, actor=actor, picture=stored, now=now, sha256=digest
        )
    except Refusal:
        jobs.enqueue("gigs.tasks.delete_file", public_id=stored.public_id)
        raise


def _digest(file: UploadedFile[bytes]) -> str:
    digest = hashlib.sha256()
    for chunk in file.chunks():
        digest.update(chunk)
    return digest.hexdigest()
