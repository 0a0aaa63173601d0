"""What a package and its extras come to: the price, the days and the revisions."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from gigs.models import PRICE_LIMIT, GigExtra, GigPackage
from gigstream.core.errors import NotAllowed


@dataclass(frozen=True, slots=True, kw_only=True)
class Deal:
    """A package with the extras that somebody chose. Amounts are minor units."""

    package: GigPackage
    extras: Sequence[GigExtra] = ()
    called: str = ""

    @property
    def title(self) -> str:
        """What the order of it is called."""
        return self.called or self.package.gig.title

    @property
    def price(self) -> int:
        return self.package.price + sum(extra.price for extra in self.extras)

    @property
    def delivery_days(self) -> int:
        return self.package.delivery_days + sum(extra.days for extra in self.extras)

    @property
    def revisions(self) -> int:
        return self.package.revisions + sum(extra.revisions for extra in self.extras)

    def due_at(self, *, paid_at: datetime) -> datetime:
        """When the work is due if the money comes at `paid_at`."""
        return paid_at + timedelta(days=self.delivery_days)


def deal(package: GigPackage, extras: Sequence[GigExtra] = ()) -> Deal:
    """Put them together, or say which extra does not go with the package."""
    for extra in extras:
        if not extra.fits(package):
            text = _("“%(extra)s” does not go with the package %(package)s.")
            raise NotAllowed(text % {"extra": extra.name, "package": package.name})
    together = Deal(package=package, extras=tuple(extras))
    if together.price > PRICE_LIMIT:
        raise NotAllowed(_("Together this costs more than we can charge at once."))
    return together
