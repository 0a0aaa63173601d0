"""What sellers made before, shown on their profile."""

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models.people import User
from gigstream.core import clock
from gigstream.core.ids import uuid7
from gigstream.services import cloudinary


class WorkQuerySet(models.QuerySet["Work"]):
    def visible_to(self, user: User) -> Self:
        """Those that somebody may change: their own."""
        return self.filter(owner=user)

    def in_order(self) -> Self:
        return self.order_by("position", "id")


class Work(models.Model):
    """One piece of a portfolio: a picture, its title, and a few words."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="works"
    )
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    title = models.CharField(_("title"), max_length=80)
    text = models.TextField(_("about this work"), max_length=600, blank=True)
    public_id = models.CharField(max_length=200, unique=True)
    version = models.PositiveBigIntegerField()
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    bytes = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64, editable=False)
    created_at = models.DateTimeField(default=clock.now, editable=False)

    objects = WorkQuerySet.as_manager()

    class Meta:
        verbose_name = _("work")
        verbose_name_plural = _("works")
        constraints = [
            models.CheckConstraint(name="work_has_a_title", condition=~Q(title="")),
            models.CheckConstraint(
                name="work_has_a_size", condition=Q(width__gt=0, height__gt=0)
            ),
            models.CheckConstraint(name="work_takes_room", condition=Q(bytes__gt=0)),
            models.UniqueConstraint(
                fields=["owner", "sha256"], name="work_is_shown_once_per_person"
            ),
        ]
        indexes = [models.Index(fields=["owner", "position"], name="works_in_order")]

    def __str__(self) -> str:
        return self.title

    @property
    def small(self) -> str:
        return cloudinary.picture_url(self.public_id, self.version, "small")

    @property
    def medium(self) -> str:
        return cloudinary.picture_url(self.public_id, self.version, "medium")

    @property
    def large(self) -> str:
        return cloudinary.picture_url(self.public_id, self.version, "large")
