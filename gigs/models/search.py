"""How the market finds a gig, and what people search for."""

from django.conf import settings
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import Q

from gigstream.core.ids import uuid7

QUALITY_OF_THE_UNKNOWN = 350  # of 1000, until the job has looked at a gig


class Listing(models.Model):
    """A gig as the market finds it: there is one for each gig on offer, and for no other.

    The database keeps it by triggers (`gigs/listings.py`), so that whoever changes a gig,
    its packages, tags, pictures or seller need not know. `version` counts those changes;
    `quality` and `is_unseen` are written by a job (`gigs/tasks.py`). The number is what the full-text index of SQLite
    knows a gig by; no page shows it.
    """

    number = models.BigAutoField(primary_key=True)
    gig = models.OneToOneField("Gig", models.CASCADE, related_name="listing")
    seller = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+"
    )
    category = models.ForeignKey("Category", models.PROTECT, related_name="+")
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
