"""How much room the files of one account may take.

Pictures that all may see take their room until they are removed, whatever they are for.

Each app adds what it keeps, so that no app looks into another:

    @takes_room
    def pictures_of_gigs(user: User) -> int: ...

Private files of orders, disputes and conversations stay with those, so they take no room
for good: what somebody may send in some days has an end, and comes back with time.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from django.db.models import Sum
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _

from accounts.models import User
from gigstream.core.dates import dated
from gigstream.core.errors import NotAllowed

MEGABYTE = 1024 * 1024
QUOTA_BYTES = 500 * MEGABYTE
PRIVATE_BYTES = 5 * 1024 * MEGABYTE
PRIVATE_SPAN = timedelta(days=30)

Count = Callable[[User], int]
_counts: list[Count] = []


def takes_room(count: Count) -> Count:
    """Add this number of bytes to what an account takes."""
    _counts.append(count)
    return count


def refuse_what_does_not_fit(user: User, size: int, *, instead_of: int = 0) -> None:
    """Refuse a file for which the account has no room left.

    Who asks under the lock of the user may rely on the answer; before it, it saves work.
    """
    used = sum(count(user) for count in _counts) - instead_of
    if used + size > QUOTA_BYTES:
        text = _(
            "Your pictures fill the %(quota)s MB that each account has. "
            "Remove some that you do not need."
        )
        raise NotAllowed(text % {"quota": QUOTA_BYTES // MEGABYTE})


def refuse_private_files(user: User, size: int, *, now: datetime) -> None:
    """Refuse private files that are too much for these days, and say when there is room.

    Who asks under the lock of the user may rely on the answer.
    """
    sent = user.private_uploads.filter(at__gt=now - PRIVATE_SPAN).order_by("at")
    too_much = sum(sent.values_list("size", flat=True)) + size - PRIVATE_BYTES
    if too_much <= 0:
        return
    text = _(
        "Within %(days)d days you can send private files of %(quota)s. There is room "
        "for these again on %(day)s; smaller ones may fit before."
    )
    free_at = now
    for upload in sent:
        if too_much <= 0:
            break
        too_much -= upload.size
        free_at = upload.at + PRIVATE_SPAN
    values = {
        "days": PRIVATE_SPAN.days,
        "quota": filesizeformat(PRIVATE_BYTES),
        "day": dated(free_at.astimezone(user.zone), "j M, H:i"),
    }
    raise NotAllowed(text % values)


@takes_room
def face_and_works(user: User) -> int:
    works: int | None = user.works.aggregate(bytes=Sum("bytes"))["bytes"]
    return user.avatar_bytes + (works or 0)
