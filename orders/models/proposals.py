"""Changes to a running order that one side offers and the other answers."""

from datetime import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from gigstream.core.ids import uuid7
from orders.models.orders import Order
from orders.status import Role


class ProposalQuerySet(models.QuerySet["Proposal"]):
    def open(self) -> Self:
        return self.filter(status=Proposal.Status.OPEN)

    def unanswered(self, *, at: datetime) -> Self:
        """Still open, though the time to answer is over."""
        return self.open().filter(lapses_at__lte=at)


class Proposal(models.Model):
    """What one side would like to change: more time, more work for more money, or to part.

    It stays as it was said, whatever becomes of it; nothing agreed before is edited.
    """

    class Kind(models.TextChoices):
        TIME = "time", _("More time")
        CANCEL = "cancel", _("Cancelling")
        EXTRA = "extra", _("Extra")

    class Status(models.TextChoices):
        OPEN = "open", _("Waiting for an answer")
        AGREED = "agreed", _("Agreed")
        REFUSED = "refused", _("Refused")
        WITHDRAWN = "withdrawn", _("Withdrawn")
        LAPSED = "lapsed", _("Not answered in time")
        OVERTAKEN = "overtaken", _("Overtaken by events")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    order = models.ForeignKey(Order, models.PROTECT, related_name="proposals")
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    status = models.CharField(
        _("status"), max_length=10, choices=Status, default=Status.OPEN
    )
    side = models.CharField(_("made by the"), max_length=10, choices=Role)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+"
    )
    reason = models.TextField(_("reason"), max_length=2000)
    # More time: when the work would be due then.
    due_at = models.DateTimeField(_("due then"), null=True, blank=True)
    # Cancelling: how much of the price would go back to the buyer, in minor units.
    refund = models.PositiveBigIntegerField(_("goes back"), null=True, blank=True)
    # An extra: what it is, and what it adds to the deal once it is paid.
    title = models.CharField(_("title"), max_length=80, blank=True)
    price = models.PositiveBigIntegerField(_("price"), null=True, blank=True)
    days = models.PositiveSmallIntegerField(_("more days"), null=True, blank=True)
    revisions = models.PositiveSmallIntegerField(
        _("more revisions"), null=True, blank=True
    )
    made_at = models.DateTimeField(_("made"))
    lapses_at = models.DateTimeField(_("to be answered by"))
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )

    objects = ProposalQuerySet.as_manager()

    class Meta:
        verbose_name = _("proposal")
        verbose_name_plural = _("proposals")
        constraints = [
            models.CheckConstraint(
                name="proposal_kind_is_known",
                condition=Q(kind__in=["time", "cancel", "extra"]),
            ),
            models.CheckConstraint(
                name="proposal_status_is_known",
                condition=Q(
                    status__in=[
                        "open",
                        "agreed",
                        "refused",
                        "withdrawn",
                        "lapsed",
                        "overtaken",
                    ]
                ),
            ),
            models.CheckConstraint(
                name="proposal_side_is_known", condition=Q(side__in=["buyer", "seller"])
            ),
            models.UniqueConstraint(
                fields=["order"],
                condition=Q(status="open"),
                name="proposal_is_open_once_per_order",
            ),
            models.CheckConstraint(
                name="proposal_says_what_its_kind_needs",
                condition=Q(kind="time", due_at__isnull=False, refund__isnull=True)
                # Said twice, because SQL lets a rule pass that is neither true nor false.
                | Q(
                    kind="cancel",
                    due_at__isnull=True,
                    refund__isnull=False,
                    refund__gt=0,
                )
                | Q(kind="extra", due_at__isnull=True, refund__isnull=True),
            ),
            models.CheckConstraint(
                name="proposal_of_an_extra_says_what_it_adds",
                condition=~Q(kind="extra")
                & Q(price__isnull=True, days__isnull=True, revisions__isnull=True)
                | Q(
                    kind="extra",
                    price__isnull=False,
                    price__gt=0,
                    days__isnull=False,
                    revisions__isnull=False,
                )
                & ~Q(title=""),
            ),
            models.CheckConstraint(
                name="proposal_is_open_or_has_an_answer",
                condition=Q(status="open", answered_at__isnull=True)
                | ~Q(status="open") & Q(answered_at__isnull=False),
            ),
            models.CheckConstraint(
                name="proposal_agreed_names_who_agreed",
                condition=~Q(status__in=["agreed", "refused"])
                | Q(answered_by__isnull=False),
            ),
        ]
        indexes = [
            models.Index(
                fields=["lapses_at"],
                condition=Q(status="open"),
                name="proposal_open_by_lapse",
            ),
            models.Index(fields=["order", "made_at"], name="proposal_in_time"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.get_status_display()}"

    @property
    def is_purchase(self) -> bool:
        """An extra that the buyer took from the gig, of which nobody was asked."""
        return self.kind == Proposal.Kind.EXTRA and self.side == Role.BUYER
