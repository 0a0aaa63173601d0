"""A person: one account for buying and selling alike."""

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _
from django_countries.fields import CountryField

from gigstream.core import clock
from gigstream.core.addresses import address
from gigstream.core.ids import uuid7
from gigstream.services import cloudinary


class Standing(models.TextChoices):
    """Whether a person may use the site."""

    ACTIVE = "active", _("Active")
    SUSPENDED = "suspended", _("Suspended")
    CLOSED = "closed", _("Closed")


class Theme(models.TextChoices):
    LIGHT = "stream", _("Light")
    DARK = "stream-dark", _("Dark")


class Amounts(models.TextChoices):
    """How amounts of money are written for a person; the site has one currency."""

    SYMBOL = "symbol", _("With the symbol: $1,234.50")
    CODE = "code", _("With the code: USD 1,234.50")


class Side(models.TextChoices):
    """Which half of the dashboard a person looked at last."""

    BUYING = "buying", _("Buying")
    SELLING = "selling", _("Selling")


SEEN_EVERY = timedelta(minutes=5)
"""How precisely it is known when somebody was here; who was here since is online."""


class MailTrouble(models.TextChoices):
    BOUNCED = "bounced", _("Mails come back")
    COMPLAINED = "complained", _("Called our mails spam")


class UserManager(BaseUserManager["User"]):
    def called(self, username: str) -> "models.QuerySet[User]":
        """Whoever has this username, in any case of letters; uses its index."""
        lower = self.annotate(handle=Lower("username"))
        return lower.filter(handle=username.lower())

    def create_user(
        self, email: str, password: str | None = None, **fields: Any
    ) -> "User":
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(
        self, email: str, password: str | None = None, **fields: Any
    ) -> "User":
        return self.create_user(
            email, password, is_staff=True, is_superuser=True, **fields
        )

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email__iexact=username)


class User(AbstractBaseUser, PermissionsMixin):
    """A person. Everybody can buy; who has `selling_since` can sell too."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    email = models.EmailField(_("e-mail"), max_length=254)
    username = models.CharField(  # noqa: DJ001 - empty is absent, and absent is not unique
        _("username"),
        max_length=30,
        null=True,
        blank=True,
        help_text=_("Your public handle."),
    )
    full_name = models.CharField(_("full name"), max_length=300)
    headline = models.CharField(_("headline"), max_length=120, blank=True)
    bio = models.TextField(_("about you"), max_length=2000, blank=True)
    location = models.CharField(_("location"), max_length=100, blank=True)
    country = CountryField(_("country"), blank=True)
    spoken_languages = models.JSONField(
        _("languages"), default=list, blank=True, help_text=_("ISO 639-1 codes.")
    )
    skills = models.JSONField(_("skills"), default=list, blank=True)
    avatar_id = models.CharField(max_length=200, blank=True, editable=False)
    avatar_version = models.PositiveBigIntegerField(default=0, editable=False)
    avatar_bytes = models.PositiveIntegerField(default=0, editable=False)
    standing = models.CharField(
        _("standing"), max_length=16, choices=Standing, default=Standing.ACTIVE
    )
    selling_since = models.DateTimeField(_("selling since"), null=True, blank=True)
    seller_verified_at = models.DateTimeField(
        _("seller verified"), null=True, blank=True
    )
    # Projections of reviews, kept by their actions and recomputed by a check.
    rating = models.DecimalField(
        _("rating"),
        max_digits=3,
        decimal_places=2,
        null=True,
        blank=True,
        editable=False,
    )
    review_count = models.PositiveIntegerField(_("reviews"), default=0, editable=False)
    # Away from the shop: gigs say so, cannot be ordered, and return by themselves.
    vacation_from = models.DateField(_("away from"), null=True, blank=True)
    vacation_until = models.DateField(_("back on"), null=True, blank=True)
    vacation_message = models.CharField(_("message"), max_length=300, blank=True)
    most_open_orders = models.PositiveSmallIntegerField(
        _("most open orders"),
        null=True,
        blank=True,
        help_text=_("With so many orders open, the gigs close until one is done."),
    )
    # How the site looks to this person. Empty means: as the browser says.
    theme = models.CharField(_("theme"), max_length=12, choices=Theme, blank=True)
    language = models.CharField(_("language"), max_length=10, blank=True)
    time_zone = models.CharField(_("time zone"), max_length=64, default="UTC")
    amounts = models.CharField(
        _("amounts"), max_length=6, choices=Amounts, default=Amounts.SYMBOL
    )
    # The mailbox sent our mails back, or its owner called them spam: we stop, and say so here.
    mail_trouble = models.CharField(
        _("trouble with mails"),
        max_length=10,
        choices=MailTrouble,
        blank=True,
        default="",
        editable=False,
    )
    last_side = models.CharField(max_length=8, choices=Side, default=Side.BUYING)
    is_staff = models.BooleanField(_("staff"), default=False)
    is_active = models.BooleanField(_("can log in"), default=True)
    joined_at = models.DateTimeField(_("joined"), default=clock.now, editable=False)
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True, editable=False)
    # Within five minutes; whoever joins is here.
    last_seen_at = models.DateTimeField(
        _("last seen"), default=clock.now, editable=False
    )

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["full_name"]

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")
        permissions = [
            ("appoint_user", "Can give and take staff roles"),
            ("impersonate_user", "Can look at the site as somebody else"),
        ]
        constraints = [
            models.UniqueConstraint(
                Lower("email"), name="user_email_is_unique_in_any_case"
            ),
            models.UniqueConstraint(
                Lower("username"), name="user_username_is_unique_in_any_case"
            ),
            models.CheckConstraint(
                name="user_standing_is_known", condition=Q(standing__in=Standing.values)
            ),
            models.CheckConstraint(
                name="user_rating_is_between_one_and_five",
                condition=Q(rating__isnull=True) | Q(rating__gte=1, rating__lte=5),
            ),
            models.CheckConstraint(
                name="user_username_is_not_empty", condition=~Q(username="")
            ),
            models.CheckConstraint(
                name="user_vacation_ends_after_it_begins",
                condition=Q(vacation_from__isnull=True, vacation_until__isnull=True)
                | Q(vacation_until__gt=models.F("vacation_from")),
            ),
            models.CheckConstraint(
                name="user_queue_has_room_for_one",
                condition=Q(most_open_orders__isnull=True) | Q(most_open_orders__gte=1),
            ),
            models.CheckConstraint(
                name="user_face_takes_room",
                condition=Q(avatar_id="", avatar_bytes=0)
                | Q(~Q(avatar_id=""), avatar_bytes__gt=0),
            ),
            models.CheckConstraint(
                name="user_theme_is_known", condition=Q(theme__in=["", *Theme.values])
            ),
            models.CheckConstraint(
                name="user_amounts_is_known", condition=Q(amounts__in=Amounts.values)
            ),
            models.CheckConstraint(
                name="user_mail_trouble_is_known",
                condition=Q(mail_trouble__in=["", *MailTrouble.values]),
            ),
            models.CheckConstraint(
                name="user_last_side_is_known", condition=Q(last_side__in=Side.values)
            ),
            models.CheckConstraint(
                name="user_closed_has_a_date",
                condition=~Q(standing=Standing.CLOSED) | Q(closed_at__isnull=False),
            ),
        ]
        indexes = [
            models.Index(fields=["last_seen_at"], name="user_by_last_seen"),
            # Few among a million, whom the health page counts.
            models.Index(
                fields=["id"],
                condition=~Q(mail_trouble=""),
                name="user_with_mail_trouble",
            ),
        ]

    def __str__(self) -> str:
        return self.full_name or self.email

    def get_absolute_url(self) -> str:
        """The public profile, or nothing for somebody without a username."""
        return address("accounts:profile", self.username) if self.username else ""

    def get_full_name(self) -> str:
        return self.full_name

    def get_short_name(self) -> str:
        return self.full_name.partition(" ")[0]

    @property
    def is_seller(self) -> bool:
        return self.selling_since is not None

    def is_away(self, *, on: date) -> bool:
        """Whether the seller is on vacation on that day."""
        return (
            self.vacation_from is not None
            and self.vacation_until is not None
            and self.vacation_from <= on < self.vacation_until
        )

    def away_until(self, *, at: datetime) -> date | None:
        """The day of return, if the seller is on vacation then, by their own calendar."""
        is_away = self.is_away(on=at.astimezone(self.zone).date())
        return self.vacation_until if is_away else None

    def is_online(self, *, at: datetime) -> bool:
        """Whether somebody was here a moment ago."""
        return self.last_seen_at >= at - SEEN_EVERY

    @property
    def zone(self) -> ZoneInfo:
        """Where this person's clock stands; a zone that was dropped counts as UTC."""
        try:
            return ZoneInfo(self.time_zone)
        except (ZoneInfoNotFoundError, ValueError):
            return ZoneInfo("UTC")

    @property
    def initials(self) -> str:
        """Up to two letters that stand for a person without a picture."""
        words = self.full_name.split()
        return "".join(word[0] for word in words[:1] + words[1:][-1:]).upper()

    def avatar_url(self, rendition: str = "thumb") -> str:
        """The address of the picture, or nothing where initials must do."""
        if not self.avatar_id:
            return ""
        return cloudinary.picture_url(self.avatar_id, self.avatar_version, rendition)

    @property
    def avatar_large(self) -> str:
        return self.avatar_url("large")
