"""The small forms that the steps of the editor are made of."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gigs.actions import (
    MOST_PICTURES,
    ExtraTerms,
    Faq,
    PackageTerms,
    Question,
)
from gigs.forms.fields import (
    CategoryField,
    LinesField,
    PicturesField,
    TagsField,
)
from gigs.models import (
    EXTRA_PRICE_LIMIT,
    LOWEST_EXTRA,
    LOWEST_PRICE,
    PRICE_LIMIT,
    Category,
    ExtraKind,
    Gig,
    GigImage,
    GigPackage,
    RequirementKind,
    Tier,
)
from gigstream.core import money
from gigstream.core.forms import MoneyField

MOST_FAQS = 10
MOST_QUESTIONS = 10
MOST_CUSTOM_EXTRAS = 5


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


class PackageForm(forms.ModelForm[GigPackage]):
    """One of the three packages. Left empty it is not offered, and that is fine."""

    delivery_days = forms.IntegerField(
        label=gettext_lazy("Delivery, in days"), min_value=1, max_value=365
    )
    revisions = forms.IntegerField(
        label=gettext_lazy("Revisions"), min_value=0, max_value=50, required=False
    )
    features = LinesField(
        label=gettext_lazy("What is included"),
        required=False,
        most=10,
        longest=60,
        help_text=gettext_lazy("One thing per line, up to ten."),
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    class Meta:
        model = GigPackage
        fields = [
            "name",
            "description",
            "price",
            "delivery_days",
            "revisions",
            "features",
        ]
        widgets = {"description": forms.Textarea(attrs={"rows": 3})}

    def __init__(
        self, *args: Any, currency: str, commission_bps: int, **options: Any
    ) -> None:
        super().__init__(*args, **options)
        self.fields["price"] = MoneyField(
            label=_("Price in %(unit)s") % {"unit": money.unit(currency)},
            least=LOWEST_PRICE,
            most=PRICE_LIMIT,
            currency=currency,
        )
        self.commission_bps = commission_bps

    @property
    def tier(self) -> Tier:
        return Tier(str(self.prefix))

    @property
    def is_blank(self) -> bool:
        """Nothing was typed. The number of revisions does not count: it has a default."""
        telling = set(self.fields) - {"revisions"}
        return self.is_bound and not any(self[name].data for name in telling)

    def full_clean(self) -> None:
        super().full_clean()
        if self.is_blank:
            self._errors = forms.utils.ErrorDict()
            self.cleaned_data = {}

    def clean_revisions(self) -> int:
        return self.cleaned_data["revisions"] or 0

    @property
    def asked(self) -> int | None:
        """The price as far as there is one, typed or kept."""
        if self.is_bound:
            return getattr(self, "cleaned_data", {}).get("price")
        price: int | None = self.instance.price
        return price

    @property
    def earned(self) -> int | None:
        """What is left of the price for the seller."""
        return self.asked and self.asked - money.share(self.asked, self.commission_bps)

    def terms(self) -> PackageTerms:
        return PackageTerms(tier=self.tier, **self.cleaned_data)


class ExtraForm(forms.Form):
    """What a buyer may add to any package; without a price it is not offered."""

    hides_optional = True
    kind = ExtraKind.CUSTOM
    # What has to be typed beside the price.
    detail = "title"

    def __init__(self, *args: Any, currency: str, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["price"] = MoneyField(
            label=_("For, in %(unit)s") % {"unit": money.unit(currency)},
            least=LOWEST_EXTRA,
            most=EXTRA_PRICE_LIMIT,
            currency=currency,
            required=False,
        )
        self.order_fields(self.field_order)

    @property
    def is_blank(self) -> bool:
        data = self.cleaned_data
        return data.get("price") is None and not data.get(self.detail)

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        if self.errors or self.is_blank:
            return data
        for name in ("price", self.detail):
            if data.get(name) in {None, ""}:
                self.add_error(name, _("This is missing. Empty both to drop it."))
        return data


class FasterForm(ExtraForm):
    kind, detail = ExtraKind.FASTER, "days"

    days = forms.IntegerField(
        label=gettext_lazy("Days sooner"), min_value=1, max_value=364, required=False
    )
    field_order = ["days", "price"]

    def terms(self) -> ExtraTerms:
        data = self.cleaned_data
        return ExtraTerms(kind=self.kind, price=data["price"], days=-data["days"])


class MoreRevisionsForm(ExtraForm):
    kind, detail = ExtraKind.REVISION, "revisions"

    revisions = forms.IntegerField(
        label=gettext_lazy("Revisions more"), min_value=1, max_value=20, required=False
    )
    field_order = ["revisions", "price"]

    def terms(self) -> ExtraTerms:
        data = self.cleaned_data
        return ExtraTerms(
            kind=self.kind, price=data["price"], revisions=data["revisions"]
        )


class CustomExtraForm(ExtraForm):
    title = forms.CharField(
        label=gettext_lazy("What you add"), max_length=80, required=False
    )
    days = forms.IntegerField(
        label=gettext_lazy("Days more"), min_value=0, max_value=90, required=False
    )
    field_order = ["title", "price", "days"]

    def terms(self) -> ExtraTerms:
        data = self.cleaned_data
        return ExtraTerms(
            kind=self.kind,
            title=data["title"],
            price=data["price"],
            days=data["days"] or 0,
        )


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


class FaqForm(forms.Form):
    """A question and its answer; without both it is dropped."""

    hides_optional = True
    question = forms.CharField(
        label=gettext_lazy("Question"), max_length=150, required=False
    )
    answer = forms.CharField(
        label=gettext_lazy("Answer"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    @property
    def is_blank(self) -> bool:
        return not (
            self.cleaned_data.get("question") or self.cleaned_data.get("answer")
        )

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        for name in ("question", "answer"):
            if not self.errors and not self.is_blank and not data.get(name):
                self.add_error(name, _("This is missing. Empty both to drop it."))
        return data

    def terms(self) -> Faq:
        data = self.cleaned_data
        return Faq(question=data["question"], answer=data["answer"])


class QuestionForm(forms.Form):
    """A question for the buyer; without words it is not asked."""

    hides_optional = True
    question = forms.CharField(
        label=gettext_lazy("Question"), max_length=300, required=False
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("Answered by"),
        choices=RequirementKind.choices,
        initial=RequirementKind.TEXT,
    )
    options = LinesField(
        label=gettext_lazy("Choices"),
        required=False,
        most=20,
        longest=100,
        help_text=gettext_lazy("For a choice only: one per line."),
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    required = forms.BooleanField(
        label=gettext_lazy("Must be answered"), required=False, initial=True
    )

    @property
    def is_blank(self) -> bool:
        return not self.cleaned_data.get("question")

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        is_choice = data.get("kind") == RequirementKind.CHOICE
        if data.get("question") and is_choice and len(data.get("options", [])) < 2:
            self.add_error("options", _("Give at least two choices, one per line."))
        if not is_choice:
            data["options"] = []
        return data

    def terms(self) -> Question:
        fields = ("question", "kind", "options", "required")
        return Question(**{name: self.cleaned_data[name] for name in fields})


class Rows(forms.BaseFormSet[Any]):
    """Rows that are put in order by a number, which scripts hide behind buttons and drags."""

    def add_fields(self, form: forms.BaseForm, index: int | None) -> None:
        super().add_fields(form, index)
        form.fields["ORDER"].label = _("Place")
        form.fields["ORDER"].min_value = 0  # type: ignore[attr-defined]

    def terms(self) -> list[Any]:
        """What the filled-in rows say, in the order that was asked for."""
        last = len(self.forms) + 1
        filled = [form for form in self.forms if not form.is_blank]
        filled.sort(key=lambda form: form.cleaned_data.get("ORDER") or last)
        return [form.terms() for form in filled]


def _rows(form: type[forms.Form], most: int) -> type[Rows]:
    made: type[Rows] = forms.formset_factory(
        form,
        formset=Rows,
        extra=2,
        max_num=most,
        absolute_max=most,
        validate_max=True,
        can_order=True,
    )  # type: ignore[assignment]
    return made


FaqRows = _rows(FaqForm, MOST_FAQS)
QuestionRows = _rows(QuestionForm, MOST_QUESTIONS)
ExtraRows = _rows(CustomExtraForm, MOST_CUSTOM_EXTRAS)


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
