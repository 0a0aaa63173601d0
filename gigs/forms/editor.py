"""The gig editor: one page, several small forms, one save."""

from collections.abc import Iterator
from copy import copy
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.forms.boundfield import BoundField
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gigs.actions import MOST_PICTURES, GigContent, PackageTerms, Question
from gigs.forms.fields import LinesField, PicturesField, TagsField
from gigs.models import (
    PRICE_LIMIT,
    Category,
    Gig,
    GigImage,
    GigPackage,
    GigRequirement,
    RequirementKind,
    Tier,
)
from gigstream.core import money
from gigstream.core.forms import MoneyField
from gigstream.core.ids import uuid7

LOWEST_PRICE = 500
MOST_QUESTIONS = 10


class GigForm(forms.ModelForm[Gig]):
    """The words that sell."""

    tags = TagsField(
        label=gettext_lazy("Tags"),
        required=False,
        max_length=200,
        help_text=gettext_lazy(
            "Up to five words that buyers search for, parted by commas."
        ),
    )

    class Meta:
        model = Gig
        fields = ["title", "category", "description"]
        help_texts = {
            "title": gettext_lazy(
                "What you will do, as in “I will design your logo”. Up to 80 characters."
            ),
            "description": gettext_lazy(
                "What the buyer gets, how you work, what makes yours different. "
                "At least 80 characters before you publish."
            ),
        }

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        category = self.fields["category"]
        category.queryset = Category.objects.order_by("position", "name")  # type: ignore[attr-defined]
        category.empty_label = _("Choose one")  # type: ignore[attr-defined]
        self.fields["description"].required = False


class PackageForm(forms.ModelForm[GigPackage]):
    """One of the three packages. Left empty it is not offered, and that is fine."""

    price = MoneyField(
        label=gettext_lazy("Price in dollars"), least=LOWEST_PRICE, most=PRICE_LIMIT
    )
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

    def __init__(self, *args: Any, commission_bps: int, **options: Any) -> None:
        super().__init__(*args, **options)
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
    def earned(self) -> int | None:
        """What is left of the price for the seller, as far as there is a price."""
        price: int | None = self.instance.price
        return price and price - money.share(price, self.commission_bps)

    def terms(self) -> PackageTerms:
        return PackageTerms(tier=self.tier, **self.cleaned_data)


class QuestionForm(forms.Form):
    """A question for the buyer; without words it is not asked."""

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
    )
    required = forms.BooleanField(
        label=gettext_lazy("Must be answered"), required=False, initial=True
    )

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        is_choice = data.get("kind") == RequirementKind.CHOICE
        if data.get("question") and is_choice and len(data.get("options", [])) < 2:
            self.add_error("options", _("Give at least two choices, one per line."))
        if not is_choice:
            data["options"] = []
        return data


QuestionFormSet = forms.formset_factory(
    QuestionForm,
    extra=2,
    max_num=MOST_QUESTIONS,
    absolute_max=MOST_QUESTIONS,
    validate_max=True,
)


class PicturesForm(forms.Form):
    """New pictures. `cleaned_data` holds the good ones even where others were refused."""

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

    def __init__(self, *args: Any, gig: Gig | None, **options: Any) -> None:
        super().__init__(*args, **options)
        for number, image in enumerate(gig.images.all() if gig else [], start=1):
            self.fields[str(image.pk)] = forms.CharField(
                label=_("What picture %(number)s shows") % {"number": number},
                initial=image.alt,
                max_length=150,
                required=False,
            )

    def texts(self) -> dict[UUID, str]:
        return {UUID(name): text for name, text in self.cleaned_data.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One line of the error summary, and the field it leads to."""

    text: str
    anchor: str


class GigEditor:
    """The forms of the page as one: judged together, saved together."""

    def __init__(
        self, request: HttpRequest, gig: Gig | None = None, *, commission_bps: int
    ) -> None:
        data = request.POST if request.method == "POST" else None
        files = request.FILES if request.method == "POST" else None
        room = MOST_PICTURES - (len(gig.images.all()) if gig else 0)
        self.gig = gig
        self.key = gig.pk if gig else _key(request)
        self.text = GigForm(data, instance=copy(gig), initial=_tags(gig))
        self.packages = [
            _package_form(data, gig, tier, commission_bps) for tier in Tier
        ]
        self.questions = QuestionFormSet(
            data, prefix="questions", initial=_questions(gig)
        )
        self.pictures = PicturesForm(data, files, room=room)
        self.picture_texts = PictureTextsForm(data, prefix="alt", gig=gig)

    @property
    def _texts(self) -> list[forms.BaseForm]:
        return [self.text, *self.packages, *self.questions, self.picture_texts]

    def text_is_valid(self) -> bool:
        verdicts = [form.is_valid() for form in self._texts]
        return all(verdicts) and self.questions.is_valid()

    def is_valid(self) -> bool:
        return self.text_is_valid() and self.pictures.is_valid()

    def new_pictures(self) -> list[UploadedFile[bytes]]:
        """The good ones; there may be refused ones beside them."""
        self.pictures.is_valid()
        good: list[UploadedFile[bytes]] = self.pictures.cleaned_data.get("pictures", [])
        return good

    def gallery(self, gig: Gig | None) -> list[tuple[GigImage, BoundField | None]]:
        """Each picture with the field for its text; one just hung has no field yet."""
        fields = {field.name: field for field in self.picture_texts}
        images = gig.images.all() if gig else []
        return [(image, fields.get(str(image.pk))) for image in images]

    def content(self) -> GigContent:
        return GigContent(
            **self.text.cleaned_data,
            packages=[form.terms() for form in self.packages if not form.is_blank],
            questions=[
                Question(**form.cleaned_data)
                for form in self.questions
                if form.cleaned_data.get("question")
            ],
            picture_texts=self.picture_texts.texts(),
        )

    def refuse(self, message: str) -> None:
        """Show what an action said no to, above everything."""
        self.text.is_valid()
        self.text.add_error(None, message)

    def refuse_pictures(self, message: str) -> None:
        self.pictures.is_valid()
        self.pictures.add_error("pictures", message)

    def problems(self) -> Iterator[Problem]:
        """All that is wrong, in the order of the page."""
        for form in [*self._texts, self.pictures]:
            for error in form.non_field_errors():
                yield Problem(text=str(error), anchor="")
            for field in form:
                for error in field.errors:
                    yield Problem(text=_named(form, field, error), anchor=field.auto_id)
        for error in self.questions.non_form_errors():
            yield Problem(text=str(error), anchor="questions")


def _named(form: forms.BaseForm, field: BoundField, error: object) -> str:
    name = (
        f"{form.tier.label}, {field.label}"
        if isinstance(form, PackageForm)
        else field.label
    )
    return f"{name}: {error}"


def _key(request: HttpRequest) -> UUID:
    """The id that the empty page chose for the gig it will become."""
    try:
        return UUID(request.POST.get("key", ""))
    except ValueError:
        return uuid7()


def _package_form(
    data: Any, gig: Gig | None, tier: Tier, commission_bps: int
) -> PackageForm:
    known = {package.tier: package for package in gig.packages.all()} if gig else {}
    package = known.get(tier)
    initial = {} if package else {"revisions": 1}
    return PackageForm(
        data,
        instance=copy(package),
        prefix=tier.value,
        initial=initial,
        use_required_attribute=False,
        commission_bps=commission_bps,
    )


def _questions(gig: Gig | None) -> list[dict[str, Any]]:
    asked: list[GigRequirement] = list(gig.requirements.all()) if gig else []
    return [
        {
            "question": row.question,
            "kind": row.kind,
            "options": row.options,
            "required": row.required,
        }
        for row in asked
    ]


def _tags(gig: Gig | None) -> dict[str, Any]:
    return {"tags": [tag.name for tag in gig.tags.all()] if gig else []}
