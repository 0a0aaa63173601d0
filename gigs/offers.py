"""What each package costs in the end, and when the work would arrive."""

from dataclasses import dataclass
from datetime import datetime

from gigs.models import Gig, GigPackage
from gigstream.core import money
from gigstream.core.models.settings import Policy


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A package as a buyer sees it today. Amounts are minor units."""

    package: GigPackage
    fee: int
    total: int
    due_at: datetime


def offers_of(gig: Gig, *, policy: Policy, now: datetime) -> list[Offer]:
    """All packages, the cheapest tier first; the caller has prefetched them."""
    return [_offer(package, policy, now) for package in gig.packages.all()]


def _offer(package: GigPackage, policy: Policy, now: datetime) -> Offer:
    fee = money.share(package.price, policy.service_fee_bps)
    due_at = package.due_at(paid_at=now)
    return Offer(package=package, fee=fee, total=package.price + fee, due_at=due_at)
