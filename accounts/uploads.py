"""A person's pictures on their way to the picture store.

Before one goes, a task is asked for that deletes it in an hour if nothing shows it by then:
a crash on the way leaves no file behind.
"""

from datetime import timedelta
from typing import IO
from uuid import uuid4

from gigstream.core.jobs import enqueue
from gigstream.services import cloudinary
from gigstream.services.cloudinary import Picture

FACES, WORKS = "faces", "portfolio"
GRACE = timedelta(hours=1)


def send_face(file: IO[bytes]) -> Picture:
    name = uuid4().hex
    enqueue("accounts.tasks.destroy_avatar", delay=GRACE, public_id=f"{FACES}/{name}")
    return cloudinary.upload_picture(file, folder=FACES, name=name)


def send_work(file: IO[bytes]) -> Picture:
    name = uuid4().hex
    enqueue("accounts.tasks.destroy_work", delay=GRACE, public_id=f"{WORKS}/{name}")
    return cloudinary.upload_picture(file, folder=WORKS, name=name)
