"""The content policy of pages that hold Stripe's card form, or lead on to Stripe: no more than that."""

from collections.abc import Callable
from typing import Any

from csp.decorators import csp_replace, csp_update
from django.http import HttpResponseBase

STRIPE = ["https://js.stripe.com", "https://*.js.stripe.com"]
ADDED = {
    "script-src": STRIPE,
    "connect-src": ["https://api.stripe.com"],
    "img-src": ["https://*.stripe.com"],
    # Who pays with a kept card is sent on to their bank's question.
    "form-action": ["https://hooks.stripe.com"],
}
REPLACED = {"frame-src": [*STRIPE, "https://hooks.stripe.com"]}
PERMISSIONS = (
    "camera=(), microphone=(), geolocation=(), usb=(), "
    'payment=(self "https://js.stripe.com")'
)

View = Callable[..., HttpResponseBase]


def allow_onboarding(view: View) -> View:
    """Let a form of this page lead on to Stripe's own page, which browsers count as sending there."""
    allowed: View = csp_update({"form-action": ["https://connect.stripe.com"]})(view)
    return allowed


def allow_card_form(view: View) -> View:
    """Let a page mount the Payment Element, and the browser offer its stored cards."""

    def with_permissions(*args: Any, **options: Any) -> HttpResponseBase:
        response = view(*args, **options)
        response.headers["Permissions-Policy"] = PERMISSIONS
        return response

    allowed: View = csp_update(ADDED)(csp_replace(REPLACED)(with_permissions))
    return allowed
