"""What a moderator says about a case: a reason of their own, or a ready one that they edit."""

from datetime import datetime
from typing import Any, Self

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import Report
from admin_panel.moderation.cases import Case

OUTSIDE = _(
    "Payment for work that was found here goes through the site; do not ask for it elsewhere."
)
NOT_YOURS = _("This shows work or names of others. Show only what is yours.")
RUDE = _("This insults or threatens somebody, which has no place here.")
SPAM = _("This is advertising that nobody asked for.")
KEPT = _("We found nothing in it that our rules forbid.")
READY: dict[str, list[str | Promise]] = {
    "gigs": [
        _("Say more clearly what the buyer gets, and what each package holds."),
        _("The pictures do not show work like the one that is offered."),
        _("The title promises something other than the packages."),
        NOT_YOURS,
        OUTSIDE,
    ],
    Report.Target.MESSAGE: [RUDE, SPAM, OUTSIDE, KEPT],
    Report.Target.REVIEW: [
        RUDE,
        _("This is not about the order that it reviews."),
        _("This shows private data of somebody."),
        KEPT,
    ],
    Report.Target.USER: [SPAM, RUDE, OUTSIDE, KEPT],
    Report.Target.GIG: [NOT_YOURS, SPAM, OUTSIDE, KEPT],
}


class CaseForm(forms.Form):
    """The reason; `seen` is when the gig was changed last as it was shown."""

    ready = forms.ChoiceField(
        label=_("Ready reasons"),
        required=False,
        help_text=_("One is put below, where you can change it before you send it."),
    )
    reason = forms.CharField(
        label=_("Reason"),
        required=False,
        max_length=300,
        help_text=_(
            "The owner reads it, and whoever reported it. Needed to reject and escalate."
        ),
        widget=forms.Textarea(attrs={"rows": 3, "data-reason": ""}),
    )
    seen = forms.DateTimeField(
        required=False,
        widget=forms.HiddenInput,
        input_formats=["%Y-%m-%dT%H:%M:%S.%f%z"],
    )

    def __init__(self, case: Case, data: Any = None) -> None:
        super().__init__(data, initial={"seen": _written(case.seen)})
        ready = [(str(words), str(words)) for words in READY[case.queue]]
        field = self.fields["ready"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - it is declared so above
        field.choices = [("", _("Write my own")), *ready]
        field.widget.attrs["data-ready"] = ""

    def anew(self, case: Case) -> Self:
        """With what was typed, about the case as it is now and as it is shown now."""
        return type(self)(case, {**self.data.dict(), "seen": _written(case.seen)})  # type: ignore[attr-defined]

    def words(self) -> str:
        """What was typed; if nothing was, the ready reason as it is."""
        said = self.cleaned_data
        return str(said["reason"] or said["ready"])


def _written(moment: datetime | None) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%f%z") if moment else ""
