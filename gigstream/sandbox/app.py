"""The sandbox put together: one WSGI app for everything below `/sandbox/`."""

from collections.abc import Iterable
from pathlib import Path
from wsgiref.types import StartResponse, WSGIEnvironment

from gigstream.sandbox.cloudinary import CloudinarySandbox
from gigstream.sandbox.resend import ResendSandbox
from gigstream.sandbox.store import Store
from gigstream.sandbox.stripe.app import StripeSandbox
from gigstream.sandbox.stripe.pages import cards_table
from gigstream.sandbox.web import (
    Request,
    Response,
    Route,
    Router,
    asset,
    html,
    page,
)

OVERVIEW = """
<p>This site runs without accounts at outside companies. What they would do happens here instead,
and the site speaks to it just as it would to them.</p>
<ul>
  <li><a href="/sandbox/outbox/">Outbox</a>: every mail that the site sent</li>
  <li><a href="/sandbox/stripe/">Payments</a>: payments, refunds and events, and faults to order</li>
</ul>
<h2>Test cards</h2>
{cards}
"""


class Sandbox:
    """Stripe, Cloudinary and Resend behind one door, over one store of their own."""

    def __init__(
        self,
        store: Store,
        stripe: StripeSandbox,
        cloudinary: CloudinarySandbox,
        resend: ResendSandbox,
    ) -> None:
        self.store = store
        self.stripe = stripe
        self.resend = resend
        self._router = Router(
            [
                Route("GET", "/sandbox/", _overview),
                Route(
                    "GET",
                    r"/sandbox/style\.css",
                    asset("style.css", "text/css; charset=utf-8"),
                ),
                *stripe.routes(),
                *cloudinary.routes(),
                *resend.routes(),
            ]
        )

    def __call__(
        self, environ: WSGIEnvironment, start: StartResponse
    ) -> Iterable[bytes]:
        return self._router(environ, start)

    def reset(self) -> None:
        """Forget everything, as if nothing had ever happened here."""
        self.stripe.forget()
        self.store.clear()


def build_sandbox(
    *,
    directory: Path,
    public_url: str,
    stripe_webhook_url: str,
    stripe_webhook_secret: str,
    stripe_secret_key: str,
    stripe_publishable_key: str,
    cloudinary_url: str,
    resend_key: str,
    resend_webhook_url: str,
    resend_webhook_secret: str,
) -> Sandbox:
    """Build the app. Without a webhook address, events are only recorded."""
    store = Store(directory / "sandbox.sqlite3")
    stripe = StripeSandbox(
        store,
        public_url=public_url,
        webhook_url=stripe_webhook_url,
        webhook_secret=stripe_webhook_secret,
        secret_key=stripe_secret_key,
        publishable_key=stripe_publishable_key,
    )
    cloudinary = CloudinarySandbox(
        store, directory / "files", account_url=cloudinary_url, public_url=public_url
    )
    resend = ResendSandbox(
        store,
        key=resend_key,
        webhook_url=resend_webhook_url,
        webhook_secret=resend_webhook_secret,
    )
    return Sandbox(store, stripe, cloudinary, resend)


def _overview(_request: Request) -> Response:
    return page("Overview", html(OVERVIEW, cards=cards_table()))
