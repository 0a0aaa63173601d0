"""A dispute: what the two sides say and offer, and how it ends."""

from datetime import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from gigstream.core.ids import uuid7
from orders.models.orders import Order
from orders.status import UNDER_WAY, OrderStatus, Role

SIDES = [Role.BUYER.value, Role.SELLER.value]
LONGEST_TEXT = 10_000


class DisputeQuerySet(models.QuerySet["Dispute"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(Q(order__buyer=user) | Q(order__seller=user))

    def ongoing(self) -> Self:
        return self.filter(status__in=Dispute.ONGOING)

    def in_silence(self, *, at: datetime) -> Self:
        """Still between the two, who can answer, though the time for it is over."""
        late = self.filter(status=Dispute.Status.OPEN, answer_by__lte=at)
        return late.filter(order__on_hold=False)


class Dispute(models.Model):
    """One disagreement about an order, from its opening to its end.

    While it is open it is somebody's `turn`: theirs to answer the newest offer by
    `answer_by`. After that it lies with our staff, and nobody's time runs.
    """

    class Status(models.TextChoices):
        OPEN = "open", _("Between the two of you")
        WITH_STAFF = "with_staff", _("With our staff")
        RELEASED = "released", _("Settled: the seller is paid")
        REFUNDED = "refunded", _("Settled: the buyer is paid back")
        SPLIT = "split", _("Settled: the money is divided")
        RESUMED = "resumed", _("Settled: the work goes on")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    class Reason(models.TextChoices):
        LATE = "late", _("Nothing has come, or far too late")
        DIFFERENT = "different", _("It is not what we agreed")
        QUALITY = "quality", _("It is not as good as what was shown")
        SILENT = "silent", _("The other side does not answer")
        MORE = "more", _("More is asked for than we agreed")
        MISSING = "missing", _("I do not get what I need for the work")
        OTHER = "other", _("Something else")

    ONGOING = (Status.OPEN, Status.WITH_STAFF)

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    order = models.ForeignKey(
        Order,
        models.PROTECT,
        related_name="disputes",
        verbose_name=_("order"),
    )
    status = models.CharField(
        _("status"), max_length=10, choices=Status, default=Status.OPEN
    )
    reason = models.CharField(_("reason"), max_length=10, choices=Reason)
    side = models.CharField(_("opened by the"), max_length=10, choices=Role)
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+"
    )
    came_from = models.CharField(_("before"), max_length=16, choices=OrderStatus)
    opened_at = models.DateTimeField(_("opened"))
    turn = models.CharField(_("turn"), max_length=10, choices=Role, blank=True)
    answer_by = models.DateTimeField(_("to be answered by"), null=True, blank=True)
    escalated_at = models.DateTimeField(_("with staff since"), null=True, blank=True)
    closed_at = models.DateTimeField(_("ended"), null=True, blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("ended by"),
    )
    # How it ended: what of the price went back, and why staff decided so.
    refund = models.PositiveBigIntegerField(_("went back"), null=True, blank=True)
    ruling = models.TextField(_("reasons"), max_length=LONGEST_TEXT, blank=True)

    objects = DisputeQuerySet.as_manager()

    class Meta:
        verbose_name = _("dispute")
        verbose_name_plural = _("disputes")
        constraints = [
            models.CheckConstraint(
                name="dispute_status_is_known",
                condition=Q(
                    status__in=[
                        "open",
                        "with_staff",
                        "released",
                        "refunded",
                        "split",
                        "resumed",
                        "withdrawn",
                    ]
                ),
            ),
            models.CheckConstraint(
                name="dispute_reason_is_known",
                condition=Q(
                    reason__in=[
                        "late",
                        "different",
                        "quality",
                        "silent",
                        "more",
                        "missing",
                        "other",
                    ]
                ),
            ),
            models.CheckConstraint(
                name="dispute_side_is_known", condition=Q(side__in=SIDES)
            ),
            models.CheckConstraint(
                name="dispute_came_from_work_that_was_paid",
                condition=Q(
                    came_from__in=sorted(UNDER_WAY | {OrderStatus.COMPLETED}),
                ),
            ),
            models.UniqueConstraint(
                fields=["order"],
                condition=Q(status__in=["open", "with_staff"]),
                name="dispute_is_ongoing_once_per_order",
            ),
            models.CheckConstraint(
                name="dispute_open_is_somebodys_turn_until_then",
                condition=Q(status="open", turn__in=SIDES, answer_by__isnull=False)
                | ~Q(status="open") & Q(turn="", answer_by__isnull=True),
            ),
            models.CheckConstraint(
                name="dispute_with_staff_says_since_when",
                condition=~Q(status="with_staff") | Q(escalated_at__isnull=False),
            ),
            models.CheckConstraint(
                name="dispute_ended_has_a_moment_and_a_person",
                condition=Q(
                    status__in=["open", "with_staff"],
                    closed_at__isnull=True,
                    closed_by__isnull=True,
                )
                | ~Q(status__in=["open", "with_staff"])
                & Q(closed_at__isnull=False, closed_by__isnull=False),
            ),
            models.CheckConstraint(
                name="dispute_settled_with_money_says_how_much",
                condition=Q(
                    status__in=["released", "refunded", "split"], refund__isnull=False
                )
                | ~Q(status__in=["released", "refunded", "split"])
                & Q(refund__isnull=True),
            ),
        ]
        indexes = [
            models.Index(
                fields=["answer_by"],
                condition=Q(status="open"),
                name="dispute_open_by_answer",
            ),
            models.Index(fields=["status", "-opened_at"], name="dispute_by_status"),
        ]

    def __str__(self) -> str:
        return f"{self.get_reason_display()} ({self.get_status_display()})"

    @property
    def is_ongoing(self) -> bool:
        return self.status in self.ONGOING


class Statement(models.Model):
    """What one side says in a dispute, with or without an offer; nothing said is edited.

    The newest offer is the one on the table; agreeing to it ends the dispute.
    """

    class Offer(models.TextChoices):
        REVISION = "revision", _("Changes to the work")
        TIME = "time", _("More time")
        SPLIT = "split", _("Dividing the money")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    dispute = models.ForeignKey(Dispute, models.PROTECT, related_name="statements")
    side = models.CharField(_("said by the"), max_length=10, choices=Role)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+"
    )
    text = models.TextField(_("text"), max_length=LONGEST_TEXT)
    offer = models.CharField(_("offer"), max_length=10, choices=Offer, blank=True)
    # Changes and more time: in how many days the work would be due then.
    days = models.PositiveSmallIntegerField(_("days"), null=True, blank=True)
    # Dividing: how much of the price would go back to the buyer, in minor units.
    refund = models.PositiveBigIntegerField(_("goes back"), null=True, blank=True)
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("statement")
        verbose_name_plural = _("statements")
        constraints = [
            models.CheckConstraint(
                name="statement_side_is_known", condition=Q(side__in=SIDES)
            ),
            models.CheckConstraint(
                name="statement_says_what_its_offer_needs",
                condition=Q(offer="", days__isnull=True, refund__isnull=True)
                | Q(
                    offer__in=["revision", "time"],
                    days__isnull=False,
                    days__gt=0,
                    refund__isnull=True,
                )
                | Q(offer="split", days__isnull=True, refund__isnull=False),
            ),
        ]
        indexes = [
            models.Index(fields=["dispute", "at", "id"], name="statement_in_time")
        ]

    def __str__(self) -> str:
        return self.text[:60]
