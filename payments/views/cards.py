"""The cards that a buyer keeps, in their settings."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.http import AuthedRequest
from payments import actions
from payments.models import KeptCard


@require_safe
def settings_cards(request: AuthedRequest) -> HttpResponse:
    cards = KeptCard.objects.visible_to(request.user).order_by("-kept_at")
    return render(request, "payments/settings_cards.html", {"cards": cards})


@require_POST
def remove_card(request: AuthedRequest, pk: UUID) -> HttpResponse:
    mine = get_object_or_404(KeptCard.objects.visible_to(request.user), pk=pk)
    actions.remove_card(card_id=mine.pk, actor=request.user)
    messages.success(request, _("Removed. We do not keep this card any more."))
    return redirect("payments:settings_cards")
