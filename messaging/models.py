"""Conversations between two people, and what the site tells each of them."""

from typing import Self
from uuid import UUID

from django.conf import settings
from django.db import models
from django.db.models import F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce, Lower
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from gigstream.core import clock
from gigstream.core.ids import uuid7
from orders.models import CustomOffer, Order


class ConversationQuerySet(models.QuerySet["Conversation"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(Q(first=user) | Q(second=user))


class Conversation(models.Model):
    """The one thread between two people; `first` has the smaller key."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    first = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+"
    )
    second = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField(_("created"), default=clock.now)
    last_message_at = models.DateTimeField(_("last message"), null=True, blank=True)

    objects = ConversationQuerySet.as_manager()

    class Meta:
        verbose_name = _("conversation")
        verbose_name_plural = _("conversations")
        constraints = [
            models.UniqueConstraint(
                fields=["first", "second"], name="conversation_is_once_per_pair"
            ),
            models.CheckConstraint(
                name="conversation_people_are_in_order",
                condition=Q(first__lt=F("second")),
            ),
        ]
        indexes = [
            models.Index(
                fields=["first", "-last_message_at"], name="conversation_of_first"
            ),
            models.Index(
                fields=["second", "-last_message_at"], name="conversation_of_second"
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)

    def get_absolute_url(self) -> str:
        return reverse("messaging:conversation", args=[self.pk])

    def other_than(self, user_id: UUID) -> User:
        """The person on the other side."""
        return self.second if user_id == self.first_id else self.first


class ParticipantQuerySet(models.QuerySet["Participant"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(user=user)

    def between(self, *people: UUID) -> Self:
        first, second = sorted(people)
        return self.filter(conversation__first=first, conversation__second=second)

    def with_people(self) -> Self:
        return self.select_related("conversation__first", "conversation__second")

    def newest_first(self) -> Self:
        """Adds `last_body`, `last_sender_id` and `stirred_at`, the moment they are sorted by."""
        messages = Message.objects.filter(conversation=OuterRef("conversation"))
        last = messages.order_by("-sent_at", "-id")
        return self.annotate(
            last_body=Subquery(last.values("body")[:1]),
            last_sender_id=Subquery(last.values("sender_id")[:1]),
            stirred_at=Coalesce(
                "conversation__last_message_at", "conversation__created_at"
            ),
        ).order_by("-stirred_at", "-id")


class Participant(models.Model):
    """One person's side of a conversation: what they have read."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    conversation = models.ForeignKey(
        Conversation, models.CASCADE, related_name="participants"
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="participations"
    )
    unread_count = models.PositiveIntegerField(_("unread"), default=0)
    last_read_at = models.DateTimeField(_("last read"), null=True, blank=True)

    objects = ParticipantQuerySet.as_manager()

    class Meta:
        verbose_name = _("participant")
        verbose_name_plural = _("participants")
        constraints = [
            models.UniqueConstraint(
                fields=["conversation", "user"],
                name="participant_is_once_per_conversation",
            )
        ]

    def __str__(self) -> str:
        return f"{self.user_id} in {self.conversation_id}"

    def partner(self) -> User:
        return self.conversation.other_than(self.user_id)


class Message(models.Model):
    """One thing said; `client_id` is made by the sender's page, so that a retry is the same row."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    conversation = models.ForeignKey(
        Conversation, models.PROTECT, related_name="messages"
    )
    sender = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+"
    )
    order = models.ForeignKey(
        Order, models.PROTECT, null=True, blank=True, related_name="messages"
    )
    offer = models.OneToOneField(
        CustomOffer, models.PROTECT, null=True, blank=True, related_name="message"
    )
    client_id = models.UUIDField()
    body = models.TextField(_("message"), max_length=5000)
    sent_at = models.DateTimeField(_("sent"))

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        constraints = [
            models.UniqueConstraint(
                fields=["conversation", "sender", "client_id"],
                name="message_is_sent_once",
            )
        ]
        indexes = [
            models.Index(
                fields=["conversation", "-sent_at", "-id"], name="message_in_time"
            ),
            models.Index(fields=["order", "-sent_at"], name="message_by_order"),
        ]

    def __str__(self) -> str:
        return self.body[:60]


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


class NotificationQuerySet(models.QuerySet["Notification"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(user=user)

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


class SubscriberQuerySet(models.QuerySet["Subscriber"]):
    def on_the_list(self) -> Self:
        return self.filter(confirmed_at__isnull=False)


class Subscriber(models.Model):
    """An address that was given for the newsletter; on the list once its owner said yes."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    email = models.EmailField(_("e-mail"), max_length=254, unique=True)
    asked_at = models.DateTimeField(_("asked"))
    confirmed_at = models.DateTimeField(_("confirmed"), null=True, blank=True)

    objects = SubscriberQuerySet.as_manager()

    class Meta:
        verbose_name = _("subscriber")
        verbose_name_plural = _("subscribers")
        constraints = [
            models.CheckConstraint(
                name="subscriber_email_is_lower_case",
                condition=Q(email=Lower("email")),
            )
        ]
        indexes = [
            models.Index(
                fields=["id"],
                condition=Q(confirmed_at__isnull=False),
                name="subscriber_on_the_list",
            )
        ]

    def __str__(self) -> str:
        return self.email


class Newsletter(models.Model):
    """One issue. Once sent it stays as it was."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    subject = models.CharField(_("subject"), max_length=120)
    text = models.TextField(
        _("text"),
        max_length=10_000,
        help_text=_("An empty line begins a paragraph; addresses become links."),
    )
    written_at = models.DateTimeField(_("written"), default=clock.now, editable=False)
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("newsletter")
        verbose_name_plural = _("newsletters")

    def __str__(self) -> str:
        return self.subject


class Topic(models.TextChoices):
    ORDER = "order", _("An order")
    PAYMENT = "payment", _("A payment or a withdrawal")
    ACCOUNT = "account", _("My account")
    SAFETY = "safety", _("Something that should not be here")
    OTHER = "other", _("Something else")


class Inquiry(models.Model):
    """What somebody, perhaps without an account, asked the staff by the contact form."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="inquiries",
    )
    name = models.CharField(_("name"), max_length=80)
    email = models.EmailField(_("e-mail"), max_length=254)
    topic = models.CharField(_("about"), max_length=10, choices=Topic)
    text = models.TextField(_("message"), max_length=5000)
    asked_at = models.DateTimeField(_("asked"))
    settled_at = models.DateTimeField(_("answered"), null=True, blank=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )

    class Meta:
        verbose_name = _("inquiry")
        verbose_name_plural = _("inquiries")
        constraints = [
            models.CheckConstraint(
                name="inquiry_topic_is_known", condition=Q(topic__in=Topic.values)
            ),
            models.CheckConstraint(
                name="inquiry_settled_has_a_person_and_a_moment",
                condition=Q(settled_at__isnull=True, settled_by__isnull=True)
                | Q(settled_at__isnull=False, settled_by__isnull=False),
            ),
        ]
        indexes = [
            models.Index(
                fields=["asked_at"],
                condition=Q(settled_at__isnull=True),
                name="inquiry_queue",
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_topic_display()}: {self.name}"
