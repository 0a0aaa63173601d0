"""Brings files to where private files are kept, before they are part of any message."""

import io
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import uuid4

from django.utils.translation import gettext as _
from PIL import Image

from accounts.models import User
from accounts.uploads import room_for_private_files
from gigstream.core import pictures
from gigstream.core.jobs import enqueue
from gigstream.core.uploads import CheckedFile
from gigstream.services import cloudinary
from messaging.actions import StoredFile

FOLDER = "messages"
GRACE = timedelta(hours=12)
"""How long a file may wait for its message."""
PICTURES = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})
SMALL = (640, 640)


def store(
    files: Sequence[CheckedFile], *, owner: User, now: datetime
) -> list[StoredFile]:
    """Keep files, and a smaller one of each picture, if there is room for all of them.

    Raises `NotAllowed` or `StorageUnavailable`.
    """
    size = sum(file.size for file in files)
    with room_for_private_files(owner=owner, size=size, now=now):
        return [_store(file) for file in files]


def _store(checked: CheckedFile) -> StoredFile:
    small, whole, smaller = _small(checked), uuid4().hex, uuid4().hex
    # Before they go: whatever breaks off on the way leaves nothing for good.
    enqueue(
        "messaging.tasks.sweep_attachment",
        delay=GRACE,
        public_id=f"{FOLDER}/{whole}",
        thumbnail_id=f"{FOLDER}/{smaller}" if small else "",
    )
    upload = cloudinary.upload_private(checked.file, folder=FOLDER, name=whole)
    stored = StoredFile(
        public_id=upload.public_id,
        name=checked.name,
        media_type=checked.media_type,
        size=checked.size,
        sha256=checked.sha256,
    )
    if small:
        kept = cloudinary.upload_private(small[0], folder=FOLDER, name=smaller)
        width, height = small[1]
        stored = replace(
            stored, thumbnail_id=kept.public_id, width=width, height=height
        )
    return stored


def store_is_away() -> str:
    return _("Files cannot be stored at the moment. Try again in a few minutes.")


def _small(checked: CheckedFile) -> tuple[io.BytesIO, tuple[int, int]] | None:
    """A picture drawn anew and small. What cannot be drawn is sent as a file like any other."""
    if checked.media_type not in PICTURES:
        return None
    # A copy, for the decoder closes what it has read.
    copy = io.BytesIO(checked.file.read())
    checked.file.seek(0)
    try:
        clean = pictures.clean(copy, checked.size, smallest=(1, 1))
    except pictures.Refused:
        return None
    clean.file.seek(0)
    with Image.open(clean.file) as picture:
        picture.thumbnail(SMALL)
        drawn = io.BytesIO()
        picture.save(drawn, "WEBP", quality=80)
    drawn.seek(0)
    return drawn, picture.size
