"""The shop window: categories, gigs, and what belongs to a gig."""

from datetime import datetime, timedelta
from typing import Self

from django.conf import settings
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import F, Prefetch, Q, Subquery
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.models import Standing, User
from gigs.status import GigStatus
from gigs.steps import Step
from gigstream.core import clock
from gigstream.core.ids import uuid7
from gigstream.core.models import PlatformSetting
from gigstream.services import cloudinary

PRICE_LIMIT = 1_000_000_00  # minor units
EXTRA_PRICE_LIMIT = 10_000_00
QUALITY_OF_THE_UNKNOWN = 350  # of 1000, until the job has looked at a gig


class Category(models.Model):
    """A shelf in the shop; a shelf may stand on another."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(_("name"), max_length=60)
    slug = models.SlugField(_("address"), max_length=60, unique=True)
    icon = models.CharField(
        _("icon"), max_length=40, help_text=_("A Lucide icon's name.")
    )
    description = models.CharField(_("description"), max_length=200, blank=True)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children"
    )
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("category")
        verbose_name_plural = _("categories")
        constraints = [
            models.CheckConstraint(
                name="category_is_not_its_own_parent",
                condition=Q(parent__isnull=True) | ~Q(parent=F("id")),
            )
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("gigs:category", args=[self.slug])


class Tag(models.Model):
    """A word by which gigs are found."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(_("name"), max_length=30, unique=True)

    class Meta:
        verbose_name = _("tag")
        verbose_name_plural = _("tags")

    def __str__(self) -> str:
        return self.name


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
        gone = {GigStatus.PAUSED, GigStatus.ARCHIVED, GigStatus.IN_REVIEW}
        return self.filter(status__in=gone, published_at__isnull=False)

    def of(self, seller: User) -> Self:
        return self.filter(seller=seller)

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
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="gigs"
    )
    category = models.ForeignKey(Category, models.PROTECT, related_name="gigs")
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
    changed_since_review = models.BooleanField(
        _("changed since staff looked at it"), default=False, editable=False
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
        return reverse("gigs:detail", args=[self.slug])

    @property
    def is_on_offer(self) -> bool:
        return self.status == GigStatus.ACTIVE

    @property
    def can_be_seen(self) -> bool:
        """As `on_offer` says in SQL; the caller has selected the seller."""
        return self.is_on_offer and self.seller.standing == Standing.ACTIVE

    @property
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


class Tier(models.TextChoices):
    BASIC = "basic", _("Basic")
    STANDARD = "standard", _("Standard")
    PREMIUM = "premium", _("Premium")


class GigPackage(models.Model):
    """What a buyer gets for one price: the work, the days and the revisions."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    gig = models.ForeignKey(Gig, models.CASCADE, related_name="packages")
    tier = models.CharField(_("tier"), max_length=10, choices=Tier)
    name = models.CharField(_("name"), max_length=60)
    description = models.CharField(_("what the buyer gets"), max_length=300)
    price = models.PositiveBigIntegerField(_("price"), help_text=_("Minor units."))
    delivery_days = models.PositiveSmallIntegerField(_("delivery days"))
    revisions = models.PositiveSmallIntegerField(_("revisions"), default=0)
    features = models.JSONField(_("features"), default=list, blank=True)

    class Meta:
        verbose_name = _("package")
        verbose_name_plural = _("packages")
        constraints = [
            models.UniqueConstraint(
                fields=["gig", "tier"], name="package_tier_is_once_per_gig"
            ),
            models.CheckConstraint(
                name="package_tier_is_known", condition=Q(tier__in=Tier.values)
            ),
            models.CheckConstraint(
                name="package_price_is_sensible",
                condition=Q(price__gte=500, price__lte=PRICE_LIMIT),
            ),
            models.CheckConstraint(
                name="package_delivery_takes_a_day_to_a_year",
                condition=Q(delivery_days__gte=1, delivery_days__lte=365),
            ),
            models.CheckConstraint(
                name="package_revisions_are_at_most_fifty",
                condition=Q(revisions__lte=50),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_tier_display()}: {self.name}"

    def due_at(self, *, paid_at: datetime) -> datetime:
        """When the work is due if the money comes at `paid_at`."""
        return paid_at + timedelta(days=self.delivery_days)


class ExtraKind(models.TextChoices):
    FASTER = "faster", _("Faster delivery")
    REVISION = "revision", _("More revisions")
    CUSTOM = "custom", _("Something of your own")


class GigExtra(models.Model):
    """What a buyer may add to any package of the gig, once, for a price of its own.

    It changes the package's days and revisions by so many; fewer days is sooner.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    gig = models.ForeignKey(Gig, models.CASCADE, related_name="extras")
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    kind = models.CharField(
        _("kind"), max_length=10, choices=ExtraKind, default=ExtraKind.CUSTOM
    )
    title = models.CharField(_("title"), max_length=80, blank=True)
    price = models.PositiveBigIntegerField(_("price"), help_text=_("Minor units."))
    days = models.SmallIntegerField(_("days"), default=0)
    revisions = models.PositiveSmallIntegerField(_("revisions"), default=0)

    class Meta:
        verbose_name = _("extra")
        verbose_name_plural = _("extras")
        constraints = [
            models.CheckConstraint(
                name="extra_kind_is_known", condition=Q(kind__in=ExtraKind.values)
            ),
            models.CheckConstraint(
                name="extra_price_is_sensible",
                condition=Q(price__gte=100, price__lte=EXTRA_PRICE_LIMIT),
            ),
            models.CheckConstraint(
                name="extra_faster_saves_days_and_no_other_does",
                condition=Q(kind=ExtraKind.FASTER, days__gte=-364, days__lte=-1)
                | (~Q(kind=ExtraKind.FASTER) & Q(days__gte=0, days__lte=90)),
            ),
            models.CheckConstraint(
                name="extra_revision_adds_some_and_no_other_does",
                condition=Q(
                    kind=ExtraKind.REVISION, revisions__gte=1, revisions__lte=20
                )
                | (~Q(kind=ExtraKind.REVISION) & Q(revisions=0)),
            ),
            models.CheckConstraint(
                name="extra_custom_has_a_title",
                condition=~Q(kind=ExtraKind.CUSTOM) | ~Q(title=""),
            ),
            models.UniqueConstraint(
                fields=["gig", "kind"],
                condition=~Q(kind=ExtraKind.CUSTOM),
                name="extra_of_our_own_kinds_is_once_per_gig",
            ),
        ]
        indexes = [models.Index(fields=["gig", "position"], name="extra_in_order")]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """What the buyer reads; what we know the meaning of, we say ourselves."""
        if self.kind == ExtraKind.FASTER:
            text = ngettext(
                "Delivery %(count)s day sooner",
                "Delivery %(count)s days sooner",
                -self.days,
            )
            return text % {"count": -self.days}
        if self.kind == ExtraKind.REVISION:
            text = ngettext(
                "%(count)s more revision", "%(count)s more revisions", self.revisions
            )
            return text % {"count": self.revisions}
        return self.title

    def fits(self, package: GigPackage) -> bool:
        """Whether it can be added to a package: no work is done in less than a day."""
        return package.delivery_days + self.days >= 1


class GigFaq(models.Model):
    """A question that buyers ask, answered on the gig's page."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    gig = models.ForeignKey(Gig, models.CASCADE, related_name="faqs")
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    question = models.CharField(_("question"), max_length=150)
    answer = models.TextField(_("answer"), max_length=1000)

    class Meta:
        verbose_name = _("question and answer")
        verbose_name_plural = _("questions and answers")
        constraints = [
            models.CheckConstraint(
                name="faq_has_a_question_and_an_answer",
                condition=~Q(question="") & ~Q(answer=""),
            )
        ]
        indexes = [models.Index(fields=["gig", "position"], name="faq_in_order")]

    def __str__(self) -> str:
        return self.question


class UnsavedStep(models.Model):
    """What a seller typed in a step of the editor and did not save: as typed, right or wrong."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    gig = models.ForeignKey(Gig, models.CASCADE, related_name="unsaved")
    step = models.CharField(_("step"), max_length=12, choices=Step)
    typed = models.JSONField(_("typed"))
    kept_at = models.DateTimeField(_("kept"))

    class Meta:
        verbose_name = _("unsaved step")
        verbose_name_plural = _("unsaved steps")
        constraints = [
            models.UniqueConstraint(
                fields=["gig", "step"], name="unsaved_step_is_once_per_gig"
            ),
            models.CheckConstraint(
                name="unsaved_step_is_known", condition=Q(step__in=Step.values)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.step} {self.kept_at:%Y-%m-%d %H:%M}"


class GigImage(models.Model):
    """One picture of the gallery; the first is the cover."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    gig = models.ForeignKey(Gig, models.CASCADE, related_name="images")
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    public_id = models.CharField(max_length=200, unique=True)
    version = models.PositiveBigIntegerField()
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
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

    class Meta:
        verbose_name = _("picture")
        verbose_name_plural = _("pictures")
        constraints = [
            models.CheckConstraint(
                name="gig_image_has_a_size", condition=Q(width__gt=0, height__gt=0)
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


class RequirementKind(models.TextChoices):
    TEXT = "text", _("A text")
    CHOICE = "choice", _("A choice")
    FILE = "file", _("A file")


class GigRequirement(models.Model):
    """A question whose answer the seller needs before starting; asked at checkout."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    gig = models.ForeignKey(Gig, models.CASCADE, related_name="requirements")
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    question = models.CharField(_("question"), max_length=300)
    kind = models.CharField(
        _("answer"),
        max_length=10,
        choices=RequirementKind,
        default=RequirementKind.TEXT,
    )
    options = models.JSONField(_("choices"), default=list, blank=True)
    required = models.BooleanField(_("must be answered"), default=True)

    class Meta:
        verbose_name = _("question")
        verbose_name_plural = _("questions")
        constraints = [
            models.CheckConstraint(
                name="requirement_kind_is_known",
                condition=Q(kind__in=RequirementKind.values),
            ),
            models.CheckConstraint(
                name="requirement_choice_has_options",
                condition=~Q(kind=RequirementKind.CHOICE) | ~Q(options=[]),
            ),
        ]
        indexes = [
            models.Index(fields=["gig", "position"], name="requirement_in_order")
        ]

    def __str__(self) -> str:
        return self.question


class FavoriteQuerySet(models.QuerySet["Favorite"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(user=user)


class Favorite(models.Model):
    """A gig that somebody saved for later. Keys are in the order of their making."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="favorites"
    )
    gig = models.ForeignKey(Gig, models.PROTECT, related_name="favorites")
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


class Listing(models.Model):
    """A gig as the market finds it: there is one for each gig on offer, and for no other.

    The database keeps it by triggers (`gigs/listings.py`), so that whoever changes a gig,
    its packages, tags, pictures or seller need not know. `version` counts those changes;
    `quality` and `is_unseen` are written by a job (`gigs/tasks.py`). The number is what the full-text index of SQLite
    knows a gig by; no page shows it.
    """

    number = models.BigAutoField(primary_key=True)
    gig = models.OneToOneField(Gig, models.CASCADE, related_name="listing")
    seller = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+"
    )
    category = models.ForeignKey(Category, models.PROTECT, related_name="+")
    price = models.PositiveBigIntegerField(help_text="Minor units.")
    delivery_days = models.PositiveSmallIntegerField()
    rating = models.DecimalField(max_digits=3, decimal_places=2, help_text="0: none.")
    review_count = models.PositiveIntegerField()
    completed_orders = models.PositiveIntegerField()
    published_at = models.DateTimeField()
    is_verified = models.BooleanField()
    # {"en": 1, "de": 1}: an object, because its keys can be asked for on both engines.
    languages = models.JSONField(default=dict)
    quality = models.PositiveSmallIntegerField(db_default=QUALITY_OF_THE_UNKNOWN)
    version = models.PositiveIntegerField()
    # Changed since `look_over` learnt its words and judged its quality.
    is_unseen = models.BooleanField(db_default=True)
    # PostgreSQL's words; SQLite has them in a table of their own.
    document = SearchVectorField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="listing_quality_is_at_most_a_thousand",
                condition=Q(quality__lte=1000),
            )
        ]
        indexes = [
            models.Index(fields=["-quality", "-number"], name="listing_best"),
            models.Index(
                fields=["category", "-quality", "-number"],
                name="listing_best_by_category",
            ),
            models.Index(fields=["-published_at", "-number"], name="listing_newest"),
            models.Index(fields=["price", "number"], name="listing_by_price"),
            models.Index(
                fields=["-rating", "-review_count", "-number"],
                name="listing_best_rated",
            ),
            models.Index(
                fields=["-completed_orders", "-number"], name="listing_best_selling"
            ),
            models.Index(
                fields=["delivery_days", "-quality"], name="listing_by_delivery"
            ),
            models.Index(
                fields=["number"], condition=Q(is_unseen=True), name="listing_unseen"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.gig_id}, version {self.version}"


class SearchWord(models.Model):
    """A word that titles and tags use, without accents; how to spell it is learnt here."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    word = models.CharField(max_length=40, unique=True)
    uses = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return self.word


class PopularSearch(models.Model):
    """What people search for and find, and how often; not who."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    text = models.CharField(max_length=60, unique=True)
    times = models.PositiveIntegerField(default=0)
    last_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["-times", "text"], name="search_most_popular")]

    def __str__(self) -> str:
        return self.text
