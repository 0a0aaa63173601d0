"""The life of a gig: its states, and the moves between them."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class GigStatus(models.TextChoices):
    DRAFT = "draft", _("Draft")
    IN_REVIEW = "in_review", _("In review")
    ACTIVE = "active", _("Active")
    PAUSED = "paused", _("Paused")
    REJECTED = "rejected", _("Rejected")
    ARCHIVED = "archived", _("Archived")

    def can_become(self, new: "GigStatus") -> bool:
        return new in MOVES[self]


MOVES: dict[GigStatus, frozenset[GigStatus]] = {
    GigStatus.DRAFT: frozenset(
        {GigStatus.IN_REVIEW, GigStatus.ACTIVE, GigStatus.ARCHIVED}
    ),
    GigStatus.IN_REVIEW: frozenset(
        {GigStatus.ACTIVE, GigStatus.REJECTED, GigStatus.ARCHIVED}
    ),
    # Staff send back what buyers know, too, when it turns out not to belong here.
    GigStatus.ACTIVE: frozenset(
        {GigStatus.PAUSED, GigStatus.REJECTED, GigStatus.ARCHIVED}
    ),
    GigStatus.PAUSED: frozenset(
        {GigStatus.ACTIVE, GigStatus.REJECTED, GigStatus.ARCHIVED}
    ),
    GigStatus.REJECTED: frozenset({GigStatus.IN_REVIEW, GigStatus.ARCHIVED}),
    GigStatus.ARCHIVED: frozenset({GigStatus.DRAFT}),
}

# Where staff look at gigs, a change of these waits beside what buyers see.
KNOWN_TO_BUYERS = frozenset({GigStatus.ACTIVE, GigStatus.PAUSED})
# What a seller writes here is not in front of buyers, so it is saved while it is typed.
FREELY_EDITED = frozenset({GigStatus.DRAFT, GigStatus.REJECTED})
# What nobody has seen or bought may be thrown away.
ERASABLE = frozenset({GigStatus.DRAFT, GigStatus.REJECTED})
