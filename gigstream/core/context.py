"""What every page knows about the site. Nothing here may ask the database."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest

THEMES = frozenset({"stream", "stream-dark"})


def site(request: HttpRequest) -> dict[str, Any]:
    # What an account has chosen goes before what this browser remembers.
    chosen = getattr(getattr(request, "user", None), "theme", "")
    theme = chosen or request.COOKIES.get("theme", "")
    return {
        "site_name": settings.SITE_NAME,
        "site_url": settings.SITE_URL,
        "sandbox": settings.SANDBOX,
        "social_links": settings.SOCIAL_LINKS,
        "theme": theme if theme in THEMES else "",
    }
