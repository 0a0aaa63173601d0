"""What people type on their way through an order."""

from collections.abc import Iterable
from typing import Any
from uuid import uuid4

from django import forms
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext_lazy as _

from gigs.models import GigRequirement, RequirementKind
from gigstream.core.uploads import CheckedFile, PrivateFilesField

ANSWER_LIMIT = 5000


class CheckoutForm(forms.Form):
    """The answers to the seller's questions, and what the page promised it would cost.

    `quoted_total` is only compared with the price of the moment; it never becomes one.
    """

    checkout_key = forms.UUIDField(widget=forms.HiddenInput)
    quoted_total = forms.IntegerField(
        widget=forms.HiddenInput, min_value=1, max_value=2**53
    )

    def __init__(
        self,
        *args: Any,
        questions: Iterable[GigRequirement],
        total: int,
        **options: Any,
    ) -> None:
        options.setdefault("initial", {"checkout_key": uuid4(), "quoted_total": total})
        super().__init__(*args, **options)
        self.questions = {
            f"answer_{question.pk.hex}": question for question in questions
        }
        self.fields.update(
            {name: _answer_field(question) for name, question in self.questions.items()}
        )

    @property
    def answer_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.questions]

    def renew(self, *, total: int) -> None:
        """Show the price of this moment, and keep everything that was typed."""
        if self.is_bound:
            data = MultiValueDict(self.data)
            data["quoted_total"] = str(total)
            self.data = data

    def answers(self) -> list[tuple[GigRequirement, str | list[CheckedFile]]]:
        """Each question with its clean answer: a text, or a list of at most one file."""
        return [
            (question, self.cleaned_data.get(name) or "")
            for name, question in self.questions.items()
        ]


def _answer_field(question: GigRequirement) -> forms.Field:
    label, required = question.question, question.required
    if question.kind == RequirementKind.CHOICE:
        choices = [(option, option) for option in question.options]
        if not required:
            choices.insert(0, ("", str(_("No answer"))))
        return forms.ChoiceField(
            label=label, required=required, choices=choices, widget=forms.RadioSelect
        )
    if question.kind == RequirementKind.FILE:
        return PrivateFilesField(label=label, required=required, multiple=False)
    return forms.CharField(
        label=label,
        required=required,
        max_length=ANSWER_LIMIT,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class DeliverForm(forms.Form):
    message = forms.CharField(
        label=_("Message to the buyer"),
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    attachments = PrivateFilesField(
        label=_("Files"), help_text=_("Up to 10 files of 10 MB each.")
    )


class RevisionForm(forms.Form):
    wishes = forms.CharField(
        label=_("What should change?"),
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
