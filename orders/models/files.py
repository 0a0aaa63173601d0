"""What the two people of an order hand each other: deliveries, answers, and their files."""

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from gigs.models import RequirementKind
from gigstream.core import clock
from gigstream.core.ids import uuid7
from orders.models.orders import Order


class Delivery(models.Model):
    """One hand-over of work: a message, and files; later ones do not replace earlier ones."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    order = models.ForeignKey(Order, models.PROTECT, related_name="deliveries")
    number = models.PositiveSmallIntegerField(_("number"))
    message = models.TextField(_("message"), max_length=5000)
    at = models.DateTimeField(_("when"))

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        constraints = [
            models.UniqueConstraint(
                fields=["order", "number"], name="delivery_number_is_once"
            ),
            models.CheckConstraint(
                name="delivery_numbers_start_at_one", condition=Q(number__gte=1)
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.number}"


PICTURES = {"image/png", "image/jpeg", "image/gif", "image/webp"}
FILE_KINDS = {
    "image/png": _("PNG picture"),
    "image/jpeg": _("JPEG picture"),
    "image/gif": _("GIF picture"),
    "image/webp": _("WebP picture"),
    "application/pdf": _("PDF"),
    "application/postscript": _("PostScript"),
    "application/zip": _("ZIP or Office"),
    "image/vnd.adobe.photoshop": _("Photoshop"),
    "video/mp4": _("Video"),
    "video/webm": _("Video"),
    "audio/mpeg": _("Sound"),
    "audio/wav": _("Sound"),
    "audio/ogg": _("Sound"),
    "font/ttf": _("Font"),
    "font/otf": _("Font"),
    "font/woff2": _("Font"),
    "text/plain": _("Text"),
}


class OrderFileQuerySet(models.QuerySet["OrderFile"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(Q(order__buyer=user) | Q(order__seller=user))


class OrderFile(models.Model):
    """A private file of an order: of a delivery, a dispute, or an answer to a question."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    order = models.ForeignKey(Order, models.PROTECT, related_name="files")
    delivery = models.ForeignKey(
        Delivery, models.PROTECT, null=True, blank=True, related_name="files"
    )
    statement = models.ForeignKey(
        "orders.Statement",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="files",
        verbose_name=_("evidence of"),
    )
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+"
    )
    public_id = models.CharField(max_length=200, unique=True)
    name = models.CharField(_("name"), max_length=150)
    media_type = models.CharField(max_length=100)
    size = models.PositiveIntegerField(_("size"), help_text=_("Bytes."))
    sha256 = models.CharField(max_length=64)
    at = models.DateTimeField(default=clock.now)

    objects = OrderFileQuerySet.as_manager()

    class Meta:
        verbose_name = _("file")
        verbose_name_plural = _("files")

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("orders:download", args=[self.pk])

    @property
    def is_picture(self) -> bool:
        """Whether a browser can be shown a small one of it."""
        return self.media_type in PICTURES

    @property
    def kind(self) -> str:
        """What people call such a file."""
        return str(FILE_KINDS.get(self.media_type, _("File")))


class Download(models.Model):
    """One time that somebody took a file: evidence, if the buyer says that nothing came."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    file = models.ForeignKey(OrderFile, models.PROTECT, related_name="downloads")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    address = models.GenericIPAddressField(_("address"), null=True, blank=True)
    at = models.DateTimeField(_("at"), default=clock.now)

    class Meta:
        verbose_name = _("download")
        verbose_name_plural = _("downloads")

    def __str__(self) -> str:
        return str(self.pk)


class OrderAnswer(models.Model):
    """The buyer's answer to one of the seller's questions, with the question as it was asked."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    order = models.ForeignKey(Order, models.PROTECT, related_name="answers")
    position = models.PositiveSmallIntegerField()
    question = models.CharField(_("question"), max_length=300)
    kind = models.CharField(max_length=10, choices=RequirementKind)
    text = models.TextField(_("answer"), blank=True, max_length=5000)
    file = models.OneToOneField(OrderFile, models.PROTECT, null=True, blank=True)

    class Meta:
        verbose_name = _("answer")
        verbose_name_plural = _("answers")
        constraints = [
            models.UniqueConstraint(
                fields=["order", "position"], name="answer_position_is_once_per_order"
            ),
            models.CheckConstraint(
                name="answer_kind_is_known",
                condition=Q(kind__in=RequirementKind.values),
            ),
        ]

    def __str__(self) -> str:
        return self.question
