"""What comes in rows: answers to buyers, questions to them, extras of one's own."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gigs.actions import Faq, Question
from gigs.forms.fields import LinesField
from gigs.forms.packages import CustomExtraForm
from gigs.models import RequirementKind

MOST_FAQS = 10
MOST_QUESTIONS = 10
MOST_CUSTOM_EXTRAS = 5


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
