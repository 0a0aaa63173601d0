"""Numbers, as whoever reads writes them."""

from django.utils import formats


def grouped(number: int) -> str:
    """With a mark between the thousands: 1,000 is one thing in English and 1 in German."""
    if number < 1000:
        return str(number)
    return formats.number_format(number, use_l10n=True, force_grouping=True)
