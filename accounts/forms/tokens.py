"""What people fill in to give a program a key."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.actions.tokens import (
    LIFETIMES,
    STAFF_LIFETIME,
    refuse_long_for_staff,
)
from accounts.models import Scope, User
from gigstream.core.errors import NotAllowed
from gigstream.core.ids import uuid7


class TokenForm(forms.Form):
    """A token: what it is for, what it may do, until when."""

    token_id = forms.UUIDField(widget=forms.HiddenInput, initial=uuid7)
    name = forms.CharField(
        label=_("What is it for?"),
        max_length=60,
        help_text=_("A name by which you know it again: “My phone”."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    scopes = forms.MultipleChoiceField(
        label=_("What may it do?"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one.")},
    )
    days = forms.TypedChoiceField(
        label=_("How long does it work?"),
        coerce=int,
        # Asked for each form: counted words are said in the language of that moment.
        choices=lambda: [
            (days, ngettext("%d day", "%d days", days) % days) for days in LIFETIMES
        ],
        initial=LIFETIMES[1],
        widget=forms.RadioSelect,
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["scopes"].choices = [  # type: ignore[attr-defined]
            choice
            for choice in Scope.choices
            if user.is_staff or choice[0] != Scope.ADMIN
        ]
        if user.is_staff:
            days = self.fields["days"]
            days.initial = STAFF_LIFETIME
            days.help_text = _("For what staff may do, at most %(days)d days.") % {
                "days": STAFF_LIFETIME
            }

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        try:
            refuse_long_for_staff(said.get("scopes", ()), said.get("days", 0))
        except NotAllowed as refusal:
            self.add_error("days", str(refusal))
        return said
