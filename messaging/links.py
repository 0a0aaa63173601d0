"""Links in mails that are their own permission: who holds one may do what it says, nothing else."""

from datetime import timedelta
from uuid import UUID

from django.core import signing
from django.urls import reverse

from accounts import emails

CONFIRM_WITHIN = timedelta(days=7)
_CONFIRM, _LEAVE = "newsletter.confirm", "newsletter.leave"
_STOP = "notifications.stop"
DIGEST = "digest"


class Unreadable(Exception):
    """The link was changed on its way, or its time is over."""


def confirm_link(subscriber_id: UUID) -> str:
    return _link("messaging:confirm", subscriber_id, _CONFIRM)


def leave_link(subscriber_id: UUID) -> str:
    """This one never runs out: who wants to leave may."""
    return _link("messaging:leave", subscriber_id, _LEAVE)


def stop_link(user_id: UUID, kind: str) -> str:
    """It ends the mails of one kind, or digests, and never runs out either."""
    token = signing.dumps([user_id.hex, kind], salt=_STOP)
    return emails.absolute(reverse("messaging:stop_mails", args=[token]))


def read_stop(token: str) -> tuple[UUID, str]:
    try:
        user_id, kind = signing.loads(token, salt=_STOP)
        return UUID(user_id), kind
    except (signing.BadSignature, ValueError, TypeError) as unreadable:
        raise Unreadable from unreadable


def read_confirm(token: str) -> UUID:
    return _read(token, _CONFIRM, CONFIRM_WITHIN)


def read_leave(token: str) -> UUID:
    return _read(token, _LEAVE, None)


def _link(view: str, key: UUID, salt: str) -> str:
    token = signing.dumps(key.hex, salt=salt)
    return emails.absolute(reverse(view, args=[token]))


def _read(token: str, salt: str, within: timedelta | None) -> UUID:
    try:
        return UUID(signing.loads(token, salt=salt, max_age=within))
    except (signing.BadSignature, ValueError) as unreadable:
        raise Unreadable from unreadable
