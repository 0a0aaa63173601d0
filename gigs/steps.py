"""The steps of the gig editor, in their order. Each has an address of its own."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Step(models.TextChoices):
    OVERVIEW = "overview", _("Overview")
    PACKAGES = "packages", _("Packages")
    DESCRIPTION = "description", _("Description")
    REQUIREMENTS = "requirements", _("Questions")
    GALLERY = "gallery", _("Gallery")
    REVIEW = "review", _("Review")

    @property
    def following(self) -> "Step":
        """The next step; after the last one there is none but itself."""
        steps = list(Step)
        return steps[min(steps.index(self) + 1, len(steps) - 1)]


# Where what buyers see of a gig is written, but for its pictures.
STEP_OF = {
    "title": Step.OVERVIEW,
    "category": Step.OVERVIEW,
    "tags": Step.OVERVIEW,
    "packages": Step.PACKAGES,
    "extras": Step.PACKAGES,
    "description": Step.DESCRIPTION,
    "faqs": Step.DESCRIPTION,
}
# Staff look at these again when a live gig changes; questions to the buyer are the seller's own.
LOOKED_AT = {*STEP_OF.values(), Step.GALLERY}
