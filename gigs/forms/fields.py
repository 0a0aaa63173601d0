"""Form fields for what Django has no field of its own: lists, tags, pictures."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from gigs import pictures
from gigstream.core.uploads import safe_name


class LinesField(forms.CharField):
    """A short list, one thing per line; empty lines and repetitions are dropped."""

    widget = forms.Textarea

    def __init__(self, *, most: int, longest: int, **options: Any) -> None:
        self.most, self.longest = most, longest
        super().__init__(**options)

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value

    def clean(self, value: Any) -> Any:
        lines = _distinct(line.strip() for line in super().clean(value).splitlines())
        if len(lines) > self.most:
            text = _("At most %(count)s lines, please.")
            raise forms.ValidationError(text % {"count": self.most})
        if any(len(line) > self.longest for line in lines):
            text = _("A line has at most %(count)s characters.")
            raise forms.ValidationError(text % {"count": self.longest})
        return lines


class TagsField(forms.CharField):
    """Up to five words or word groups, parted by commas, in lower case."""

    MOST = 5
    LENGTHS = range(2, 31)

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(value) if isinstance(value, list) else value

    def clean(self, value: Any) -> Any:
        words = super().clean(value).lower().split(",")
        tags = _distinct(" ".join(word.split()) for word in words)
        if len(tags) > self.MOST:
            raise forms.ValidationError(_("At most five tags, please."))
        for tag in tags:
            if len(tag) not in self.LENGTHS:
                text = _("“%(tag)s” is not between 2 and 30 letters long.")
                raise forms.ValidationError(text % {"tag": tag[:60]})
        return tags


class PicturesInput(forms.FileInput):
    allow_multiple_selected = True


class PicturesField(forms.FileField):
    """Several pictures at once, each judged by its first bytes; nothing is decoded yet.

    Its value is one outcome per file, so that a bad file refuses only itself.
    """

    widget = PicturesInput(
        attrs={
            "accept": "image/jpeg,image/png,image/webp,image/gif",
            "multiple": True,
            "data-max-bytes": pictures.MOST_BYTES,
        }
    )

    def clean(
        self, value: Any, initial: Any = None
    ) -> list[UploadedFile[bytes] | forms.ValidationError]:
        return [_judged(file) for file in value or []]


def _judged(file: UploadedFile[bytes]) -> UploadedFile[bytes] | forms.ValidationError:
    try:
        pictures.judge(file, file.size or 0)
    except pictures.Refused as refusal:
        return forms.ValidationError(f"{safe_name(file.name or '')}: {refusal}")
    return file


def _distinct(words: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(word for word in words if word))
