"""Handing the work over, and sending it back."""

from django import forms
from django.utils.translation import gettext_lazy as _

from gigstream.core.uploads import PrivateFilesField


class DeliverForm(forms.Form):
    message = forms.CharField(
        label=_("Message to the buyer"),
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    attachments = PrivateFilesField(
        label=_("Files"), help_text=_("Up to 10 files of 10 MB each.")
    )


class RevisionForm(forms.Form):
    wishes = forms.CharField(
        label=_("What should change?"),
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
