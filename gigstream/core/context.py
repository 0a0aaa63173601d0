"""What every page knows about the site. Nothing here may ask the database for each page."""

import hashlib
from typing import Any

from django.conf import settings
from django.http import HttpRequest

from gigstream.core import clock
from gigstream.core.http import remembered
from gigstream.core.models import Site
from gigstream.core.site import current

SEEN = "announcement"
"""The cookie that remembers which announcement somebody has closed."""
THEMES = frozenset({"stream", "stream-dark"})


def _announcement(request: HttpRequest, shown: Site) -> dict[str, Any] | None:
    """What is on top of every page now, unless this browser has closed it."""
    if not shown.announces(at=clock.now()):
        return None
    key = key_of(shown)
    if shown.announcement_dismissible and remembered(request, SEEN) == key:
        return None
    return {
        "text": shown.announcement,
        "level": shown.announcement_level,
        "can_close": shown.announcement_dismissible,
        "key": key,
    }


def key_of(shown: Site) -> str:
    """Another text is another announcement."""
    return hashlib.sha256(shown.announcement.encode()).hexdigest()[:16]


def site(request: HttpRequest) -> dict[str, Any]:
    shown = current()
    # What an account has chosen goes before what this browser remembers.
    chosen = getattr(getattr(request, "user", None), "theme", "")
    theme = chosen or remembered(request, "theme")
    return {
        "site_name": shown.site_name,
        "announcement": _announcement(request, shown),
        "site_url": settings.SITE_URL,
        "sandbox": settings.SANDBOX,
        "social_links": settings.SOCIAL_LINKS,
        "theme": theme if theme in THEMES else "",
    }
