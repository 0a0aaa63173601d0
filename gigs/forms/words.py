"""What a gig is called, where it stands, and what it says."""

from functools import partial
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from gigs.forms.fields import CategoryField, TagsField
from gigs.models import Category, Gig


class OverviewForm(forms.ModelForm[Gig]):
    """What the gig is called, and where it stands."""

    category = CategoryField(
        label=gettext_lazy("Category"),
        queryset=Category.objects.order_by("position", "name"),
    )
    tags = TagsField(
        label=gettext_lazy("Tags"),
        required=False,
        max_length=200,
        help_text=gettext_lazy(
            "Up to five words that buyers search for, parted by commas."
        ),
        widget=forms.TextInput(
            attrs={
                "data-tags": "5",
                "data-say-remove": gettext_lazy("Remove {word}"),
                "autocomplete": "off",
            }
        ),
    )

    class Meta:
        model = Gig
        fields = ["title", "category"]
        widgets = {
            "title": forms.TextInput(attrs={"data-counted": "80", "maxlength": "80"})
        }
        help_texts = {
            "title": gettext_lazy("What you will do, as in “I will design your logo”.")
        }

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["category"]
        assert isinstance(field, CategoryField)  # noqa: S101 - it is declared so above
        if stands_on := self.instance.category_id:
            field.choices = partial(field.grouped, stands_on)


class DescriptionForm(forms.Form):
    """A draft may do without; a gig on offer may not."""

    hides_optional = True
    description = forms.CharField(
        label=gettext_lazy("Description"),
        max_length=6000,
        required=False,
        help_text=gettext_lazy(
            "What the buyer gets, how you work, what makes yours different. At least 80 "
            "characters before you publish. **Bold**, *italics*, “- ” before the lines "
            "of a list and “# ” before a heading."
        ),
        widget=forms.Textarea(attrs={"rows": 14, "data-marked": ""}),
    )
