"""Moments as people write them. What Django has a name for goes by that name; these are the rest."""

from datetime import date

from django.utils import formats
from django.utils.translation import pgettext_lazy

# In another language the order and the points may differ.
FORMATS = {
    "D j M, H:i": pgettext_lazy("date format", "D j M, H:i"),
    "D j M": pgettext_lazy("date format", "D j M"),
    "j F, H:i": pgettext_lazy("date format", "j F, H:i"),
    "j M, H:i": pgettext_lazy("date format", "j M, H:i"),
    "j M": pgettext_lazy("date format", "j M"),
    "l, j F Y": pgettext_lazy("date format", "l, j F Y"),
    "j F Y, H:i T": pgettext_lazy("date format", "j F Y, H:i T"),
    "j F Y, H:i e": pgettext_lazy("date format", "j F Y, H:i e"),
}


def dated(moment: date, english: str) -> str:
    """Write a moment, in its own zone, by the format that stands for an English one."""
    return formats.date_format(moment, str(FORMATS[english]))
