"""Private files of an order: what was stored, and the row that remembers it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError
from django.utils.translation import gettext as _

from accounts.models import User
from gigstream.core.errors import NotAllowed
from orders.models import Delivery, Download, Order, OrderFile, Statement


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredFile:
    """A file that is already kept privately, and not yet part of anything."""

    public_id: str
    name: str
    media_type: str
    size: int
    sha256: str


def attach(
    order: Order,
    files: Iterable[StoredFile],
    *,
    by: User,
    now: datetime,
    delivery: Delivery | None = None,
    statement: Statement | None = None,
) -> list[OrderFile]:
    """Make stored files part of an order, each of one place alone."""
    rows = [
        OrderFile(
            order=order,
            delivery=delivery,
            statement=statement,
            uploaded_by=by,
            public_id=file.public_id,
            name=file.name,
            media_type=file.media_type,
            size=file.size,
            sha256=file.sha256,
            at=now,
        )
        for file in files
    ]
    try:
        return OrderFile.objects.bulk_create(rows)
    except IntegrityError as error:
        raise NotAllowed(_("A file was used already. Send it again.")) from error


def note_downloads(
    *, files: Iterable[OrderFile], user: User, address: str, now: datetime
) -> None:
    """Keep that somebody took files, for the day on which they say that nothing came."""
    Download.objects.bulk_create(
        Download(file=file, user=user, address=address or None, at=now)
        for file in files
    )
