"""Something extra for good work."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from gigstream.core.forms import MoneyField
from gigstream.core.ids import uuid7
from gigstream.core.money import written
from orders.actions.tips import LEAST_TIP, MOST_TIP


class TipForm(forms.Form):
    """A round part of the price, or an amount of one's own. The key makes a repeat the same tip."""

    OWN = "own"
    PERCENT = (5, 10, 20)

    preset = forms.ChoiceField(label=_("How much?"), widget=forms.RadioSelect)
    tip_key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid7)

    def __init__(self, data: Any = None, *, price: int, currency: str) -> None:
        super().__init__(data)
        presets = {
            min(max(round(price * percent, -4) // 100, LEAST_TIP), MOST_TIP)
            for percent in self.PERCENT
        }
        choices = [
            *((each, written(each, currency, short=True)) for each in sorted(presets)),
            (self.OWN, _("Another amount")),
        ]
        self.fields["preset"].choices = choices  # type: ignore[attr-defined]
        self.fields["preset"].initial = sorted(presets)[len(presets) // 2]
        self.fields["amount"] = MoneyField(
            least=LEAST_TIP,
            most=MOST_TIP,
            currency=currency,
            label=_("Another amount"),
            error_messages={"required": _("How much would you like to give?")},
        )

    def clean(self) -> dict[str, Any]:
        """What was typed counts where another amount was chosen; until then no field is seen."""
        said = super().clean() or self.cleaned_data
        chosen = said.get("preset")
        if chosen and chosen != self.OWN:
            said["amount"] = int(chosen)
            self.errors.pop("amount", None)
        return said
