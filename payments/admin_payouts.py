"""Where finance decides on withdrawals: one by one, or many at once."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from django import forms
from django.contrib import admin
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.deciding import DecidingAdmin, ReasonForm, Verb
from accounts.models import User
from gigstream.core import clock, money
from gigstream.core.admin import ReadOnlyAdmin, money_column
from payments import actions
from payments.models import Paper, Payout, PayoutMethod
from payments.status import PayoutStatus


def _verb(
    name: str,
    label: Promise,
    help_text: Promise,
    action: Callable[..., None],
    *,
    sources: Iterable[PayoutStatus],
    needs_reason: bool = False,
    by_hand: bool = False,
) -> Verb:
    known = frozenset(sources)

    def act(payout: Payout, actor: User, said: dict[str, Any]) -> str:
        action(payout_id=payout.pk, actor=actor, now=clock.now(), **said)
        return gettext("Decided; the seller sees it in their wallet.")

    def form(_payout: Payout | None, data: Any) -> forms.Form:
        return ReasonForm(data) if needs_reason else forms.Form(data)

    def applies(payout: Payout) -> bool:
        return payout.status in known and not (by_hand and payout.method.is_automatic)

    return Verb(
        name=name,
        label=label,
        help=help_text,
        permission="payments.change_payout",
        form=form,
        act=act,
        applies=applies,
        many=True,
    )


@admin.register(Payout)
class PayoutAdmin(DecidingAdmin):
    """The desk of withdrawals: what waits for finance is `?status__exact=review`."""

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
    ordering = ["-id"]
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
    verbs = [
        _verb(
            "approve",
            _("Approve: send the money"),
            _("By Stripe at once, or by hand: then say so when the bank has sent it."),
            actions.approve_payout,
            sources=[PayoutStatus.REVIEW],
        ),
        _verb(
            "reject",
            _("Reject, with a reason"),
            _("The money goes back into the wallet, and the seller reads why."),
            actions.reject_payout,
            sources=[PayoutStatus.REQUESTED, PayoutStatus.REVIEW],
            needs_reason=True,
        ),
        _verb(
            "confirm_sent",
            _("The bank has sent it: paid"),
            _("For what is sent by hand. It cannot be taken back, but may come back."),
            actions.confirm_payout,
            sources=[PayoutStatus.SUBMITTED],
            by_hand=True,
        ),
        _verb(
            "mark_returned",
            _("The bank sent it back, with a reason"),
            _("The money goes back into the wallet, and the seller reads why."),
            actions.return_payout,
            sources=[PayoutStatus.SUBMITTED, PayoutStatus.PAID],
            needs_reason=True,
            by_hand=True,
        ),
    ]

    def described(self, row: Any) -> str:
        return f"{row.user}: {money.written(row.amount, row.currency)}, {row.method}"

    def summed(self, rows: Sequence[Any]) -> str:
        sums: Counter[str] = Counter()
        for row in rows:
            sums[row.currency] += row.amount
        return ", ".join(money.written(sum_, name) for name, sum_ in sums.items())

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


@admin.register(PayoutMethod)
class PayoutMethodAdmin(ReadOnlyAdmin):
    list_display = ["added_at", "user", "masked", "kind", "standing", "removed_at"]
    list_filter = ["kind", "standing"]
    list_select_related = ["user"]
    search_fields = ["user__email", "=stripe_id"]
    exclude = ["account_number", "bank_code"]
    ordering = ["-id"]

    @admin.display(description=_("destination"))
    def masked(self, method: Any) -> str:
        return str(method.masked)


@admin.register(Paper)
class PaperAdmin(ReadOnlyAdmin):
    list_display = ["issued_at", "series", "name", "order"]
    list_filter = ["series", "issued_at"]
    list_select_related = ["order"]
    search_fields = ["=number", "=subject", "=order__id"]
    ordering = ["-id"]
