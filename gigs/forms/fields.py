"""Form fields for what Django has no field of its own: lists, tags, pictures."""

import unicodedata
from collections.abc import Iterable, Iterator
from typing import Any
from uuid import UUID

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gigs import pictures
from gigs.models import Category
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


class CategoryField(forms.ModelChoiceField[Category]):
    """The shelves with what stands on them; one query, and a shelf itself may be chosen."""

    def __init__(self, **options: Any) -> None:
        super().__init__(empty_label=gettext_lazy("Choose one"), **options)
        self.choices = self.grouped

    def grouped(self, *kept: UUID) -> Iterator[tuple[Any, Any]]:
        """Of the hidden ones only those that are `kept`, for a gig that stands there."""
        yield "", _("Choose one")
        shown = Category.objects.shown() | Category.objects.filter(pk__in=kept)
        everything = list(shown.order_by("position", "name"))
        known = {each.pk for each in everything}
        for shelf in everything:
            if shelf.parent_id not in known:
                parts = [each for each in everything if each.parent_id == shelf.pk]
                options = [(each.pk, each.name) for each in (shelf, *parts)]
                yield (shelf.name, options) if parts else options[0]


class TagsField(forms.CharField):
    """Up to five words or word groups, parted by commas, in lower case."""

    MOST = 5
    LENGTHS = range(2, 31)

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(value) if isinstance(value, list) else value

    def clean(self, value: Any) -> Any:
        text = unicodedata.normalize("NFKC", super().clean(value)).lower()
        tags = _distinct(" ".join(word.split()) for word in text.split(","))
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
