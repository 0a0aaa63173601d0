"""How much a seller takes on at once."""

from django import forms
from django.utils.translation import gettext_lazy


class QueueForm(forms.Form):
    """How many orders a seller wants to have open at once."""

    most = forms.IntegerField(
        label=gettext_lazy("Most open orders at once"),
        min_value=1,
        max_value=1000,
        required=False,
        help_text=gettext_lazy(
            "With so many open, nobody can order until one is done. Empty: no limit."
        ),
    )
