"""What a gig must have before it can be on offer."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from gigs.models import Gig, Tier
from gigs.steps import Step

SHORTEST_DESCRIPTION = 80
UNCHANGED: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """Something that is still missing, and the step of the editor where it goes."""

    text: str | Promise
    step: Step


def gaps(gig: Gig, wanted: Mapping[str, Any] = UNCHANGED) -> list[Gap]:
    """List what is missing, in the order of the editor. None left: it can be published.

    With parts of a face that is `wanted`, it is what would be missing with them.
    """
    return list(_gaps(gig, wanted))


def _gaps(gig: Gig, wanted: Mapping[str, Any]) -> Iterator[Gap]:
    tiers = {package.tier for package in gig.packages.all()}
    if "packages" in wanted:
        tiers = {package["tier"] for package in wanted["packages"]}
    if Tier.BASIC not in tiers:
        yield Gap(text=_("A Basic package with its price"), step=Step.PACKAGES)
    if len(wanted.get("description", gig.description).strip()) < SHORTEST_DESCRIPTION:
        text = _("A description of at least %(count)s characters") % {
            "count": SHORTEST_DESCRIPTION
        }
        yield Gap(text=text, step=Step.DESCRIPTION)
    if not gig.images.all():
        yield Gap(text=_("At least one picture"), step=Step.GALLERY)
