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

from accounts.models import User
from gigstream.core.site import site_name
from gigstream.services import cloudinary

LIMIT = 10 * 1024 * 1024
"""Bytes of a whole export: what the private storage takes as one file."""


class TooLarge(Exception):
    """The export has outgrown what can be stored; an operator must hand it over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptFile:
    """A private file of theirs: its name in the ZIP, and where it is kept."""

    name: str
    public_id: str


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
    """Make the ZIP. Asks the storage for each file; raises `TooLarge`."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("README.txt", _introduction(user, now))
        for name, gather in sorted(_gatherers.items()):
            part = gather(user)
            archive.writestr(f"{name}.json", _json(part.data))
            for file in part.files:
                content = b"".join(cloudinary.open_private(file.public_id, "raw"))
                archive.writestr(f"{name}/{file.name}", content)
                _refuse_beyond_limit(packed)
    _refuse_beyond_limit(packed)
    return packed.getvalue()


def _refuse_beyond_limit(packed: io.BytesIO) -> None:
    if packed.tell() > LIMIT:
        raise TooLarge(f"More than {LIMIT} bytes; hand this copy over by other means.")


def _json(data: Any) -> str:
    return json.dumps(data, cls=DjangoJSONEncoder, ensure_ascii=False, indent=2)


def _introduction(user: User, now: datetime) -> str:
    text = _(
        "Everything that %(site)s knows of %(name)s, as of %(date)s (UTC).\n"
        "Amounts are in minor units: 1050 with the currency usd is $10.50.\n"
    )
    date = f"{now:%Y-%m-%d %H:%M}"
    return text % {"site": site_name(), "name": user.full_name, "date": date}


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
