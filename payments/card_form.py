"""What a page needs to take a payment: Stripe's form, and the cards that the buyer keeps."""

from typing import Any

from django.conf import settings
from django.utils.http import urlencode

from accounts.http import AuthedRequest
from gigstream.core import clock
from payments.models import KeptCard, Payment


def card_form(
    request: AuthedRequest, payment: Payment | None, *, back: str
) -> dict[str, Any]:
    """The context of `payments/_card_form.html`; `back` is where to go when it is paid.

    Without JavaScript only the sandbox has a form for another card.
    """
    context: dict[str, Any] = {
        "payment": payment,
        "stripe_js_url": settings.STRIPE_JS_URL,
        "publishable_key": settings.STRIPE_PUBLISHABLE_KEY,
        "return_url": back,
    }
    if payment is None or not payment.intent_id:
        return context
    kept = KeptCard.objects.visible_to(request.user)
    context["kept_cards"] = kept.usable(on=clock.now().date()).order_by("-kept_at")
    if settings.SANDBOX:
        query = urlencode(
            {
                "client_secret": payment.client_secret,
                "return_url": request.build_absolute_uri(back),
            }
        )
        context["plain_form_url"] = f"/sandbox/stripe/pay/{payment.intent_id}?{query}"
    return context
