"""What a gig must have before it can be on offer."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from gigs.models import Gig, Tier
from gigs.steps import Step

SHORTEST_DESCRIPTION = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """Something that is still missing, and the step of the editor where it goes."""

    text: str | Promise
    step: Step


def gaps(gig: Gig) -> list[Gap]:
    """List what is missing, in the order of the editor. None left: it can be published."""
    return list(_gaps(gig))


def _gaps(gig: Gig) -> Iterator[Gap]:
    if Tier.BASIC not in {package.tier for package in gig.packages.all()}:
        yield Gap(text=_("A Basic package with its price"), step=Step.PACKAGES)
    if len(gig.description.strip()) < SHORTEST_DESCRIPTION:
        text = _("A description of at least %(count)s characters") % {
            "count": SHORTEST_DESCRIPTION
        }
        yield Gap(text=text, step=Step.DESCRIPTION)
    if not gig.images.all():
        yield Gap(text=_("At least one picture"), step=Step.GALLERY)
