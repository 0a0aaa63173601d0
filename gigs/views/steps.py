"""A step of the gig editor as a page: its forms, and what surrounds them."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from accounts.http import AuthedRequest
from gigs.checklist import gaps
from gigs.forms import STEP_FORMS, StepForms
from gigs.models import Gig, UnsavedStep
from gigs.status import FREELY_EDITED, KNOWN_TO_BUYERS
from gigs.steps import LOOKED_AT, Step
from gigs.views.own import reread
from gigstream.core.models import PlatformSetting


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A step in the row of steps: where it is, and how far it has come."""

    step: Step
    address: str
    is_current: bool
    is_done: bool


def step_forms(at: Step, gig: Gig, data: object, files: object = None) -> StepForms:
    bps = PlatformSetting.objects.in_force().commission_bps
    return STEP_FORMS[at](data, files, gig=gig, commission_bps=bps)  # type: ignore[arg-type]


def show(
    request: AuthedRequest,
    step: StepForms,
    gig: Gig | None = None,
    *,
    key: UUID | None = None,
    unsaved: UnsavedStep | None = None,
    status: int | None = None,
) -> HttpResponse:
    """Show a step; after a POST the gig is read again, for the form kept its old state."""
    refused = request.method == "POST" and status != 200
    gig = reread(request, gig.pk) if gig and refused else gig
    context = {
        "gig": gig,
        "key": key,
        "form": step,
        "unsaved": unsaved,
        "problems": list(step.problems()) if refused else [],
        "previews": request.POST.get("then") == "preview",
        **_frame(step.step, gig),
    }
    return render(
        request,
        "gigs/editor.html",
        context,
        status=status or (422 if refused else 200),
    )


def show_review(request: AuthedRequest, gig: Gig) -> HttpResponse:
    missing = gaps(gig)
    unsaved = [Step(row.step) for row in gig.unsaved.order_by("kept_at")]
    changed = gig.pending.steps() if gig.pending else []
    context = {
        "gig": gig,
        "gaps": [(gap, address(gig, gap.step)) for gap in missing],
        "unsaved_steps": [(at, address(gig, at)) for at in unsaved],
        "changed_steps": [(at, address(gig, at)) for at in changed],
        **_frame(Step.REVIEW, gig),
    }
    return render(request, "gigs/editor_review.html", context)


def _frame(at: Step, gig: Gig | None) -> dict[str, object]:
    """What surrounds every step: the row of steps, and what a change to a live gig means."""
    is_public = bool(gig and gig.status not in FREELY_EDITED)
    is_known = bool(gig and gig.status in KNOWN_TO_BUYERS)
    is_moderated = PlatformSetting.objects.in_force().gig_moderation
    return {
        "step": at,
        "marks": _marks(at, gig),
        "back": address(gig, _before(at)) if gig and at != Step.OVERVIEW else "",
        "is_public": is_public,
        "is_moderated": is_moderated,
        "is_known": is_known,
        "is_looked_at": is_known and is_moderated and at in LOOKED_AT,
        "is_waiting": bool(gig and waiting(gig, at)),
    }


def _marks(at: Step, gig: Gig | None) -> list[Mark]:
    missing = {gap.step for gap in gaps(gig)} if gig else set(Step)
    return [
        Mark(
            step=each,
            address=address(gig, each) if gig else "",
            is_current=each == at,
            is_done=gig is not None and each not in missing and _is_settled(each, gig),
        )
        for each in Step
    ]


def _is_settled(step: Step, gig: Gig) -> bool:
    """Nobody has to ask questions, so that step is done when something is asked."""
    if step == Step.REQUIREMENTS:
        return bool(gig.requirements.all())
    return step != Step.REVIEW or gig.published_at is not None


def _before(at: Step) -> Step:
    steps = list(Step)
    return steps[steps.index(at) - 1]


def address(gig: Gig, step: Step) -> str:
    return reverse("gigs:edit_step", args=[gig.slug, step.value])


def waiting(gig: Gig, at: Step) -> Mapping[str, list[str]] | None:
    """What was typed in a step that waits for staff, or was sent back by them."""
    return gig.pending.typed.get(at) if gig.pending else None
