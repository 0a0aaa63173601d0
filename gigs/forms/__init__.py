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

__all__ = [
    "STEP_FORMS",
    "GalleryStep",
    "OverviewStep",
    "PackagesStep",
    "StepForms",
    "retyped",
    "typed",
]
