"""How much room the pictures of one account may take, whatever they are for.

Each app adds what it keeps, so that no app looks into another:

    @takes_room
    def pictures_of_gigs(user: User) -> int: ...
"""

from collections.abc import Callable

from django.db.models import Sum
from django.utils.translation import gettext as _

from accounts.models import User
from gigstream.core.errors import NotAllowed

MEGABYTE = 1024 * 1024
QUOTA_BYTES = 500 * MEGABYTE

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


@takes_room
def face_and_works(user: User) -> int:
    works: int | None = user.works.aggregate(bytes=Sum("bytes"))["bytes"]
    return user.avatar_bytes + (works or 0)
