"""What every step of the gig editor is: small forms that are judged and saved as one."""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from django.forms import BaseForm
from django.forms.boundfield import BoundField
from django.http import QueryDict

from gigs.actions import GigContent
from gigs.forms.packages import FasterForm, MoreRevisionsForm, PackageForm
from gigs.forms.rows import Rows
from gigs.models import Gig
from gigs.steps import Step

# Sent with every form, and nobody's words.
NOT_TYPED = {"csrfmiddlewaretoken", "key", "then"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One line of the error summary, and the field it leads to."""

    text: str
    anchor: str


class StepForms(ABC):
    """What a step of the editor asks for: judged together, saved together."""

    step: ClassVar[Step]

    def __init__(
        self,
        data: QueryDict | None,
        files: Any = None,
        *,
        gig: Gig | None,
        commission_bps: int = 0,
    ) -> None:
        self.gig = gig
        self.is_bound = data is not None
        self.build(data, files, commission_bps)

    @abstractmethod
    def build(self, data: QueryDict | None, files: Any, commission_bps: int) -> None:
        """Make the forms of this step."""

    @property
    @abstractmethod
    def forms(self) -> Sequence[BaseForm]:
        """Every form of this step."""

    @property
    def rows(self) -> Rows | None:
        return None

    @abstractmethod
    def content(self) -> GigContent:
        """What the forms say of the gig, once they are valid."""

    def is_valid(self) -> bool:
        verdicts = [form.is_valid() for form in self.forms]
        return all(verdicts) and (self.rows is None or self.rows.is_valid())

    def refuse(self, message: str) -> None:
        """Show what an action said no to, above everything."""
        self.is_valid()
        self.forms[0].add_error(None, message)

    def find(self, name: str) -> BaseForm | None:
        """The form that has the field of this name in the page."""
        for form in self.forms:
            if name in {field.html_name for field in form}:
                return form
        return None

    def problems(self) -> Iterator[Problem]:
        """All that is wrong, in the order of the page."""
        for form in self.forms:
            for error in form.non_field_errors():
                yield Problem(text=str(error), anchor="")
            for field in form:
                for error in field.errors:
                    yield Problem(
                        text=f"{_named(form, field)}: {error}", anchor=field.auto_id
                    )
        for error in self.rows.non_form_errors() if self.rows else ():
            yield Problem(text=str(error), anchor="")


def typed(data: QueryDict) -> dict[str, list[str]]:
    """What a person typed into a form, to be kept as it is."""
    return {name: values for name, values in data.lists() if name not in NOT_TYPED}


def retyped(kept: Mapping[str, list[str]]) -> QueryDict:
    """What was kept, as if it were being sent now."""
    data = QueryDict(mutable=True)
    for name, values in kept.items():
        data.setlist(name, values)
    return data


def _named(form: BaseForm, field: BoundField) -> str:
    if isinstance(form, PackageForm):
        return f"{form.tier.label}, {field.label}"
    if isinstance(form, FasterForm | MoreRevisionsForm):
        return f"{form.kind.label}, {field.label}"
    return str(field.label)
