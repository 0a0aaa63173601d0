"""What a seller offers one buyer: work, price and days of its own, beside the packages."""

from datetime import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from gigs.models import LOWEST_PRICE, PRICE_LIMIT, Gig, GigPackage
from gigs.pricing import Deal
from gigstream.core.ids import uuid7
from orders.models.orders import CUSTOM, Order


class CustomOfferQuerySet(models.QuerySet["CustomOffer"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(Q(buyer=user) | Q(seller=user))

    def past(self, *, at: datetime) -> Self:
        """Still open, though its time is over."""
        return self.filter(status=CustomOffer.Status.OPEN, expires_at__lte=at)


class CustomOffer(models.Model):
    """One offer to one buyer, as it was made; taken up, it is the whole deal of an order."""

    class Status(models.TextChoices):
        OPEN = "open", _("Open")
        TAKEN = "taken", _("Accepted")
        WITHDRAWN = "withdrawn", _("Withdrawn")
        DECLINED = "declined", _("Declined")
        EXPIRED = "expired", _("Expired")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    gig = models.ForeignKey(
        Gig,
        models.PROTECT,
        related_name="custom_offers",
        verbose_name=_("gig"),
    )
    seller = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="offers_made",
        verbose_name=_("seller"),
    )
    buyer = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="offers_received",
        verbose_name=_("buyer"),
    )
    client_id = models.UUIDField(
        help_text=_("Made with the page: sending it twice is one offer."),
        editable=False,
    )
    title = models.CharField(_("title"), max_length=80)
    scope = models.TextField(_("what the buyer gets"), max_length=5000)
    price = models.PositiveBigIntegerField(_("price"), help_text=_("Minor units."))
    currency = models.CharField(_("currency"), max_length=3)
    delivery_days = models.PositiveSmallIntegerField(_("delivery days"))
    revisions = models.PositiveSmallIntegerField(_("revisions"))
    status = models.CharField(
        _("status"), max_length=10, choices=Status, default=Status.OPEN
    )
    order = models.OneToOneField(
        Order,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="offer",
        verbose_name=_("order"),
    )
    made_at = models.DateTimeField(_("made"))
    expires_at = models.DateTimeField(_("open until"))
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)

    objects = CustomOfferQuerySet.as_manager()

    class Meta:
        verbose_name = _("custom offer")
        verbose_name_plural = _("custom offers")
        constraints = [
            models.UniqueConstraint(
                fields=["seller", "client_id"], name="offer_is_made_once"
            ),
            models.CheckConstraint(
                name="offer_status_is_known",
                condition=Q(
                    status__in=["open", "taken", "withdrawn", "declined", "expired"]
                ),
            ),
            models.CheckConstraint(
                name="offer_is_to_somebody_else", condition=~Q(buyer=F("seller"))
            ),
            models.CheckConstraint(
                name="offer_price_is_sensible",
                condition=Q(price__gte=LOWEST_PRICE, price__lte=PRICE_LIMIT),
            ),
            models.CheckConstraint(
                name="offer_takes_a_day_to_a_year",
                condition=Q(delivery_days__gte=1, delivery_days__lte=365),
            ),
            models.CheckConstraint(
                name="offer_revisions_are_at_most_fifty",
                condition=Q(revisions__lte=50),
            ),
            models.CheckConstraint(
                name="offer_taken_has_its_order",
                condition=Q(status="taken", order__isnull=False)
                | ~Q(status="taken") & Q(order__isnull=True),
            ),
            models.CheckConstraint(
                name="offer_is_open_or_has_ended",
                condition=Q(status="open", ended_at__isnull=True)
                | ~Q(status="open") & Q(ended_at__isnull=False),
            ),
        ]
        indexes = [
            models.Index(
                fields=["expires_at"],
                condition=Q(status="open"),
                name="offer_open_by_expiry",
            )
        ]

    def __str__(self) -> str:
        return self.title

    def is_open(self, *, at: datetime) -> bool:
        return self.status == CustomOffer.Status.OPEN and self.expires_at > at

    @property
    def deal(self) -> Deal:
        """The offer in the shape of a package that no gig has."""
        package = GigPackage(
            gig=self.gig,
            tier=CUSTOM,
            name=self.title,
            description=self.scope,
            price=self.price,
            delivery_days=self.delivery_days,
            revisions=self.revisions,
        )
        return Deal(package=package, called=self.title)
