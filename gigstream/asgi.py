"""The whole site in one process: Django on a pool of threads, beside it the sandbox on its own.

Views are synchronous, so Django runs as WSGI. The sandbox must not share its
threads: Django waits for the sandbox's answers, and both would wait for ever.
"""

import logging
import os
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

import a2wsgi
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from h11 import LocalProtocolError

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gigstream.settings.local")

THREADS = 8

ASGIApp = Callable[..., Awaitable[None]]
Scope = MutableMapping[str, Any]


async def application(scope: Scope, receive: Any, send: Any) -> None:
    """Hand the sandbox what is its own, and Django all else; Django has no sockets."""
    path: str = scope.get("path", "")
    if pusher and path.startswith(("/app/", "/apps/")):
        await pusher(scope, receive, send)
    elif scope["type"] == "websocket":
        await send({"type": "websocket.close"})
    elif sandbox and path.startswith("/sandbox/"):
        await sandbox(scope, receive, send)
    else:
        await site(scope, receive, send)


def _threaded(app: Any) -> ASGIApp:
    return a2wsgi.WSGIMiddleware(app, workers=THREADS)


def _build_sandbox() -> ASGIApp:
    from gigstream.sandbox.app import build_sandbox

    return _threaded(
        build_sandbox(
            directory=settings.SANDBOX_DIR,
            public_url=settings.SANDBOX_URL,
            stripe_webhook_url=f"{settings.SITE_URL}/api/webhooks/stripe",
            stripe_webhook_secret=next(iter(settings.STRIPE_WEBHOOK_SECRETS), ""),
            stripe_secret_key=settings.STRIPE_SECRET_KEY,
            stripe_publishable_key=settings.STRIPE_PUBLISHABLE_KEY,
            cloudinary_url=settings.CLOUDINARY_URL,
            resend_key=settings.RESEND_API_KEY,
            resend_webhook_url=f"{settings.SITE_URL}/api/webhooks/resend",
            resend_webhook_secret=next(iter(settings.RESEND_WEBHOOK_SECRETS), ""),
        )
    )


def _build_pusher() -> ASGIApp:
    """Pusher's part of the sandbox needs no threads: it never waits for anything."""
    from gigstream.sandbox.pusher import PusherSandbox

    return PusherSandbox(
        app_id=settings.PUSHER_APP_ID,
        key=settings.PUSHER_KEY,
        secret=settings.PUSHER_SECRET,
    )


def _is_a_mistake(record: logging.LogRecord) -> bool:
    """The sandbox breaks answers off when asked to, which uvicorn takes for a mistake."""
    return not (record.exc_info and isinstance(record.exc_info[1], LocalProtocolError))


site = _threaded(get_wsgi_application())
sandbox = _build_sandbox() if settings.SANDBOX else None
pusher = _build_pusher() if settings.SANDBOX and settings.PUSHER_IS_HERE else None
if sandbox:
    logging.getLogger("uvicorn.error").addFilter(_is_a_mistake)
