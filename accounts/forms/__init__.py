"""What people fill in to join, to come back, and to begin selling."""

from typing import Any

from allauth.account import forms as allauth
from allauth.account.fields import EmailField
from django import forms
from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import validate_password
from django.http import HttpRequest
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.forms.profile import (
    country_field,
    full_name_field,
    languages_field,
    skills_field,
    time_zone_choices,
)
from accounts.models import User
from gigstream.core import jobs
from gigstream.core.ids import uuid7

# What the session remembers of somebody who just joined: the address, and the way back.
JOINED_AS = "joined_as"
JOINED_FOR = "joined_for"


class _LabelsOnly(forms.Form):
    """Takes out allauth's placeholders, which only repeat the labels."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs.pop("placeholder", None)


class LoginForm(_LabelsOnly, allauth.LoginForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].label = _("E-mail")
        self.fields["remember"].label = _("Keep me logged in on this device")


class SignupForm(_LabelsOnly, allauth.SignupForm):
    """Name, e-mail and one password.

    The password is hashed here, before anybody asks whether the address is new:
    so both answers take equally long, and no lock is held meanwhile.
    """

    full_name = full_name_field()
    field_order = ["full_name", "email", "password1"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].label = _("E-mail")
        self.fields["password1"].help_text = _("At least 10 characters.")
        self.fields["password1"].validators.append(validate_password)
        self.password_hash = ""

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if not self.errors:
            self.password_hash = make_password(data["password1"])
        return data

    def try_save(self, request: HttpRequest) -> Any:
        request.session[JOINED_AS] = self.cleaned_data["email"]
        return super().try_save(request)


class ResetPasswordForm(_LabelsOnly, allauth.ResetPasswordForm):
    """Asks for a reset link; whether there is an account is found out in the background."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].label = _("E-mail")

    def clean_email(self) -> str:
        return str(self.cleaned_data["email"])

    def save(self, request: HttpRequest, **kwargs: Any) -> str:
        email: str = self.cleaned_data["email"]
        jobs.enqueue(
            "accounts.tasks.answer_reset_request",
            email=email,
            language=get_language(),
            key=uuid7(),
        )
        return email


class NewPasswordForm(_LabelsOnly, allauth.ResetPasswordKeyForm):
    password2 = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password1"].label = _("New password")
        self.fields["password1"].help_text = _("At least 10 characters.")


class ChangePasswordForm(_LabelsOnly, allauth.ChangePasswordForm):
    password2 = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["oldpassword"].label = _("Current password")
        self.fields["password1"].label = _("New password")
        self.fields["password1"].help_text = _("At least 10 characters.")


class ReauthenticateForm(_LabelsOnly, allauth.ReauthenticateForm):
    pass


class ResendForm(_LabelsOnly, forms.Form):
    email = EmailField(label=_("E-mail"), max_length=254)


class StartSellingForm(forms.ModelForm[User]):
    """Two fields that buyers need, and a few more for who has the time."""

    country = country_field()
    time_zone = forms.ChoiceField(
        label=_("Time zone"),
        required=False,
        choices=lambda: [("", ""), *time_zone_choices()],
    )
    spoken_languages = languages_field()
    skills = skills_field()

    class Meta:
        model = User
        fields = [
            "headline",
            "bio",
            "location",
            "country",
            "time_zone",
            "spoken_languages",
            "skills",
        ]
        widgets = {"bio": forms.Textarea(attrs={"rows": 5})}
        help_texts = {
            "headline": _(
                "What you do, in one line: “Logo designer for small brands”."
            ),
            "bio": _("Who you are, and why somebody should work with you."),
            "location": _("City or country, if you like."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["headline"].required = True
        self.fields["bio"].required = True
