"""What every page knows about the site. Nothing here may ask the database."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest

THEMES = frozenset({"stream", "stream-dark"})


def site(request: HttpRequest) -> dict[str, Any]:
    theme = request.COOKIES.get("theme", "")
    return {
        "site_name": settings.SITE_NAME,
        "site_url": settings.SITE_URL,
        "sandbox": settings.SANDBOX,
        "theme": theme if theme in THEMES else "",
    }
