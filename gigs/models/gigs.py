"""The gig itself: who offers what, and how it stands."""

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Prefetch, Q, Subquery
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from accounts.models import Standing, User
from gigs.models.changes import GigChange
from gigs.models.packages import GigExtra, GigPackage
from gigs.models.pictures import GigImage
from gigs.models.questions import GigFaq, GigRequirement
from gigs.models.shelves import Category, Tag
from gigs.status import GigStatus
from gigstream.core import clock
from gigstream.core.addresses import address
from gigstream.core.ids import uuid7
from gigstream.core.models import PlatformSetting

# A suspended seller's gigs leave the shelf with them, and come back with them.
ON_OFFER = Q(status=GigStatus.ACTIVE, seller__standing=Standing.ACTIVE)


class GigQuerySet(models.QuerySet["Gig"]):
    def visible_to(self, user: object) -> Self:
        """What is on offer, and whatever a seller has of their own."""
        if isinstance(user, User):
            return self.filter(ON_OFFER | Q(seller=user))
        return self.on_offer()

    def on_offer(self) -> Self:
        return self.filter(ON_OFFER)

    def once_on_offer(self) -> Self:
        """What was on the shelf and has gone, so that its address can say so."""
        gone = self.exclude(status=GigStatus.ACTIVE)
        return gone.filter(published_at__isnull=False)

    def of(self, seller: User) -> Self:
        return self.filter(seller=seller)

    def waiting(self) -> Self:
        """What staff have to look at: new gigs, and changes of those that buyers know."""
        has_changed = Q(change__isnull=False, change__refusal="")
        return self.filter(Q(status=GigStatus.IN_REVIEW) | has_changed)

    def for_cards(self) -> Self:
        """With all that a card shows, in two queries however many cards there are."""
        covers = GigImage.objects.order_by("position", "id")
        return self.select_related("seller", "category").prefetch_related(
            Prefetch("images", covers)
        )

    def with_policy(self) -> Self:
        """With the values of the policy in force, for a page that counts its queries."""
        newest = PlatformSetting.objects.order_by("-version").values("values")
        return self.annotate(policy_values=Subquery(newest[:1]))

    def with_everything(self) -> Self:
        """With all that the gig's own page shows."""
        return self.for_cards().prefetch_related(
            Prefetch("packages", GigPackage.objects.order_by("price")),
            Prefetch("extras", GigExtra.objects.order_by("position")),
            Prefetch("faqs", GigFaq.objects.order_by("position")),
            Prefetch("requirements", GigRequirement.objects.order_by("position")),
            "tags",
        )


class Gig(models.Model):
    """A service that a seller offers, in up to three packages."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    seller = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="gigs",
        verbose_name=_("seller"),
    )
    category = models.ForeignKey(
        Category,
        models.PROTECT,
        related_name="gigs",
        verbose_name=_("category"),
    )
    title = models.CharField(_("title"), max_length=80)
    slug = models.SlugField(_("address"), max_length=100, unique=True, editable=False)
    description = models.TextField(_("description"), max_length=6000)
    tags = models.ManyToManyField(Tag, related_name="gigs", blank=True)
    status = models.CharField(
        _("status"), max_length=16, choices=GigStatus, default=GigStatus.DRAFT
    )
    # Projections: of the cheapest package, of reviews, of completed orders.
    starting_price = models.PositiveBigIntegerField(
        _("price from"),
        null=True,
        blank=True,
        editable=False,
        help_text=_("Minor units."),
    )
    currency = models.CharField(_("currency"), max_length=3, default="usd")
    rating = models.DecimalField(
        _("rating"),
        max_digits=3,
        decimal_places=2,
        null=True,
        blank=True,
        editable=False,
    )
    review_count = models.PositiveIntegerField(_("reviews"), default=0, editable=False)
    completed_orders = models.PositiveIntegerField(
        _("orders"), default=0, editable=False
    )
    created_at = models.DateTimeField(_("created"), default=clock.now, editable=False)
    updated_at = models.DateTimeField(_("changed"), default=clock.now, editable=False)
    published_at = models.DateTimeField(
        _("published"), null=True, blank=True, editable=False
    )
    rejection_reason = models.TextField(
        _("why it was rejected"), max_length=1000, blank=True, editable=False
    )

    featured_at = models.DateTimeField(
        _("on the home page since"), null=True, blank=True, editable=False
    )

    objects = GigQuerySet.as_manager()

    class Meta:
        verbose_name = _("gig")
        verbose_name_plural = _("gigs")
        constraints = [
            models.CheckConstraint(
                name="gig_status_is_known", condition=Q(status__in=GigStatus.values)
            ),
            models.CheckConstraint(
                name="gig_on_offer_has_a_price_and_a_date",
                condition=~Q(status=GigStatus.ACTIVE)
                | Q(
                    # Said twice, because SQL lets a rule pass that is neither true nor false.
                    starting_price__isnull=False,
                    starting_price__gt=0,
                    published_at__isnull=False,
                ),
            ),
            models.CheckConstraint(
                name="gig_rejected_has_a_reason",
                condition=~Q(status=GigStatus.REJECTED) | ~Q(rejection_reason=""),
            ),
            models.CheckConstraint(
                name="gig_rating_is_between_one_and_five",
                condition=Q(rating__isnull=True) | Q(rating__gte=1, rating__lte=5),
            ),
        ]
        indexes = [
            models.Index(
                fields=["-published_at", "-id"],
                condition=Q(status=GigStatus.ACTIVE),
                name="gig_newest_on_offer",
            ),
            models.Index(
                fields=["category", "-published_at", "-id"],
                condition=Q(status=GigStatus.ACTIVE),
                name="gig_newest_by_category",
            ),
            models.Index(
                fields=["category", "starting_price", "rating"],
                condition=Q(status=GigStatus.ACTIVE),
                name="gig_category_price_rating",
            ),
            models.Index(fields=["status", "-updated_at"], name="gig_by_status"),
            models.Index(fields=["seller", "status"], name="gig_by_seller"),
            models.Index(
                fields=["-featured_at"],
                condition=Q(featured_at__isnull=False),
                name="gig_featured",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return address("gigs:detail", self.slug)

    @property
    def is_on_offer(self) -> bool:
        return self.status == GigStatus.ACTIVE

    @property
    def pending(self) -> GigChange | None:
        """What it is to say next, if anything; the caller has selected `change`."""
        change: GigChange | None = getattr(self, "change", None)
        return change if change and change.pk else None

    @property
    def can_be_seen(self) -> bool:
        """As `on_offer` says in SQL; the caller has selected the seller."""
        return self.is_on_offer and self.seller.standing == Standing.ACTIVE

    @cached_property
    def cover(self) -> "GigImage | None":
        """The first picture; the caller has prefetched `images` in order."""
        return next(iter(self.images.all()), None)


class GigAddress(models.Model):
    """An address that a gig had once; it leads to the gig for good, and to no other."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    gig = models.ForeignKey(Gig, models.CASCADE, related_name="old_addresses")
    slug = models.SlugField(_("address"), max_length=100, unique=True)

    class Meta:
        verbose_name = _("old address")
        verbose_name_plural = _("old addresses")

    def __str__(self) -> str:
        return self.slug
