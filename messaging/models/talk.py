"""The thread between two people: its sides, its messages and their files."""

from datetime import datetime
from typing import Any, Self
from uuid import UUID

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce, JSONObject
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from gigstream.core import clock, money
from gigstream.core.addresses import address
from gigstream.core.ids import uuid7
from orders.models import CustomOffer, Order

LONGEST_MESSAGE = 10_000
MOST_ATTACHMENTS = 10
OFFERED = {name: f"offer__{name}" for name in ("title", "price", "currency")}


def offer_line(*, title: str, price: int, currency: str) -> str:
    """An offer as one line of a conversation, for whoever reads it."""
    return gettext("Offer: %(title)s, %(price)s") % {
        "title": title,
        "price": money.shown(price, currency),
    }


class ConversationQuerySet(models.QuerySet["Conversation"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(Q(first=user) | Q(second=user))


class Conversation(models.Model):
    """The one thread between two people; `first` has the smaller key."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    first = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="+",
        verbose_name=_("first person"),
    )
    second = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="+",
        verbose_name=_("second person"),
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
        return address("messaging:conversation", self.pk)

    @property
    def pair(self) -> set[UUID]:
        return {self.first_id, self.second_id}

    def other_than(self, user_id: UUID) -> User:
        """The person on the other side."""
        return self.second if user_id == self.first_id else self.first


def _orders_of_the_pair() -> models.QuerySet[Order]:
    first, second = (
        OuterRef("conversation__first_id"),
        OuterRef("conversation__second_id"),
    )
    return Order.objects.filter(
        Q(buyer=first, seller=second) | Q(buyer=second, seller=first)
    )


class ParticipantQuerySet(models.QuerySet["Participant"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(user=user)

    def between(self, *people: UUID) -> Self:
        first, second = sorted(people)
        return self.filter(conversation__first=first, conversation__second=second)

    def with_people(self) -> Self:
        return self.select_related("conversation__first", "conversation__second")

    def begun(self) -> Self:
        """Where something was said, or ordered, or is about to be said by oneself."""
        return self.filter(
            Q(conversation__last_message_at__isnull=False)
            | ~Q(draft="")
            | Exists(_orders_of_the_pair())
        )

    def unread(self) -> Self:
        return self.filter(unread_count__gt=0)

    def about_orders(self) -> Self:
        return self.filter(Exists(_orders_of_the_pair()))

    def speaking_of(self, words: str) -> Self:
        """Where the other one is called so, or somebody said so."""
        said = Message.objects.filter(
            conversation=OuterRef("conversation"), body__icontains=words
        )
        first, second = F("conversation__first"), F("conversation__second")
        named = Q(conversation__first__full_name__icontains=words, user=second)
        called = Q(conversation__second__full_name__icontains=words, user=first)
        return self.filter(named | called | Exists(said))

    def stirred_before(self, at: datetime) -> Self:
        said = Q(conversation__last_message_at__lt=at)
        silent = Q(conversation__last_message_at__isnull=True)
        return self.filter(said | (silent & Q(conversation__created_at__lt=at)))

    def newest_first(self) -> Self:
        """Adds what `last_words` needs, who said it, and `stirred_at`, by which they are sorted."""
        messages = Message.objects.filter(conversation=OuterRef("conversation"))
        last = messages.order_by("-sent_at", "-id")
        return self.annotate(
            last_body=Subquery(last.values("body")[:1]),
            last_offer=Subquery(last.values(terms=JSONObject(**OFFERED))[:1]),
            last_sender_id=Subquery(last.values("sender_id")[:1]),
            last_removed_at=Subquery(last.values("removed_at")[:1]),
            stirred_at=Coalesce(
                "conversation__last_message_at", "conversation__created_at"
            ),
        ).order_by("-stirred_at", "-id")


class Participant(models.Model):
    """One person's side of a conversation: what they have read, and are about to say."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    conversation = models.ForeignKey(
        Conversation, models.CASCADE, related_name="participants"
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="participations"
    )
    unread_count = models.PositiveIntegerField(_("unread"), default=0)
    # The moment of the last message that was read, or reached them; only ever later.
    last_read_at = models.DateTimeField(_("last read"), null=True, blank=True)
    last_received_at = models.DateTimeField(_("last received"), null=True, blank=True)
    is_starred = models.BooleanField(_("starred"), default=False)
    archived_at = models.DateTimeField(_("archived"), null=True, blank=True)
    draft = models.TextField(
        _("draft"), blank=True, default="", max_length=LONGEST_MESSAGE
    )

    # The mail that gathers what was written meanwhile; while one stands by, no second one does.
    mail_due_at = models.DateTimeField(null=True, blank=True, editable=False)

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
        indexes = [
            models.Index(
                fields=["user"],
                condition=Q(unread_count__gt=0),
                name="participant_with_unread",
            )
        ]

    def __str__(self) -> str:
        return f"{self.user_id} in {self.conversation_id}"

    def get_absolute_url(self) -> str:
        return self.conversation.get_absolute_url()

    @property
    def last_words(self) -> str | None:
        """What was said last, of a side that `newest_first` found."""
        found: Any = self
        if found.last_removed_at or not (found.last_offer or {}).get("title"):
            words: str | None = found.last_body
            return words
        return offer_line(**found.last_offer)

    def partner(self) -> User:
        return self.conversation.other_than(self.user_id)

    def unread_messages(self) -> "models.QuerySet[Message]":
        """What the other side wrote since this one last looked."""
        theirs = self.conversation.messages.exclude(sender=self.user_id)
        if self.last_read_at is None:
            return theirs
        return theirs.filter(sent_at__gt=self.last_read_at)


class MessageQuerySet(models.QuerySet["Message"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(Q(conversation__first=user) | Q(conversation__second=user))


class Message(models.Model):
    """One thing said; `client_id` is made by the sender's page, so that a retry is the same row.

    Within a conversation no two have the same moment, and a later one comes later.
    """

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
    # Empty only beside files, or where moderators took the words away. Of an offer it is
    # what a search finds; people read `words`.
    body = models.TextField(_("message"), max_length=LONGEST_MESSAGE, blank=True)
    sent_at = models.DateTimeField(_("sent"))
    removed_at = models.DateTimeField(_("removed"), null=True, blank=True)

    objects = MessageQuerySet.as_manager()

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        constraints = [
            models.UniqueConstraint(
                fields=["conversation", "sender", "client_id"],
                name="message_is_sent_once",
            ),
            models.CheckConstraint(
                name="message_removed_says_nothing",
                condition=Q(removed_at__isnull=True) | Q(body=""),
            ),
        ]
        indexes = [
            models.Index(
                fields=["conversation", "-sent_at", "-id"], name="message_in_time"
            ),
            models.Index(fields=["order", "-sent_at"], name="message_by_order"),
        ]

    def __str__(self) -> str:
        return self.body[:60]

    @property
    def words(self) -> str:
        """What it says to whoever reads it: of an offer, what that comes to."""
        if self.offer is None or self.removed_at:
            return self.body
        return offer_line(
            title=self.offer.title,
            price=self.offer.price,
            currency=self.offer.currency,
        )


class AttachmentQuerySet(models.QuerySet["Attachment"]):
    def visible_to(self, user: User) -> Self:
        """What was sent in their conversations, and what they are about to send."""
        is_theirs = Q(conversation__first=user) | Q(conversation__second=user)
        is_sent = Q(message__isnull=False)
        return self.filter(is_theirs & (is_sent | Q(uploaded_by=user)))

    def waiting(self) -> Self:
        return self.filter(message__isnull=True)


class Attachment(models.Model):
    """A private file in a conversation; without a message it waits to be sent."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    conversation = models.ForeignKey(
        Conversation, models.PROTECT, related_name="attachments"
    )
    message = models.ForeignKey(
        Message, models.PROTECT, null=True, blank=True, related_name="attachments"
    )
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+"
    )
    public_id = models.CharField(max_length=200, unique=True)
    # Pictures have a smaller one of the same shape, which we drew ourselves.
    thumbnail_id = models.CharField(max_length=200, blank=True)
    width = models.PositiveSmallIntegerField(_("width"), default=0)
    height = models.PositiveSmallIntegerField(_("height"), default=0)
    name = models.CharField(_("name"), max_length=150)
    media_type = models.CharField(max_length=100)
    size = models.PositiveIntegerField(_("size"), help_text=_("Bytes."))
    sha256 = models.CharField(max_length=64)
    at = models.DateTimeField(default=clock.now)

    objects = AttachmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("attachment")
        verbose_name_plural = _("attachments")

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("messaging:attachment", args=[self.pk])

    @property
    def thumbnail_url(self) -> str:
        return (
            reverse("messaging:thumbnail", args=[self.pk]) if self.thumbnail_id else ""
        )
