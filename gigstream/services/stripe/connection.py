"""How we speak to Stripe, and what can go wrong."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import stripe
from django.conf import settings

Metadata = Mapping[str, str]

REQUEST_TIMEOUT = 3
"""Seconds that a call may take while a person waits for a page."""

TASK_TIMEOUT = 10
"""Seconds that one try may take in a background task, which has two more."""


class StripeFailure(Exception):
    """Stripe did not do what we asked."""


class StripeUnavailable(StripeFailure):
    """Stripe could not be reached, or not now; whether it acted is not known.

    Nor is it where Stripe knows the key of a call from another one, of older code of ours.
    """


class StripeRefused(StripeFailure):
    """Stripe understood and declined; the same call will be declined again."""

    def __init__(self, message: str, *, code: str = "") -> None:
        super().__init__(message)
        self.code = code


def is_livemode() -> bool:
    """Tell whether our key moves real money."""
    key: str = settings.STRIPE_SECRET_KEY
    return key.startswith(("sk_live_", "rk_live_"))


@contextmanager
def speaking(timeout: float) -> Iterator[stripe.StripeClient]:
    """Yield a client for one conversation, and translate its errors."""
    # Connecting and waiting share the time; requests would grant it to each.
    http = stripe.RequestsClient(timeout=(timeout / 3, timeout * 2 / 3))
    try:
        yield stripe.StripeClient(
            settings.STRIPE_SECRET_KEY,
            base_addresses={
                "api": settings.STRIPE_API_BASE,
                "files": settings.STRIPE_API_BASE.replace("//api.", "//files."),
            },
            http_client=http,
            max_network_retries=2 if timeout >= TASK_TIMEOUT else 0,
        )
    except (stripe.InvalidRequestError, stripe.CardError) as error:
        message = error.user_message or "Stripe declined."
        raise StripeRefused(message, code=error.code or "") from error
    except stripe.StripeError as error:
        raise StripeUnavailable(error.user_message or type(error).__name__) from error
    finally:
        http.close()  # type: ignore[no-untyped-call]
