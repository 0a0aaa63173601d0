"""The steps of the gig editor, one by one."""

from collections.abc import Mapping, Sequence
from copy import copy
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.forms import BaseForm
from django.forms.boundfield import BoundField
from django.http import QueryDict
from django.utils.translation import gettext as _

from gigs.actions import MOST_PICTURES, GigContent
from gigs.forms.packages import FasterForm, MoreRevisionsForm, PackageForm
from gigs.forms.pictures import PicturesForm, PictureTextsForm
from gigs.forms.rows import ExtraRows, FaqRows, QuestionRows, Rows
from gigs.forms.steps import StepForms
from gigs.forms.words import DescriptionForm, OverviewForm
from gigs.models import ExtraKind, Gig, GigExtra, GigImage, Tier
from gigs.steps import Step


class OverviewStep(StepForms):
    step = Step.OVERVIEW

    def build(self, data: QueryDict | None, files: Any, commission_bps: int) -> None:
        tags = [tag.name for tag in self.gig.tags.all()] if self.gig else []
        self.text = OverviewForm(data, instance=copy(self.gig), initial={"tags": tags})

    @property
    def forms(self) -> Sequence[BaseForm]:
        return [self.text]

    def content(self) -> GigContent:
        return GigContent(**self.text.cleaned_data)


class PackagesStep(StepForms):
    step = Step.PACKAGES

    def build(self, data: QueryDict | None, files: Any, commission_bps: int) -> None:
        known = {package.tier: package for package in self._gig.packages.all()}
        self.packages = [
            PackageForm(
                data,
                instance=copy(known.get(tier)),
                prefix=tier.value,
                initial={} if tier in known else {"revisions": 1},
                use_required_attribute=False,
                currency=self._gig.currency,
                commission_bps=commission_bps,
            )
            for tier in Tier
        ]
        extras: list[GigExtra] = list(self._gig.extras.all())
        kinds = {extra.kind: extra for extra in extras}
        self.faster = FasterForm(
            data,
            prefix="faster",
            initial=_faster(kinds.get(ExtraKind.FASTER)),
            currency=self._gig.currency,
        )
        self.more = MoreRevisionsForm(
            data,
            prefix="more",
            initial=_more(kinds.get(ExtraKind.REVISION)),
            currency=self._gig.currency,
        )
        self.extras = ExtraRows(
            data,
            prefix="extras",
            form_kwargs={"currency": self._gig.currency},
            initial=[
                {"title": extra.title, "price": extra.price, "days": extra.days or None}
                for extra in extras
                if extra.kind == ExtraKind.CUSTOM
            ],
        )

    @property
    def _gig(self) -> Gig:
        assert self.gig is not None  # noqa: S101 - only the overview comes before the gig
        return self.gig

    @property
    def forms(self) -> Sequence[BaseForm]:
        return [*self.packages, self.faster, self.more, *self.extras.forms]

    @property
    def rows(self) -> Rows:
        return self.extras

    def is_valid(self) -> bool:
        return super().is_valid() and not self._refuse_useless_haste()

    def _refuse_useless_haste(self) -> bool:
        """A day at least is needed: an extra that fits no package is a slip of the pen."""
        sooner = self.faster.cleaned_data.get("days")
        days = [form.cleaned_data.get("delivery_days", 0) for form in self.packages]
        if not sooner or sooner < max(days):
            return False
        text = _("No package takes longer than that: name fewer days.")
        self.faster.add_error("days", text)
        return True

    def notes(self) -> list[tuple[PackageForm, str]]:
        """Each package, with a word where its price is lower than that of a smaller one."""
        noted: list[tuple[PackageForm, str]] = []
        for form in self.packages:
            dearer = [
                other.tier.label
                for other, _note in noted
                if form.asked and other.asked and other.asked >= form.asked
            ]
            text = _("Not dearer than %(tier)s; is that meant?")
            noted.append((form, text % {"tier": dearer[-1]} if dearer else ""))
        return noted

    def content(self) -> GigContent:
        ours = [form for form in (self.faster, self.more) if not form.is_blank]
        return GigContent(
            packages=[form.terms() for form in self.packages if not form.is_blank],
            extras=[*(form.terms() for form in ours), *self.extras.terms()],
        )


class DescriptionStep(StepForms):
    step = Step.DESCRIPTION

    def build(self, data: QueryDict | None, files: Any, commission_bps: int) -> None:
        gig = self.gig
        description = gig.description if gig else ""
        self.text = DescriptionForm(data, initial={"description": description})
        answered = gig.faqs.all() if gig else []
        self.faqs = FaqRows(
            data,
            prefix="faqs",
            initial=[
                {"question": faq.question, "answer": faq.answer} for faq in answered
            ],
        )

    @property
    def forms(self) -> Sequence[BaseForm]:
        return [self.text, *self.faqs.forms]

    @property
    def rows(self) -> Rows:
        return self.faqs

    def content(self) -> GigContent:
        return GigContent(
            description=self.text.cleaned_data["description"], faqs=self.faqs.terms()
        )


class RequirementsStep(StepForms):
    step = Step.REQUIREMENTS

    def build(self, data: QueryDict | None, files: Any, commission_bps: int) -> None:
        asked = self.gig.requirements.all() if self.gig else []
        names = ("question", "kind", "options", "required")
        self.questions = QuestionRows(
            data,
            prefix="questions",
            initial=[{name: getattr(row, name) for name in names} for row in asked],
        )

    @property
    def forms(self) -> Sequence[BaseForm]:
        return self.questions.forms

    @property
    def rows(self) -> Rows:
        return self.questions

    def refuse(self, message: str) -> None:
        self.is_valid()
        self.questions.non_form_errors().append(message)

    def content(self) -> GigContent:
        return GigContent(questions=self.questions.terms())


class GalleryStep(StepForms):
    step = Step.GALLERY

    def build(self, data: QueryDict | None, files: Any, commission_bps: int) -> None:
        assert self.gig is not None  # noqa: S101 - only the overview comes before the gig
        waiting = self.gig.pending.images.all() if self.gig.pending else []
        sent = [*self.gig.images.all(), *waiting]
        room = MOST_PICTURES - len(sent)
        self.texts = PictureTextsForm(data, prefix="alt", pictures=sent)
        self.pictures = PicturesForm(data, files, room=room)

    @property
    def forms(self) -> Sequence[BaseForm]:
        return [self.texts, self.pictures]

    def new_pictures(self) -> list[UploadedFile[bytes]]:
        """The good ones; there may be refused ones beside them."""
        self.pictures.is_valid()
        good: list[UploadedFile[bytes]] = self.pictures.cleaned_data.get("pictures", [])
        return good

    def refuse_pictures(self, message: str) -> None:
        self.pictures.is_valid()
        self.pictures.add_error("pictures", message)

    def hung(self) -> list[tuple[GigImage, BoundField | None]]:
        """Each picture that hangs or waits now, with the field for its text."""
        assert self.gig is not None  # noqa: S101 - only the overview comes before the gig
        fields = {field.name: field for field in self.texts}
        sent = GigImage.objects.sent_for(self.gig)
        return [(image, fields.get(str(image.pk))) for image in sent]

    def content(self) -> GigContent:
        return GigContent(picture_texts=self.texts.texts())


STEP_FORMS: Mapping[Step, type[StepForms]] = {
    each.step: each
    for each in (
        OverviewStep,
        PackagesStep,
        DescriptionStep,
        RequirementsStep,
        GalleryStep,
    )
}


def _faster(extra: GigExtra | None) -> dict[str, Any]:
    return {"days": -extra.days, "price": extra.price} if extra else {}


def _more(extra: GigExtra | None) -> dict[str, Any]:
    return {"revisions": extra.revisions, "price": extra.price} if extra else {}
