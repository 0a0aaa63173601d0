"""Brings checked files to where private files are kept, before any transaction begins."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from uuid import uuid4

from django.core import signing
from django.forms import Form
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.uploads import room_for_private_files
from gigstream.core.errors import NotAllowed
from gigstream.core.jobs import enqueue
from gigstream.core.uploads import CheckedFile
from gigstream.services import cloudinary
from orders.actions import StoredFile
from orders.models import OrderFile

FOLDER = "orders"
GRACE = timedelta(hours=1)
"""How long a file may wait to become part of an order."""
SWEPT_AFTER = 2 * GRACE
"""Long after nobody can use it any more."""


def store(
    files: Sequence[CheckedFile], *, owner: User, now: datetime
) -> list[StoredFile]:
    """Keep the files, if there is room for all of them.

    Raises `NotAllowed` or `StorageUnavailable`, and then none is part of anything.
    """
    size = sum(file.size for file in files)
    with room_for_private_files(owner=owner, size=size, now=now):
        return [_store(file) for file in files]


def store_of(
    form: Form, name: str, *, owner: User, now: datetime
) -> list[StoredFile] | None:
    """Keep the files of a field; what is in the way is said there, beside all that was typed."""
    try:
        return store(form.cleaned_data[name], owner=owner, now=now)
    except NotAllowed as full:
        form.add_error(name, str(full))
    except cloudinary.StorageUnavailable:
        text = _("The files could not be kept just now. Try again.")
        form.add_error(name, text)
    return None


def _store(checked: CheckedFile) -> StoredFile:
    name = uuid4().hex
    # A crash, a later refusal and a second click leave a file that belongs to nothing.
    enqueue("orders.tasks.sweep_file", delay=SWEPT_AFTER, public_id=f"{FOLDER}/{name}")
    upload = cloudinary.upload_private(checked.file, folder=FOLDER, name=name)
    return StoredFile(
        public_id=upload.public_id,
        name=checked.name,
        media_type=checked.media_type,
        size=checked.size,
        sha256=checked.sha256,
    )


SALT = "orders.uploads"


def sealed(file: StoredFile, *, by: User) -> str:
    """What a program holds between sending a file and saying what it is for."""
    return signing.dumps({"by": by.pk.hex, **asdict(file)}, salt=SALT)


def opened(tokens: Iterable[str], *, by: User) -> list[StoredFile]:
    """The files that somebody sent a while ago; each is used once, for the database says so."""
    return [_opened(token, by) for token in dict.fromkeys(tokens)]


def _opened(token: str, by: User) -> StoredFile:
    try:
        said = signing.loads(token, salt=SALT, max_age=GRACE)
    except signing.BadSignature:
        said = {}
    if said.pop("by", "") != by.pk.hex:
        raise NotAllowed(_("A file is gone. Send it again."))
    file = StoredFile(**said)
    if OrderFile.objects.filter(public_id=file.public_id).exists():
        raise NotAllowed(_("A file was used already. Send it again."))
    return file
