"""The whole site in one process: Django on a pool of threads, beside it the sandbox on its own.

Views are synchronous, so Django runs as WSGI. The sandbox must not share its
threads: Django waits for the sandbox's answers, and both would wait for ever.
"""

import os
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

import a2wsgi
from django.conf import settings
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gigstream.settings.local")

THREADS = 8

ASGIApp = Callable[..., Awaitable[None]]
Scope = MutableMapping[str, Any]


async def application(scope: Scope, receive: Any, send: Any) -> None:
    """Hand the sandbox what is below `/sandbox/`, and Django all else."""
    app = sandbox if sandbox and _is_for_sandbox(scope) else site
    await app(scope, receive, send)


def _is_for_sandbox(scope: Scope) -> bool:
    path: str = scope.get("path", "")
    return path.startswith("/sandbox/")


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
        )
    )


site = _threaded(get_wsgi_application())
sandbox = _build_sandbox() if settings.SANDBOX else None
