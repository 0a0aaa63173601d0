"""Where finance decides on withdrawals: one by one, or many at once."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ActionForm
from django.contrib.auth.views import redirect_to_login
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.fresh import is_fresh
from gigstream.core import clock
from gigstream.core.admin import ReadOnlyAdmin, money_column
from gigstream.core.errors import Refusal
from payments import actions
from payments.models import Paper, Payout, PayoutMethod


class DecisionForm(ActionForm):
    """What to do with the chosen withdrawals, and why."""

    reason = forms.CharField(
        label=_("Reason"),
        required=False,
        max_length=300,
        help_text=_("The seller reads it."),
    )


Verb = Callable[..., None]


@admin.register(Payout)
class PayoutAdmin(ReadOnlyAdmin):
    list_display = [
        "requested_at",
        "user",
        "written",
        "method",
        "status",
        "submitted_at",
        "failure",
    ]
    written = money_column("amount", _("amount"))
    list_filter = ["status", "method__kind", "requested_at"]
    list_select_related = ["user", "method"]
    search_fields = ["=id", "user__email", "=stripe_id", "=transfer_id"]
    ordering = ["-requested_at"]
    fields = [
        "user",
        "written",
        "status",
        "method",
        "bank",
        "requested_at",
        "submitted_at",
        "settled_at",
        "failure",
        "transfer_id",
        "stripe_id",
    ]
    action_form = DecisionForm
    actions = ["approve", "reject", "confirm_sent", "mark_returned"]

    @admin.display(description=_("bank details"))
    def bank(self, payout: Any) -> str:
        """The whole account, for whoever sends the money by hand."""
        method = payout.method
        parts = [
            method.holder,
            method.account_number,
            method.bank_code,
            method.bank_name,
            str(method.country.name or ""),
        ]
        return ", ".join(part for part in parts if part)

    def has_decide_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("payments.change_payout")

    @admin.action(permissions=["decide"], description=_("Approve: send the money"))
    def approve(
        self, request: HttpRequest, chosen: QuerySet[Payout]
    ) -> HttpResponseBase | None:
        return self._decide(request, chosen, actions.approve_payout)

    @admin.action(permissions=["decide"], description=_("Reject, with a reason"))
    def reject(
        self, request: HttpRequest, chosen: QuerySet[Payout]
    ) -> HttpResponseBase | None:
        return self._decide(request, chosen, actions.reject_payout, needs_reason=True)

    @admin.action(permissions=["decide"], description=_("The bank has sent it: paid"))
    def confirm_sent(
        self, request: HttpRequest, chosen: QuerySet[Payout]
    ) -> HttpResponseBase | None:
        return self._decide(request, chosen, actions.confirm_payout)

    @admin.action(
        permissions=["decide"], description=_("The bank sent it back, with a reason")
    )
    def mark_returned(
        self, request: HttpRequest, chosen: QuerySet[Payout]
    ) -> HttpResponseBase | None:
        return self._decide(request, chosen, actions.return_payout, needs_reason=True)

    def _decide(
        self,
        request: HttpRequest,
        chosen: QuerySet[Payout],
        verb: Verb,
        *,
        needs_reason: bool = False,
    ) -> HttpResponseBase | None:
        """Decide on each by itself: one that is refused stops no other."""
        if not is_fresh(request):  # type: ignore[arg-type]
            return redirect_to_login(
                request.get_full_path(), reverse("account_reauthenticate")
            )
        reason = {"reason": request.POST.get("reason", "")[:300]}
        done = 0
        for pk in chosen.order_by("pk").values_list("pk", flat=True):
            try:
                verb(
                    payout_id=pk,
                    actor=request.user,
                    now=clock.now(),
                    **(reason if needs_reason else {}),
                )
                done += 1
            except Refusal as refusal:
                messages.error(request, f"{pk}: {refusal}")
        if done:
            text = gettext("%(count)d withdrawals were decided on.") % {"count": done}
            messages.success(request, text)
        return None


@admin.register(PayoutMethod)
class PayoutMethodAdmin(ReadOnlyAdmin):
    list_display = ["added_at", "user", "masked", "kind", "standing", "removed_at"]
    list_filter = ["kind", "standing"]
    list_select_related = ["user"]
    search_fields = ["user__email", "=stripe_id"]
    exclude = ["account_number", "bank_code"]
    ordering = ["-added_at"]


@admin.register(Paper)
class PaperAdmin(ReadOnlyAdmin):
    list_display = ["issued_at", "series", "name", "order"]
    list_filter = ["series", "issued_at"]
    list_select_related = ["order"]
    search_fields = ["=number", "=subject", "=order__id"]
    ordering = ["-issued_at"]
