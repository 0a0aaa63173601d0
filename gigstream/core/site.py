"""How the site shows itself, for every page to know without asking the database each time."""

from django.core.cache import caches
from django.db import DatabaseError

from gigstream.core.models import PlatformSetting, Settings

KEY = "site"
SECONDS = 10
"""How long a process may show what another one has changed."""


def current() -> Settings:
    """What was set last; the defaults where nothing was, or where the database is away."""
    memory = caches["memory"]
    known: Settings | None = memory.get(KEY)
    if known is None:
        try:
            _version, known = PlatformSetting.objects.newest()
        except DatabaseError:
            return Settings()
        memory.set(KEY, known, SECONDS)
    return known


def site_name() -> str:
    return current().site_name


def forget() -> None:
    """Ask again with the next page: something was changed."""
    caches["memory"].delete(KEY)
