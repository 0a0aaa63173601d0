"""What sellers fill in about their works."""

import hashlib
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Work
from gigstream.core import pictures

SMALLEST = (400, 300)


class WorkForm(forms.ModelForm[Work]):
    """What a work is called, and a few words about it."""

    class Meta:
        model = Work
        fields = ["title", "text"]
        labels = {"title": _("Title"), "text": _("About this work")}
        help_texts = {
            "title": _("What it is, for somebody who cannot see the picture.")
        }
        widgets = {"text": forms.Textarea(attrs={"rows": 3})}


class NewWorkForm(WorkForm):
    """A work with its picture, which is judged last: it costs the most."""

    picture = forms.FileField(
        label=_("Picture"),
        help_text=_("JPEG, PNG, WebP or GIF, up to 10 MB, at least 400 by 300 pixels."),
        widget=forms.FileInput(
            attrs={
                "accept": "image/jpeg,image/png,image/webp,image/gif",
                "data-max-bytes": pictures.MOST_BYTES,
            }
        ),
    )
    field_order = ["picture", "title", "text"]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if self.errors:
            return data
        file = data["picture"]
        data["sha256"] = hashlib.file_digest(file, "sha256").hexdigest()
        try:
            data["clean"] = pictures.clean(file, file.size or 0, smallest=SMALLEST)
        except pictures.Refused as refusal:
            self.add_error("picture", str(refusal))
        return data
