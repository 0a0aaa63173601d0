"""What the site tells a person."""

from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from gigstream.core.ids import uuid7
from messaging.kinds import NEWS, NotificationKind

# News from before it was kept as data: its title and text stay as they were written then.
TOLD = "told"


class NotificationQuerySet(models.QuerySet["Notification"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(user=user, is_shown=True)

    def unread(self) -> Self:
        return self.filter(read_at__isnull=True)

    def with_words(self) -> Self:
        """With all that their titles and texts need."""
        return self.select_related("actor")


class Notification(models.Model):
    """One piece of news for one person, told once however often its cause is seen.

    It is kept as data, and put into words when it is read, in the language of its reader.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="notifications",
        verbose_name=_("recipient"),
    )
    kind = models.CharField(_("kind"), max_length=30, choices=NotificationKind)
    key = models.CharField(
        _("key"), max_length=120, help_text=_("What it is about: order_paid:0190…")
    )
    # Whoever caused it, if it was one of the two; named as they are called now.
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name=_("who"),
    )
    case = models.CharField(
        _("case"), max_length=20, blank=True, help_text=_("Which of its sentences.")
    )
    about = models.JSONField(
        _("about"), default=dict, help_text=_("What its words are filled with.")
    )
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

    @property
    def title(self) -> str:
        if self.case == TOLD:
            return str(self.about["title"])
        return NEWS[self.kind].title_of(self.case, self._values())

    @property
    def text(self) -> str:
        if self.case == TOLD:
            return str(self.about["text"])
        return NEWS[self.kind].text_of(self.case, self._values())

    def _values(self) -> dict[str, Any]:
        names = self.actor and {
            "name": self.actor.full_name,
            "short_name": self.actor.get_short_name(),
        }
        return {**(names or {}), **self.about}
