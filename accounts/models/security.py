"""What happened to the security of an account, for its owner to look through."""

from typing import Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models.people import User
from gigstream.core import clock
from gigstream.core.ids import uuid7


class SecurityEventQuerySet(models.QuerySet["SecurityEvent"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(user=user)


class SecurityEvent(models.Model):
    """One thing that changed who can use an account, or how."""

    class Kind(models.TextChoices):
        LOGGED_IN = "logged_in", _("Logged in")
        PASSWORD_CHANGED = "password_changed", _("Password changed")
        PASSWORD_RESET = "password_reset", _("Password reset")
        EMAIL_CHANGED = "email_changed", _("E-mail address changed")
        USERNAME_CHANGED = "username_changed", _("Username changed")
        MFA_ADDED = "mfa_added", _("Second factor added")
        MFA_REMOVED = "mfa_removed", _("Second factor removed")
        RECOVERY_CODES_MADE = "recovery_codes_made", _("New recovery codes")
        RECOVERY_CODE_USED = "recovery_code_used", _("Recovery code used")
        SESSIONS_ENDED = "sessions_ended", _("Other sessions ended")
        ACCOUNT_CONNECTED = "account_connected", _("Login with another company added")
        ACCOUNT_DISCONNECTED = (
            "account_disconnected",
            _("Login with another company removed"),
        )
        EXPORT_REQUESTED = "export_requested", _("Copy of all data requested")
        ROLES_CHANGED = "roles_changed", _("Staff roles changed")
        PAYOUT_CHANGED = "payout_changed", _("Payout destination changed")
        TOKEN_CREATED = "token_created", _("API token made")
        TOKEN_REVOKED = "token_revoked", _("API token revoked")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="security_events"
    )
    kind = models.CharField(_("what happened"), max_length=30, choices=Kind)
    at = models.DateTimeField(_("when"), default=clock.now)
    address = models.GenericIPAddressField(_("from"), null=True, blank=True)
    browser = models.CharField(_("browser"), max_length=200, blank=True)

    objects = SecurityEventQuerySet.as_manager()

    class Meta:
        verbose_name = _("security event")
        verbose_name_plural = _("security events")
        constraints = [
            models.CheckConstraint(
                name="security_event_kind_is_known",
                condition=models.Q(
                    kind__in=[
                        "logged_in",
                        "password_changed",
                        "password_reset",
                        "email_changed",
                        "username_changed",
                        "mfa_added",
                        "mfa_removed",
                        "recovery_codes_made",
                        "recovery_code_used",
                        "sessions_ended",
                        "account_connected",
                        "account_disconnected",
                        "export_requested",
                        "roles_changed",
                        "payout_changed",
                        "token_created",
                        "token_revoked",
                    ]
                ),
            )
        ]
        indexes = [models.Index(fields=["user", "-at"], name="security_event_newest")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.at:%Y-%m-%d}"
