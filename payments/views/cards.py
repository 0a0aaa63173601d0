"""The cards that a buyer keeps, in their settings: to look at, to add, to remove."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.http import AuthedRequest
from gigstream.core import clock, limits
from gigstream.core.http import wait_on, wants_fragment
from gigstream.services import stripe
from payments import actions
from payments.card_form import setup_form
from payments.models import CardSetup, KeptCard
from payments.policy import allow_card_form


@require_safe
def settings_cards(request: AuthedRequest) -> HttpResponse:
    cards = KeptCard.objects.visible_to(request.user).order_by("-kept_at")
    return render(request, "payments/settings_cards.html", {"cards": cards})


@require_POST
def add_card(request: AuthedRequest) -> HttpResponse:
    """Begin to keep a card without paying; Stripe's form is on the next page."""
    limits.spend(request, "card", account=str(request.user.pk))
    try:
        setup = actions.request_card_setup(actor=request.user, now=clock.now())
    except stripe.StripeFailure:
        messages.error(request, _("No card can be added just now. Please try again."))
        return redirect("payments:settings_cards")
    return redirect(setup)


@allow_card_form
@require_safe
def card_setup(request: AuthedRequest, pk: UUID) -> HttpResponse:
    """Show Stripe's form for a card, and then wait for Stripe's word.

    While it waits, htmx comes back here until that has come.
    """
    mine = CardSetup.objects.visible_to(request.user)
    setup = get_object_or_404(mine, pk=pk)
    is_open = setup.status == CardSetup.Status.OPEN
    if wants_fragment(request):
        return wait_on(is_waiting=is_open)
    if not is_open or not setup.stripe_id:
        if setup.status == CardSetup.Status.SUCCEEDED:
            messages.success(request, _("Your card is kept."))
        return redirect("payments:settings_cards")
    came_back = request.GET.get("redirect_status", "succeeded") == "succeeded"
    context = {
        "setup": setup,
        "is_waiting": "returned" in request.GET and came_back,
        **setup_form(request, setup, back=f"{setup.get_absolute_url()}?returned=1"),
    }
    return render(request, "payments/card_setup.html", context)


@require_POST
def remove_card(request: AuthedRequest, pk: UUID) -> HttpResponse:
    mine = get_object_or_404(KeptCard.objects.visible_to(request.user), pk=pk)
    actions.remove_card(card_id=mine.pk, actor=request.user)
    messages.success(request, _("Removed. We do not keep this card any more."))
    return redirect("payments:settings_cards")
