"""Pictures that come, and what each shows."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gigs.actions import MOST_PICTURES
from gigs.forms.fields import PicturesField
from gigs.models import (
    GigImage,
)


class PicturesForm(forms.Form):
    """New pictures. `cleaned_data` holds the good ones even where others were refused."""

    hides_optional = True
    pictures = PicturesField(
        label=gettext_lazy("Add pictures"),
        required=False,
        help_text=gettext_lazy(
            "JPEG, PNG, WebP or GIF, up to 10 MB each, at least 400 by 300 pixels. "
            "The first picture is the cover; 1200 by 800 looks best."
        ),
    )

    def __init__(self, *args: Any, room: int, **options: Any) -> None:
        super().__init__(*args, **options)
        self.room = room

    def clean_pictures(self) -> list[UploadedFile[bytes]]:
        outcomes = self.cleaned_data["pictures"]
        good = [each for each in outcomes if isinstance(each, UploadedFile)]
        for refusal in outcomes:
            if isinstance(refusal, forms.ValidationError):
                self.add_error("pictures", refusal)
        if len(good) > self.room:
            text = _("A gig has at most %(most)s pictures; there is room for %(room)s.")
            self.add_error(
                "pictures", text % {"most": MOST_PICTURES, "room": self.room}
            )
        return good[: self.room]


class PictureTextsForm(forms.Form):
    """What each picture shows, for people who cannot see it."""

    def __init__(
        self, *args: Any, pictures: Sequence[GigImage], **options: Any
    ) -> None:
        super().__init__(*args, **options)
        for number, image in enumerate(pictures, start=1):
            self.fields[str(image.pk)] = forms.CharField(
                label=_("What picture %(number)s shows") % {"number": number},
                initial=image.alt,
                max_length=150,
                required=False,
            )

    def texts(self) -> dict[UUID, str]:
        return {UUID(name): text for name, text in self.cleaned_data.items()}
