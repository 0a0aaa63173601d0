"""Brings checked files to where private files are kept, before any transaction begins."""

from collections.abc import Iterable
from datetime import timedelta

from gigstream.core.jobs import enqueue
from gigstream.core.uploads import CheckedFile
from gigstream.services import cloudinary
from orders.actions import StoredFile

FOLDER = "orders"
GRACE = timedelta(hours=1)
"""How long a file may wait to become part of an order."""


def store(files: Iterable[CheckedFile]) -> list[StoredFile]:
    """Keep the files; raises `StorageUnavailable`, and then none of them is part of anything."""
    return [_store(file) for file in files]


def _store(checked: CheckedFile) -> StoredFile:
    upload = cloudinary.upload_private(checked.file, folder=FOLDER)
    # Whatever is refused later, or clicked twice, leaves a file that belongs to nothing.
    enqueue("orders.tasks.sweep_file", delay=GRACE, public_id=upload.public_id)
    return StoredFile(
        public_id=upload.public_id,
        name=checked.name,
        media_type=checked.media_type,
        size=checked.size,
        sha256=checked.sha256,
    )
