"""What an admin fills in about those who work here."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts import roles


class RolesForm(forms.Form):
    """Which roles somebody has from now on, and why; the reason goes into the audit log."""

    names = forms.MultipleChoiceField(
        label=_("Roles"),
        required=False,
        choices=[(name, label) for name, label in roles.LABELS.items()],
        widget=forms.CheckboxSelectMultiple,
        help_text=_("None at all means that this person does not work here."),
    )
    reason = forms.CharField(label=_("Reason"), max_length=500)
