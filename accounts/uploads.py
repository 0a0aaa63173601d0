"""A person's pictures on their way to the picture store, and room for private files.

Before a picture goes, it must fit, and a task is asked for that deletes it in an hour if nothing shows it by then:
a crash on the way leaves no file behind.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from uuid import uuid4

from accounts.actions.uploads import forget_private_upload, note_private_upload
from accounts.models import User
from accounts.quota import refuse_what_does_not_fit
from gigstream.core.jobs import enqueue
from gigstream.core.pictures import Clean
from gigstream.services import cloudinary
from gigstream.services.cloudinary import Picture

FACES, WORKS = "faces", "portfolio"
GRACE = timedelta(hours=1)


def send_face(clean: Clean, *, owner: User) -> Picture:
    refuse_what_does_not_fit(owner, clean.size, instead_of=owner.avatar_bytes)
    name = uuid4().hex
    enqueue("accounts.tasks.destroy_avatar", delay=GRACE, public_id=f"{FACES}/{name}")
    return cloudinary.upload_picture(clean.file, folder=FACES, name=name)


def send_work(clean: Clean, *, owner: User) -> Picture:
    refuse_what_does_not_fit(owner, clean.size)
    name = uuid4().hex
    enqueue("accounts.tasks.destroy_work", delay=GRACE, public_id=f"{WORKS}/{name}")
    return cloudinary.upload_picture(clean.file, folder=WORKS, name=name)


@contextmanager
def room_for_private_files(*, owner: User, size: int, now: datetime) -> Iterator[None]:
    """While these are sent they count already; `NotAllowed` says that they are too much."""
    if not size:
        yield
        return
    upload = note_private_upload(actor=owner, size=size, now=now)
    try:
        yield
    except cloudinary.StorageUnavailable:
        forget_private_upload(upload)
        raise
