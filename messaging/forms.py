"""What a person writes to another."""

from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from gigstream.core.ids import uuid7
from messaging.actions import LONGEST_MESSAGE


class MessageForm(forms.Form):
    """One message. `client_id` comes with the page, so that a repeat is not a second message."""

    body = forms.CharField(
        label=_("Message"),
        max_length=LONGEST_MESSAGE,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": _("Write a message first.")},
    )
    client_id = forms.UUIDField(widget=forms.HiddenInput, initial=uuid7)
    order = forms.UUIDField(widget=forms.HiddenInput, required=False)

    @property
    def order_id(self) -> UUID | None:
        return self.cleaned_data.get("order")
