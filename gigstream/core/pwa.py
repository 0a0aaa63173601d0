"""The site as an app on somebody's device: what it is called, and what is there without a network."""

from zlib import crc32

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from gigstream.core.site import site_name

# What the page without a network needs, and every other page too.
SHELL = [
    "css/app.css",
    "js/main.js",
    "vendor/htmx.min.js",
    "fonts/figtree.woff2",
    "fonts/bricolage.woff2",
    "icons/icon.svg",
    "icons/lucide.svg",
]

PAPER, INK = "#fefcf8", "#0b1921"


@login_not_required
@require_safe
def manifest(request: HttpRequest) -> JsonResponse:
    """What the device shows: name, colours, icons, and where a long press leads."""
    icons = [
        ("icons/icon-192.png", "192x192", "any"),
        ("icons/icon-512.png", "512x512", "any"),
        ("icons/maskable-512.png", "512x512", "maskable"),
    ]
    content = {
        "id": "/",
        "name": site_name(),
        "short_name": site_name(),
        "description": _("Hire a freelancer at a fixed price"),
        "lang": request.LANGUAGE_CODE,
        "start_url": reverse("gigs:home"),
        "scope": "/",
        "display": "standalone",
        "background_color": PAPER,
        "theme_color": PAPER,
        "icons": [
            {
                "src": static(name),
                "sizes": size,
                "type": "image/png",
                "purpose": purpose,
            }
            for name, size, purpose in icons
        ],
        "shortcuts": [
            _shortcut(_("Messages"), "messaging:inbox"),
            _shortcut(_("Orders"), "orders:list"),
        ],
    }
    return JsonResponse(content, content_type="application/manifest+json")


def _shortcut(name: str, view: str) -> dict[str, object]:
    icon = {"src": static("icons/icon-192.png"), "sizes": "192x192"}
    return {"name": name, "url": reverse(view), "icons": [icon]}


@login_not_required
@require_safe
def service_worker(request: HttpRequest) -> HttpResponse:
    """The script between the pages and the network; a new release has another one.

    Browsers ask for it anew each day at least, so it must not be kept.
    """
    shell = [static(name) for name in SHELL]
    version = f"{crc32(''.join(shell).encode()):08x}"
    context = {
        "version": version,
        "shell": shell,
        "static_url": settings.STATIC_URL,
        "offline_url": reverse("core:offline"),
    }
    script = render(request, "pwa/sw.js", context, content_type="text/javascript")
    script.headers["Cache-Control"] = "no-cache"
    return script


@login_not_required
@require_safe
def offline(request: HttpRequest) -> HttpResponse:
    """What is shown where a page cannot be had; the same for everybody, for it is kept."""
    return render(request, "pwa/offline.html")
