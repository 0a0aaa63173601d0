"""The newsletter and its readers, and questions to the staff."""

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from gigstream.core import clock
from gigstream.core.ids import uuid7


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
        verbose_name=_("person"),
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
        verbose_name=_("answered by"),
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
