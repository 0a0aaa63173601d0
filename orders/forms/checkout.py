"""Buying: the checkout of a package."""

from collections.abc import Iterable
from typing import Any
from uuid import uuid4

from django import forms
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext_lazy as _

from gigs.models import (
    GigExtra,
    GigRequirement,
    RequirementKind,
)
from gigstream.core.uploads import CheckedFile, PrivateFilesField

ANSWER_LIMIT = 5000


class CheckoutForm(forms.Form):
    """The extras, the answers to the seller's questions, and what the page said it costs.

    `quoted_total` is only compared with the price of the moment; it never becomes one.
    """

    checkout_key = forms.UUIDField(widget=forms.HiddenInput)
    # Shown beside the form, in the part that is counted anew when an extra is chosen.
    quoted_total = forms.IntegerField(
        widget=forms.HiddenInput(attrs={"form": "checkout-form"}),
        min_value=1,
        max_value=2**53,
    )
    extra = forms.MultipleChoiceField(
        label=_("Extras"),
        required=False,
        error_messages={
            "invalid_choice": _(
                "An extra that you chose is no longer offered. Please look again."
            )
        },
    )

    def __init__(
        self,
        *args: Any,
        questions: Iterable[GigRequirement],
        extras: Iterable[GigExtra],
        wanted: Iterable[str] = (),
        **options: Any,
    ) -> None:
        options["initial"] = {"checkout_key": uuid4(), "extra": list(wanted)}
        super().__init__(*args, **options)
        self.extras = {str(extra.pk): extra for extra in extras}
        self.fields["extra"].choices = [  # type: ignore[attr-defined]
            (pk, extra.name) for pk, extra in self.extras.items()
        ]
        self.questions = {
            f"answer_{question.pk.hex}": question for question in questions
        }
        self.fields.update(
            {name: _answer_field(question) for name, question in self.questions.items()}
        )

    @property
    def answer_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.questions]

    def chosen(self) -> list[GigExtra]:
        """The extras that are ticked and still there, in the order of the page."""
        wanted = {str(value) for value in self["extra"].value() or []}
        return [extra for pk, extra in self.extras.items() if pk in wanted]

    def offered(self) -> list[tuple[GigExtra, bool]]:
        """Each extra that goes with the package, and whether it is ticked."""
        chosen = self.chosen()
        return [(extra, extra in chosen) for extra in self.extras.values()]

    def renew(self, *, total: int) -> None:
        """Show the price of this moment, and keep everything that was typed."""
        self.initial["quoted_total"] = total
        if self.is_bound:
            data = MultiValueDict(self.data)
            data["quoted_total"] = str(total)
            self.data = data

    def hush(self) -> None:
        """Keep what was typed and say nothing of it yet: somebody is only choosing."""
        self._errors = forms.utils.ErrorDict()

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
