"""What people fill in to leave."""

from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from gigstream.core import limits

KEEP, REMOVE = "keep", "remove"


class CloseForm(forms.Form):
    """Asks for the password once more, where there is one, and what happens to the texts."""

    texts = forms.ChoiceField(
        label=gettext_lazy("What happens to your gigs and reviews?"),
        choices=[
            (
                KEEP,
                gettext_lazy(
                    "Gigs are archived with their texts, reviews stay as they are"
                ),
            ),
            (
                REMOVE,
                gettext_lazy(
                    "Gigs are archived without texts and pictures, reviews keep only their stars"
                ),
            ),
        ],
        initial=KEEP,
        widget=forms.RadioSelect,
    )
    password = forms.CharField(
        label=gettext_lazy("Your password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    def __init__(self, *args: Any, request: HttpRequest, user: User) -> None:
        super().__init__(*args)
        self.request, self.user = request, user
        if not user.has_usable_password():
            del self.fields["password"]

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        limits.spend(self.request, "login", account=self.user.email)
        if not self.user.check_password(password):
            raise forms.ValidationError(_("This is not your password."))
        limits.forgive("login", self.user.email)
        return password

    @property
    def keep_texts(self) -> bool:
        return bool(self.cleaned_data["texts"] == KEEP)
