"""What sellers type."""

from gigs.forms.editor import (
    STEP_FORMS,
    GalleryStep,
    OverviewStep,
    PackagesStep,
    StepForms,
    retyped,
    typed,
)
from gigs.forms.parts import QueueForm

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
