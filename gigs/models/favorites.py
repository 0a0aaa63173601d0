"""What people saved for later."""

from typing import Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from gigstream.core import clock
from gigstream.core.ids import uuid7


class FavoriteQuerySet(models.QuerySet["Favorite"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(user=user)


class Favorite(models.Model):
    """A gig that somebody saved for later. Keys are in the order of their making."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="favorites"
    )
    gig = models.ForeignKey("Gig", models.PROTECT, related_name="favorites")
    created_at = models.DateTimeField(_("saved"), default=clock.now, editable=False)

    objects = FavoriteQuerySet.as_manager()

    class Meta:
        verbose_name = _("saved gig")
        verbose_name_plural = _("saved gigs")
        constraints = [
            models.UniqueConstraint(
                fields=["user", "gig"], name="favorite_is_once_per_person_and_gig"
            )
        ]
        indexes = [models.Index(fields=["user", "-id"], name="favorite_newest")]

    def __str__(self) -> str:
        return f"{self.gig_id} of {self.user_id}"
