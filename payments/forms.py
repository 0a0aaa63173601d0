"""What people type about their money."""

import re
from typing import Any
from uuid import uuid4

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_countries import countries

from gigstream.core.forms import MoneyField, PeriodForm
from gigstream.core.models.settings import Policy
from payments.actions import BankAccount
from payments.statement import Account, Group, Wish


class StatementForm(PeriodForm):
    """Which part of the statement to show. What cannot be read is left out, and said."""

    account = forms.ChoiceField(
        label=gettext_lazy("Balance"), choices=Account, required=False
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("Kind"),
        choices=[("", gettext_lazy("Everything")), *Group.choices],
        required=False,
    )
    field_order = ["account", "kind", "since", "until"]

    def wish(self) -> Wish:
        self.is_valid()
        asked = self.cleaned_data
        return Wish(
            account=Account(asked.get("account") or Account.AVAILABLE),
            group=Group(asked["kind"]) if asked.get("kind") else None,
            since=asked.get("since"),
            until=asked.get("until"),
        )


class WithdrawForm(forms.Form):
    """How much; `key` makes a double click one withdrawal, `step` says whether it was looked over."""

    key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, policy: Policy, **options: Any) -> None:
        options.setdefault("initial", {})
        options["initial"].setdefault("key", uuid4())
        super().__init__(*args, **options)
        self.fields["amount"] = MoneyField(
            label=_("Amount"),
            least=policy.payout_minimum,
            most=policy.payout_daily_maximum,
            currency=policy.currency,
        )


class BankForm(forms.Form):
    """A bank account. Spaces are for reading only."""

    holder = forms.CharField(
        label=gettext_lazy("Account holder"),
        max_length=140,
        help_text=gettext_lazy("As the bank knows you."),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    country = forms.ChoiceField(
        label=gettext_lazy("Country of the bank"),
        choices=lambda: [("", _("Choose a country")), *countries],
    )
    bank_name = forms.CharField(label=gettext_lazy("Bank"), max_length=140)
    account_number = forms.CharField(
        label=gettext_lazy("IBAN or account number"),
        max_length=50,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    bank_code = forms.CharField(
        label=gettext_lazy("BIC, routing number or sort code"),
        max_length=20,
        required=False,
        help_text=gettext_lazy("Not needed with an IBAN."),
        validators=[RegexValidator(r"^[A-Za-z0-9 -]*$")],
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )

    def clean_account_number(self) -> str:
        number = re.sub(r"[\s-]", "", self.cleaned_data["account_number"]).upper()
        if not re.fullmatch(r"[A-Z0-9]{4,34}", number, re.ASCII):
            raise forms.ValidationError(
                _("An account number has 4 to 34 letters and digits.")
            )
        if re.match(r"[A-Z]{2}[0-9]{2}", number) and not is_iban(number):
            raise forms.ValidationError(
                _("This IBAN is not right; look at each digit once more.")
            )
        return number

    def account(self) -> BankAccount:
        return BankAccount(
            **{name: self.cleaned_data[name] for name in BankAccount.__annotations__}
        )


def is_iban(number: str) -> bool:
    """Check the two digits by which banks notice slips of the finger."""
    turned = number[4:] + number[:4]
    return int("".join(str(int(sign, 36)) for sign in turned)) % 97 == 1
