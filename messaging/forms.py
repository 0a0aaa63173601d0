"""What a person writes to another."""

from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from gigstream.core.ids import uuid7
from messaging.actions import LONGEST_MESSAGE


class MessageForm(forms.Form):
    """One message. `client_id` comes with the page, so that a repeat is not a second message.

    It is part of the fields' ids too: a swap keeps the words of a message that was
    refused, and begins with an empty field after one that was sent.
    """

    body = forms.CharField(
        label=_("Message"),
        max_length=LONGEST_MESSAGE,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": _("Write a message first.")},
    )
    client_id = forms.UUIDField(widget=forms.HiddenInput, initial=uuid7)
    order = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Sent back as it came, it may hold a per cent sign, which Django would fill in.
        key = str(self["client_id"].value()).replace("%", "%%")
        self.auto_id = f"message-{key}-%s"

    @property
    def order_id(self) -> UUID | None:
        return self.cleaned_data.get("order")
