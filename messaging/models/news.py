"""What the site tells a person."""

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from gigstream.core.ids import uuid7


class NotificationKind(models.TextChoices):
    ORDER_PAID = "order_paid", _("A gig was ordered")
    ORDER_DELIVERED = "order_delivered", _("Work was delivered")
    ORDER_COMPLETED = "order_completed", _("An order was completed")
    ORDER_CANCELLED = "order_cancelled", _("An order was cancelled")
    ORDER_EXPIRED = "order_expired", _("An order was not paid in time")
    REVISION_REQUESTED = "revision_requested", _("Changes were asked for")
    PAYMENT_RETURNED = "payment_returned", _("A payment was sent back")
    ORDER_DUE = "order_due", _("Work is due soon")
    ACCEPT_SOON = "accept_soon", _("A delivery counts as accepted soon")
    ORDER_REFUNDED = "order_refunded", _("A part of a payment goes back")
    CHARGEBACK_OPENED = "chargeback_opened", _("A buyer's bank holds an order")
    CHARGEBACK_ENDED = "chargeback_ended", _("A buyer's bank has decided")
    OFFER_MADE = "offer_made", _("A seller made you an offer")
    EXTRA_PAID = "extra_paid", _("An extra was bought")
    TIP_RECEIVED = "tip_received", _("A buyer left a tip")
    OFFER_ENDED = "offer_ended", _("An offer has ended")
    PROPOSAL_MADE = "proposal_made", _("The other side proposes something")
    PROPOSAL_ANSWERED = "proposal_answered", _("A proposal was answered")
    DISPUTE_OPENED = "dispute_opened", _("A dispute was opened")
    DISPUTE_ANSWERED = "dispute_answered", _("The other side answered in a dispute")
    DISPUTE_WITH_STAFF = "dispute_with_staff", _("A dispute went to our staff")
    DISPUTE_ENDED = "dispute_ended", _("A dispute is over")
    REVIEW_EXTENDED = "review_extended", _("The buyer takes more time to look")
    REVIEW_REMINDER = "review_reminder", _("A review is welcome")
    REVIEW_WRITTEN = "review_written", _("The other side wrote a review")
    REVIEW_PUBLISHED = "review_published", _("A review of you was published")
    REVIEW_REPLIED = "review_replied", _("A review was answered")
    REVIEW_REMOVED = "review_removed", _("A review was removed")
    PAYOUT = "payout", _("A withdrawal moved on")
    MESSAGE = "message", _("A message")
    GIG_APPROVED = "gig_approved", _("A gig was approved")
    GIG_REJECTED = "gig_rejected", _("A gig was sent back")
    REPORT_ANSWERED = "report_answered", _("A report of yours was looked at")
    CONTENT_REMOVED = "content_removed", _("Moderators acted on something of yours")


class NotificationQuerySet(models.QuerySet["Notification"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(user=user, is_shown=True)

    def unread(self) -> Self:
        return self.filter(read_at__isnull=True)


class Notification(models.Model):
    """One piece of news for one person, told once however often its cause is seen."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="notifications"
    )
    kind = models.CharField(_("kind"), max_length=30, choices=NotificationKind)
    key = models.CharField(
        max_length=120, help_text=_("What it is about: order_paid:0190…")
    )
    title = models.CharField(_("title"), max_length=200)
    text = models.CharField(_("text"), max_length=300, blank=True)
    path = models.CharField(_("leads to"), max_length=200)
    created_at = models.DateTimeField(_("created"))
    # Who wants no news of a kind on the site is told elsewhere; the row stays, as the key.
    is_shown = models.BooleanField(_("shown on the site"), default=True)
    read_at = models.DateTimeField(_("read"), null=True, blank=True)
    mailed_at = models.DateTimeField(_("mailed"), null=True, blank=True)

    objects = NotificationQuerySet.as_manager()

    class Meta:
        verbose_name = _("notification")
        verbose_name_plural = _("notifications")
        constraints = [
            models.UniqueConstraint(
                fields=["user", "key"], name="notification_is_once_per_person_and_cause"
            ),
            models.CheckConstraint(
                name="notification_kind_is_known",
                condition=Q(kind__in=NotificationKind.values),
            ),
        ]
        indexes = [
            models.Index(
                fields=["user", "-created_at", "-id"], name="notification_newest"
            ),
            models.Index(
                fields=["user"],
                condition=Q(read_at__isnull=True),
                name="notification_unread",
            ),
        ]

    def __str__(self) -> str:
        return self.title
