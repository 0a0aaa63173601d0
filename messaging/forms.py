"""What a person writes to another."""

from typing import Any, Self
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from gigstream.core.ids import uuid7
from gigstream.core.uploads import PrivateFilesField
from messaging.models import LONGEST_MESSAGE, Topic


class WrittenField(forms.CharField):
    """Several lines; browsers send each end of a line as two characters."""

    def to_python(self, value: Any) -> str:
        return (super().to_python(value) or "").replace("\r\n", "\n")


class KeysField(forms.Field):
    """Any number of hidden keys; cleans to a list of UUIDs."""

    widget = forms.MultipleHiddenInput
    default_error_messages = {"invalid": _("This is not a file of ours.")}

    def clean(self, value: Any) -> list[UUID]:
        try:
            return [UUID(each) for each in value or ()]
        except ValueError as error:
            raise forms.ValidationError(self.error_messages["invalid"]) from error


class MessageForm(forms.Form):
    """One message. `client_id` comes with the page, so that a repeat is not a second message.

    It is part of the fields' ids too: a swap keeps the words of a message that was
    refused, and begins with an empty field after one that was sent.
    """

    body = WrittenField(
        label=_("Message"),
        max_length=LONGEST_MESSAGE,
        required=False,  # beside files; without them the action refuses
        widget=forms.Textarea(attrs={"rows": 1, "data-body": ""}),
    )
    # Files come one by one before the message, or with it where there are no scripts.
    attachments = KeysField(required=False)
    enclosed = PrivateFilesField(label=_("Attach files"), required=False)
    client_id = forms.UUIDField(widget=forms.HiddenInput, initial=uuid7)
    order = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Sent back as it came, it may hold a per cent sign, which Django would fill in.
        key = str(self["client_id"].value()).replace("%", "%%")
        self.auto_id = f"message-{key}-%s"

    def under_new_key(self) -> Self:
        """The same words as another message: the key may be that of one already sent."""
        said: Any = self.data
        said = said.copy()
        said["client_id"] = str(uuid7())
        return type(self)(said)

    @property
    def order_id(self) -> UUID | None:
        return self.cleaned_data.get("order")


class SubscribeForm(forms.Form):
    """One address for the newsletter."""

    email = forms.EmailField(
        label=_("E-mail"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={
            "required": _("Write your e-mail address."),
            "invalid": _("This does not look like an e-mail address."),
        },
    )


class InquiryForm(forms.Form):
    """A question to the staff. `inquiry_id` comes with the page, so that a repeat asks once."""

    name = forms.CharField(
        label=_("Your name"),
        max_length=80,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    email = forms.EmailField(
        label=_("Your e-mail"),
        max_length=254,
        help_text=_("We answer to this address."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    topic = forms.ChoiceField(label=_("What is it about?"), choices=Topic)
    text = forms.CharField(
        label=_("Your message"),
        max_length=5000,
        help_text=_("If it is about an order, its number helps us."),
        widget=forms.Textarea(attrs={"rows": 7}),
    )
    inquiry_id = forms.UUIDField(widget=forms.HiddenInput, initial=uuid7)
