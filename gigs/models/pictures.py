"""A gig's pictures, and what was sent to the picture store."""

from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from gigs.models.changes import GigChange
from gigstream.core import clock
from gigstream.core.ids import uuid7
from gigstream.services import cloudinary

if TYPE_CHECKING:
    from gigs.models.gigs import Gig


class GigImageQuerySet(models.QuerySet["GigImage"]):
    def sent_for(self, gig: models.Model) -> Self:
        """What hangs in a gig and, behind it, what waits to."""
        sent = self.filter(Q(gig=gig) | Q(change__gig=gig))
        return sent.order_by(F("change").asc(nulls_first=True), "position", "id")


class GigImage(models.Model):
    """One picture of the gallery; the first is the cover. It hangs, or waits for staff."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    gig = models.ForeignKey(
        "Gig", models.CASCADE, null=True, blank=True, related_name="images"
    )
    change = models.ForeignKey(
        "GigChange", models.CASCADE, null=True, blank=True, related_name="images"
    )
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    public_id = models.CharField(max_length=200, unique=True)
    version = models.PositiveBigIntegerField()
    width = models.PositiveIntegerField(_("width"))
    height = models.PositiveIntegerField(_("height"))
    sha256 = models.CharField(
        max_length=64,
        blank=True,
        editable=False,
        help_text=_("Of the file that came; the same one hangs once."),
    )
    alt = models.CharField(_("what the picture shows"), max_length=150, blank=True)
    tint = models.PositiveIntegerField(
        null=True,
        blank=True,
        editable=False,
        help_text=_("Its main colour, 0xRRGGBB: it fills the place until it is there."),
    )

    objects = GigImageQuerySet.as_manager()

    class Meta:
        verbose_name = _("picture")
        verbose_name_plural = _("pictures")
        constraints = [
            models.CheckConstraint(
                name="gig_image_has_a_size", condition=Q(width__gt=0, height__gt=0)
            ),
            models.CheckConstraint(
                name="gig_image_hangs_or_waits",
                condition=Q(gig__isnull=False, change__isnull=True)
                | Q(gig__isnull=True, change__isnull=False),
            ),
            models.CheckConstraint(
                name="gig_image_tint_is_a_colour",
                condition=Q(tint__isnull=True) | Q(tint__lte=0xFFFFFF),
            ),
            models.UniqueConstraint(
                fields=["gig", "sha256"],
                condition=~Q(sha256=""),
                name="gig_image_hangs_once_per_gig",
            ),
        ]
        indexes = [models.Index(fields=["gig", "position"], name="gig_image_in_order")]

    def __str__(self) -> str:
        return self.alt or self.public_id

    @property
    def wall(self) -> "Gig | GigChange":
        """Where it hangs, or waits to."""
        wall = self.gig or self.change
        assert wall  # noqa: S101 - the database keeps it so
        return wall

    def url(self, rendition: str) -> str:
        return cloudinary.picture_url(self.public_id, self.version, rendition)

    @property
    def small(self) -> str:
        return self.url("small")

    @property
    def medium(self) -> str:
        return self.url("medium")

    @property
    def large(self) -> str:
        return self.url("large")

    @property
    def large_size(self) -> tuple[int, int]:
        """How large the large rendition is: it is never enlarged, and keeps its shape."""
        part = min(1, 1920 / self.width, 1080 / self.height)
        return round(self.width * part), round(self.height * part)

    @property
    def colour(self) -> str:
        return "" if self.tint is None else f"#{self.tint:06x}"


class PictureUpload(models.Model):
    """A file sent to the picture store, noted before it goes: none is lost or uncounted."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="picture_uploads"
    )
    public_id = models.CharField(max_length=200, unique=True)
    size = models.PositiveBigIntegerField(help_text=_("Bytes."))
    created_at = models.DateTimeField(default=clock.now, editable=False, db_index=True)

    class Meta:
        verbose_name = _("uploaded picture")
        verbose_name_plural = _("uploaded pictures")

    def __str__(self) -> str:
        return self.public_id

    @property
    def folder(self) -> str:
        return self.public_id.rpartition("/")[0]

    @property
    def name(self) -> str:
        return self.public_id.rpartition("/")[2]
