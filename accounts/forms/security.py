"""What people fill in to keep their account safe."""

from typing import Any

from allauth.account import forms as allauth
from allauth.account.fields import EmailField
from allauth.mfa.base import forms as mfa
from allauth.mfa.totp import forms as totp
from allauth.mfa.webauthn import forms as webauthn
from allauth.socialaccount import forms as social
from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts import usernames
from accounts.forms import _LabelsOnly
from accounts.forms.profile import full_name_field
from accounts.models import User


class NewEmailForm(_LabelsOnly, forms.Form):
    """Another address. Whether somebody else has it is found out in the background."""

    email = EmailField(label=_("New e-mail"), max_length=254)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_email(self) -> str:
        email = str(self.cleaned_data["email"]).lower()
        if email == self.user.email:
            raise forms.ValidationError(_now("This is your address already."))
        return email


class UsernameForm(forms.Form):
    username = forms.CharField(
        label=_("Username"),
        max_length=100,
        help_text=_("3 to 30 characters: letters from a to z, digits, “-” and “_”."),
        widget=forms.TextInput(
            attrs={"autocomplete": "username", "autocapitalize": "none"}
        ),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_username(self) -> str:
        username = usernames.cleaned(self.cleaned_data["username"])
        if usernames.is_taken(username, by_other_than=self.user):
            raise forms.ValidationError(_now("This name is taken."), code="taken")
        return username


class SetPasswordForm(_LabelsOnly, allauth.SetPasswordForm):
    password2 = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password1"].label = _("New password")
        self.fields["password1"].help_text = _("At least 10 characters.")


class _Code(_LabelsOnly, forms.Form):
    """One field, with the digits at hand on a phone."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].widget.attrs |= {"inputmode": "numeric", "maxlength": "20"}
        self.fields["code"].label = _("Code")


class CodeForm(_Code, mfa.AuthenticateForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].help_text = _(
            "Six digits of your authenticator app, or one of your recovery codes."
        )


class CodeAgainForm(CodeForm, mfa.ReauthenticateForm):
    pass


class FirstCodeForm(_Code, totp.ActivateTOTPForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].help_text = _("The six digits that your app shows now.")


# What the libraries raise over an answer that no device would give.
NONSENSE = (AttributeError, KeyError, TypeError, ValueError)


def _no_passkey() -> forms.ValidationError:
    return forms.ValidationError(_now("This passkey does not work here."))


class _Signed(forms.Form):
    """What a device signed; nonsense is refused like a wrong key."""

    def clean_credential(self) -> Any:
        try:
            return super().clean_credential()  # type: ignore[misc]
        except NONSENSE as error:
            raise _no_passkey() from error


class PasskeyLoginForm(_Signed, webauthn.LoginWebAuthnForm):
    pass


class PasskeyForm(_Signed, webauthn.AuthenticateWebAuthnForm):
    pass


class PasskeyAgainForm(_Signed, webauthn.ReauthenticateWebAuthnForm):
    pass


def _passkey_name(*, required: bool = True) -> forms.CharField:
    return forms.CharField(
        label=_("Name"),
        help_text=_("So that you know it again: “Phone”, “Work laptop”."),
        max_length=60,
        required=required,
    )


class AddPasskeyForm(webauthn.AddWebAuthnForm):
    """A passkey with a name. Each can log in alone: the device asks for finger, face or PIN."""

    name = _passkey_name(required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields.pop("passwordless", None)

    def clean(self) -> dict[str, Any]:
        self.cleaned_data["passwordless"] = True
        try:
            data: dict[str, Any] = super().clean()
        except NONSENSE as error:
            raise _no_passkey() from error
        return data


class PasskeyNameForm(forms.Form):
    name = _passkey_name()


class RenamePasskeyForm(PasskeyNameForm, webauthn.EditWebAuthnForm):
    pass


class SocialSignupForm(_LabelsOnly, social.SignupForm):
    """Asks for what the other company did not say, or what cannot be taken over."""

    full_name = full_name_field()
    field_order = ["full_name", "email"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].label = _("E-mail")
        self.fields["full_name"].initial = self.sociallogin.user.full_name
