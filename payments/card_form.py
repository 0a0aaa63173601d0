"""What a page needs to take a payment: Stripe's form, and the cards that the buyer keeps."""

from typing import Any

from django.conf import settings
from django.utils.http import urlencode

from accounts.http import AuthedRequest
from gigstream.core import clock
from payments.models import CardSetup, KeptCard, Payment


def card_form(
    request: AuthedRequest, payment: Payment | None, *, back: str
) -> dict[str, Any]:
    """The context of `payments/_card_form.html`; `back` is where to go when it is paid.

    Without JavaScript only the sandbox has a form for another card.
    """
    context: dict[str, Any] = {"payment": payment, **_stripe_js(back)}
    if payment is None or not payment.intent_id:
        return context
    kept = KeptCard.objects.visible_to(request.user)
    context["kept_cards"] = kept.usable(on=clock.now().date()).order_by("-kept_at")
    context["plain_form_url"] = _plain_form_url(
        request, payment.intent_id, payment.client_secret, back
    )
    return context


def setup_form(
    request: AuthedRequest, setup: CardSetup, *, back: str
) -> dict[str, Any]:
    """The context of the form by which a card is kept without paying."""
    url = _plain_form_url(request, setup.stripe_id or "", setup.client_secret, back)
    return {"plain_form_url": url, **_stripe_js(back)}


def came_back(request: AuthedRequest) -> bool:
    """Whether the browser says that it paid; an attempt that failed before is over then."""
    return "returned" in request.GET and request.GET.get("redirect_status") != "failed"


def _stripe_js(back: str) -> dict[str, str]:
    return {
        "stripe_js_url": settings.STRIPE_JS_URL,
        "publishable_key": settings.STRIPE_PUBLISHABLE_KEY,
        "return_url": back,
    }


def _plain_form_url(
    request: AuthedRequest, intent_id: str, secret: str, back: str
) -> str:
    if not settings.SANDBOX:
        return ""
    query = {"client_secret": secret, "return_url": request.build_absolute_uri(back)}
    return f"/sandbox/stripe/pay/{intent_id}?{urlencode(query)}"
