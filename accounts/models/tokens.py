"""Keys with which a program acts for a person: what each may do, and until when."""

from datetime import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models.people import User
from gigstream.core import clock
from gigstream.core.ids import uuid7


class Scope(models.TextChoices):
    """What a token may be used for."""

    READ = "read", _("Look at everything that is yours, but for messages")
    WRITE = (
        "write",
        _("Change your profile, gigs, saved gigs, notifications; send files"),
    )
    ORDERS = "orders", _("Order, offer, deliver, change, cancel, tip, dispute, review")
    MONEY = "money", _("Move money: accept deliveries, agree to share, withdraw")
    MESSAGES = "messages", _("Read and write messages")
    ADMIN = "admin", _("What staff may do")


class ApiTokenQuerySet(models.QuerySet["ApiToken"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(user=user)


class ApiToken(models.Model):
    """One key. Only its hash is kept, so nobody can read it here; it is shown once.

    It works as long as the password is the one that its owner had when it was made.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="api_tokens"
    )
    name = models.CharField(_("name"), max_length=60)
    scopes = models.JSONField(pgettext_lazy("of a token", "may"))
    secret_hash = models.CharField(max_length=64, unique=True, editable=False)
    # The beginning of the secret, by which people tell their tokens apart.
    beginning = models.CharField(_("begins with"), max_length=12)
    session_hash = models.CharField(max_length=64, editable=False)
    created_at = models.DateTimeField(_("created"), default=clock.now)
    expires_at = models.DateTimeField(_("works until"))
    last_used_at = models.DateTimeField(_("last used"), null=True, blank=True)

    objects = ApiTokenQuerySet.as_manager()

    class Meta:
        verbose_name = _("API token")
        verbose_name_plural = _("API tokens")
        constraints = [
            models.CheckConstraint(
                name="api_token_has_a_name", condition=~models.Q(name="")
            ),
            models.CheckConstraint(
                name="api_token_ends_after_it_begins",
                condition=models.Q(expires_at__gt=models.F("created_at")),
            ),
        ]
        indexes = [models.Index(fields=["user", "-id"], name="api_token_of_person")]

    def __str__(self) -> str:
        return self.name

    @property
    def scope_labels(self) -> list[str]:
        return [str(Scope(scope).label) for scope in self.scopes]

    def is_over(self, *, at: datetime) -> bool:
        return self.expires_at <= at
