"""What people type in a dispute: what happened, what would be right, and what shows it."""

from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from gigstream.core.forms import MoneyField
from gigstream.core.money import written
from gigstream.core.uploads import PrivateFilesField
from orders.actions import Ending
from orders.actions.disputes import MOST_DAYS
from orders.models import Dispute, Order, Statement
from orders.models.disputes import LONGEST_TEXT
from orders.status import OrderStatus, Role

Kind, Reason = Statement.Offer, Dispute.Reason

REASONS = {
    Role.BUYER: (Reason.LATE, Reason.DIFFERENT, Reason.QUALITY, Reason.SILENT),
    Role.SELLER: (Reason.MORE, Reason.MISSING, Reason.SILENT),
}
WISHES: dict[str, Promise] = {
    "revision": _("Changes to the work"),
    "time": _("More time for the work"),
    "part": _("A part of the price goes back to the buyer"),
    "refund": _("All of it goes back to the buyer"),
    "release": _("The seller is paid in full"),
}
WORK = ("revision", "time")
ASKED_FIRST = {
    Role.BUYER: {"revision", "time", "part", "refund"},
    Role.SELLER: {"time", "part", "release"},
}
"""What each side may want when it opens a dispute; in an answer all of it may be offered."""


class StatementForm(forms.Form):
    """An answer: words, and an offer if there is one; `most` of the price can go back."""

    want = forms.ChoiceField(
        label=_("What do you offer?"), required=False, widget=forms.RadioSelect
    )
    days = forms.IntegerField(
        label=_("In how many days?"),
        min_value=1,
        max_value=MOST_DAYS,
        initial=3,
    )
    text = forms.CharField(
        label=_("What do you say?"),
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 6}),
    )
    evidence = PrivateFilesField(
        label=_("What shows it"),
        required=False,
        help_text=_("Up to 10 files of 10 MB each: pictures, documents, a ZIP."),
    )
    field_order = ["reason", "want", "amount", "days", "text", "evidence"]

    def __init__(
        self, data: Any, files: Any, *, order: Order, before: str, most: int
    ) -> None:
        super().__init__(data, files, initial={"amount": most // 2})
        self.most = most
        self.fields["amount"] = MoneyField(
            least=1,
            most=max(most, 1),
            currency=order.currency,
            label=_("How much goes back to the buyer?"),
            help_text=gettext("Of %(amount)s; the seller keeps the rest.")
            % {"amount": written(most, order.currency)},
        )
        self.wishes = possible(before, most)
        self._choose(*self.wishes, empty=_("Only say something; the offer stays"))
        self.order_fields(self.field_order)

    def _choose(self, *names: str, empty: Promise | None = None) -> None:
        choices = [(name, WISHES[name]) for name in names]
        none = [("", empty)] if empty else []
        self.fields["want"].choices = [*choices, *none]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """What the wish does not need may be missing, or wrong."""
        said = super().clean() or {}
        want = said.get("want")
        if want != "part":
            self.errors.pop("amount", None)
        if want not in WORK:
            self.errors.pop("days", None)
        return said

    @property
    def offer(self) -> Ending | None:
        want = self.cleaned_data["want"]
        if not want:
            return None
        if want in WORK:
            return Ending(kind=Kind(want), days=self.cleaned_data["days"])
        refunds = {"refund": self.most, "release": 0}
        refund = refunds.get(want, self.cleaned_data.get("amount"))
        return Ending(kind=Kind.SPLIT, refund=refund)


class DisputeForm(StatementForm):
    """The opening: in which situation somebody is, and what would be right for them."""

    reason = forms.ChoiceField(label=_("What happened?"), widget=forms.RadioSelect)

    def __init__(
        self, data: Any, files: Any, *, order: Order, role: Role, most: int
    ) -> None:
        super().__init__(data, files, order=order, before=order.status, most=most)
        reasons = [*REASONS[role], Reason.OTHER]
        self.fields["reason"].choices = [  # type: ignore[attr-defined]
            (reason.value, reason.label) for reason in reasons
        ]
        self.fields["want"].required = True
        self.fields["want"].label = gettext("What would be right for you?")
        self.fields["text"].label = gettext("Tell it in your words")
        wanted = [name for name in self.wishes if name in ASKED_FIRST[role]]
        self._choose(*wanted)


def possible(before: str, most: int) -> list[str]:
    """The wishes that fit where the order stood before the dispute."""
    fitting = set(WISHES) - set(WORK)
    if before in {OrderStatus.DELIVERED, OrderStatus.REVISION}:
        fitting.add("revision")
    if before in {OrderStatus.IN_PROGRESS, OrderStatus.REVISION}:
        fitting.add("time")
    if not most:
        fitting -= {"part", "refund"}
    return [name for name in WISHES if name in fitting]


class AgreeForm(forms.Form):
    """Which offer somebody has read and agrees to."""

    offer = forms.UUIDField(widget=forms.HiddenInput)
