"""What people may take with them: one ZIP of everything the site knows of them.

Each app adds its part, in its own `exports.py`, so that no app looks into another:

    @exports("orders")
    def orders(user: User) -> Part: ...
"""

import io
import json
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.core.serializers.json import DjangoJSONEncoder
from django.utils.translation import gettext as _

from accounts.emails import absolute
from accounts.models import User
from gigstream.core.site import site_name
from gigstream.services import cloudinary

LIMIT = 10 * 1024 * 1024
"""Bytes of a whole export: what the private storage takes as one file."""
RESERVE = 512 * 1024
"""Of these for what is written last: the names of all files."""


class TooLarge(Exception):
    """The export has outgrown what can be stored; an operator must hand it over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptFile:
    """A private file of theirs: its name in the ZIP, where it is kept, and where to have it."""

    name: str
    public_id: str
    size: int
    path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What one app has: JSON-ready data, and files beside it."""

    data: Any
    files: Sequence[KeptFile] = ()


Gatherer = Callable[[User], Part]
_gatherers: dict[str, Gatherer] = {}


def exports(name: str) -> Callable[[Gatherer], Gatherer]:
    """Add a part to every export, as `<name>.json` with its files under `<name>/`."""

    def register(gatherer: Gatherer) -> Gatherer:
        _gatherers[name] = gatherer
        return gatherer

    return register


def pack(user: User, *, now: datetime) -> bytes:
    """Make the ZIP. Files that do not fit are named in it, with where they are to be had.

    Asks the storage for each of the others; raises `TooLarge` where data alone is too much.
    """
    packed = io.BytesIO()
    parts = [(name, gather(user)) for name, gather in sorted(_gatherers.items())]
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts:
            archive.writestr(f"{name}.json", _json(part.data))
        left_out = []
        for name, part in parts:
            for file in part.files:
                if packed.tell() + file.size > LIMIT - RESERVE:
                    left_out.append(f"{name}/{file.name}: {absolute(file.path)}")
                    continue
                content = b"".join(cloudinary.open_private(file.public_id, "raw"))
                archive.writestr(f"{name}/{file.name}", content)
        archive.writestr("README.txt", _introduction(user, now, left_out))
    if packed.tell() > LIMIT:
        raise TooLarge(f"More than {LIMIT} bytes; hand this copy over by other means.")
    return packed.getvalue()


def _json(data: Any) -> str:
    return json.dumps(data, cls=DjangoJSONEncoder, ensure_ascii=False, indent=2)


def _introduction(user: User, now: datetime, left_out: Sequence[str]) -> str:
    text = _(
        "Everything that %(site)s knows of %(name)s, as of %(date)s (UTC).\n"
        "Amounts are in minor units: 1050 with the currency usd is $10.50.\n"
    )
    date = f"{now:%Y-%m-%d %H:%M}"
    text %= {"site": site_name(), "name": user.full_name, "date": date}
    if left_out:
        text += _(
            "\nFiles that did not fit. While you are logged in you find them here:\n"
        )
        text += "".join(f"{line}\n" for line in left_out)
    return text


PROFILE = [
    "id",
    "email",
    "username",
    "full_name",
    "headline",
    "bio",
    "location",
    "country",
    "spoken_languages",
    "skills",
    "standing",
    "selling_since",
    "seller_verified_at",
    "rating",
    "review_count",
    "vacation_from",
    "vacation_until",
    "vacation_message",
    "theme",
    "language",
    "time_zone",
    "amounts",
    "joined_at",
    "last_login",
]


@exports("account")
def account(user: User) -> Part:
    """Who they are to us, and how they come in."""
    return Part(
        data={
            "profile": User.objects.filter(pk=user.pk).values(*PROFILE).get(),
            "picture": user.avatar_url("large"),
            "portfolio": [
                {"title": work.title, "text": work.text, "picture": work.large}
                for work in user.works.in_order()
            ],
            "email_addresses": _rows(
                EmailAddress.objects.filter(user=user), "email", "verified", "primary"
            ),
            "api_tokens": _rows(
                user.api_tokens.order_by("pk"),
                "name",
                "scopes",
                "created_at",
                "expires_at",
                "last_used_at",
            ),
            "security_events": _rows(
                user.security_events.order_by("at"), "kind", "at", "address", "browser"
            ),
            "sessions": _rows(
                UserSession.objects.filter(user=user),
                "ip",
                "user_agent",
                "created_at",
                "last_seen_at",
            ),
            "second_factors": _rows(
                Authenticator.objects.filter(user=user), "type", "created_at"
            ),
            "other_logins": _rows(
                SocialAccount.objects.filter(user=user),
                "provider",
                "uid",
                "date_joined",
            ),
            "blocked": _rows(user.blocks.order_by("at"), "blocked__full_name", "at"),
            "reports": _rows(
                user.reports.order_by("at"), "target", "reason", "text", "status", "at"
            ),
            "copies_requested": _rows(
                user.data_exports.order_by("requested_at"), "requested_at"
            ),
        }
    )


def _rows(found: Any, *fields: str) -> list[dict[str, Any]]:
    return list(found.values(*fields))
