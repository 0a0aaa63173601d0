"""What the two sides say of each other."""

from typing import Any

from django import forms
from django.forms.models import model_to_dict
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy
from django_stubs_ext import StrOrPromise

from orders.actions import Opinion
from orders.models import STARS, Review
from orders.status import Role


class StarsSelect(forms.RadioSelect):
    template_name = "django/forms/widgets/stars.html"


class StarsField(forms.TypedChoiceField):
    """One to five stars, as radios."""

    def __init__(self, label: StrOrPromise) -> None:
        words = ngettext_lazy("%d star", "%d stars")
        super().__init__(
            label=label,
            choices=[(number, words % number) for number in STARS],
            coerce=int,
            widget=StarsSelect,
            error_messages={"required": _("Choose one to five stars.")},
        )


class ReviewForm(forms.Form):
    """What one side says of the other; only buyers rate what was delivered by itself."""

    rating = StarsField(_("Overall"))
    communication = StarsField(_("Communication"))
    quality = StarsField(_("Quality of the work"))
    as_described = StarsField(_("As described"))
    text = forms.CharField(
        label=_("Your review"),
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 5}),
    )

    def __init__(
        self, data: Any = None, *, side: Role, written: Review | None = None
    ) -> None:
        super().__init__(data, initial=model_to_dict(written) if written else None)
        self.fields["text"].help_text = PROMPTS[side]
        if side == Role.SELLER:
            for name in CRITERIA:
                del self.fields[name]

    @property
    def opinion(self) -> Opinion:
        return Opinion(**self.cleaned_data)


CRITERIA = ["communication", "quality", "as_described"]


PROMPTS = {
    Role.BUYER: _("What was it like to work together? What would others want to know?"),
    Role.SELLER: _("Were the wishes clear, the answers prompt, the tone kind?"),
}


class ReplyForm(forms.Form):
    text = forms.CharField(
        label=_("Your reply"),
        max_length=2000,
        help_text=_("Everybody reads it below the review. You can reply once."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
