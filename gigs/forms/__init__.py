"""What sellers type."""

from gigs.forms.editor import (
    STEP_FORMS,
    GalleryStep,
    OverviewStep,
    PackagesStep,
)
from gigs.forms.queue import QueueForm
from gigs.forms.steps import StepForms, retyped, typed

__all__ = [
    "STEP_FORMS",
    "GalleryStep",
    "OverviewStep",
    "PackagesStep",
    "QueueForm",
    "StepForms",
    "retyped",
    "typed",
]
