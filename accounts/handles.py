"""A username for everybody: made from the name, so that each person has an address."""

import secrets

from django.db import IntegrityError, transaction
from django.utils.text import slugify

from accounts.models import User
from accounts.usernames import is_reserved

LONGEST = 24
TRIES = 5


def suggest(full_name: str) -> str:
    """The name in plain letters; a name without any gives `person`."""
    plain = slugify(full_name).replace("_", "-")[:LONGEST].strip("-")
    return plain or "person"


def free(full_name: str) -> str:
    """A username that nobody has at this moment: the name, or the name and a number."""
    plain = suggest(full_name)
    if not is_reserved(plain) and plain != "person" and _is_free(plain):
        return plain
    return f"{plain}-{secrets.randbelow(90_000) + 10_000}"


def give(user: User) -> None:
    """Give a saved person a username, unless there is one.

    Two people with one name may ask at once: the second then gets a number.
    """
    for _ in range(TRIES):
        if user.username:
            return
        try:
            with transaction.atomic():
                User.objects.filter(pk=user.pk, username=None).update(
                    username=free(user.full_name)
                )
        except IntegrityError:
            continue
        user.refresh_from_db(fields=["username"])


def _is_free(username: str) -> bool:
    return not User.objects.called(username).exists()
