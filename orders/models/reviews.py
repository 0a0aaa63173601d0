"""What the two sides of a completed order say of each other."""

from datetime import datetime
from typing import Self
from uuid import UUID

from django.conf import settings
from django.db import models
from django.db.models import Avg, Count, F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import Standing, User
from gigs.models import Gig
from gigstream.core.ids import uuid7
from orders.models.orders import Order
from orders.status import Role

STARS = range(1, 6)


def _is_stars(name: str) -> Q:
    return Q(**{f"{name}__gte": STARS[0], f"{name}__lte": STARS[-1]})


class ReviewQuerySet(models.QuerySet["Review"]):
    def visible_to(self, user: User) -> Self:
        """One's own; what the public reads; and, among sellers, what they say of buyers."""
        public = PUBLISHED if user.is_seller else PUBLISHED & Q(side=Role.BUYER)
        return self.filter(Q(author=user) | Q(subject=user) & PUBLISHED | public)

    def published(self) -> Self:
        return self.filter(PUBLISHED)

    def of_gig(self, gig_id: UUID) -> Self:
        """By the buyers of a gig."""
        return self.filter(gig=gig_id, side=Role.BUYER)

    def received(self, person_id: UUID, *, side: Role) -> Self:
        """Of a person, by the `side` across from them: buyers review them as a seller."""
        return self.filter(subject=person_id, side=side)

    def past_window(self, *, at: datetime) -> Self:
        """Still hidden, though the time to write is over."""
        return self.filter(published_at__isnull=True, window_ends_at__lte=at)

    def tally(self) -> dict[int, int]:
        """How often each number of stars was given, five first; one query."""
        counts = self.order_by().values_list("rating").annotate(times=Count("pk"))
        found = dict(counts)
        return {stars: found.get(stars, 0) for stars in reversed(STARS)}

    def criteria(self) -> dict[str, float | None]:
        """The averages of what buyers rate by itself; one query."""
        return self.order_by().aggregate(
            communication=Avg("communication"),
            quality=Avg("quality"),
            as_described=Avg("as_described"),
        )

    def with_people(self) -> Self:
        """With what a list shows of each; the frozen terms stay where they are."""
        people = self.select_related("author", "subject", "order", "gig")
        return people.defer("order__terms", "gig__description")


# A review is hidden until both sides have written, or the time to do so is over.
PUBLISHED = Q(published_at__isnull=False, removed_at__isnull=True)


class Review(models.Model):
    """One side's word on a completed order; what staff remove stays, unseen."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    order = models.ForeignKey(
        Order,
        models.PROTECT,
        related_name="reviews",
        verbose_name=_("order"),
    )
    gig = models.ForeignKey(
        Gig,
        models.PROTECT,
        related_name="reviews",
        verbose_name=_("gig"),
    )
    side = models.CharField(_("written by the"), max_length=10, choices=Role)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="reviews_written",
        verbose_name=_("written by"),
    )
    subject = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="reviews_received",
        verbose_name=_("about"),
    )
    rating = models.PositiveSmallIntegerField(_("overall"))
    # What only buyers can tell.
    communication = models.PositiveSmallIntegerField(
        _("communication"), null=True, blank=True
    )
    quality = models.PositiveSmallIntegerField(_("quality"), null=True, blank=True)
    as_described = models.PositiveSmallIntegerField(
        _("as described"), null=True, blank=True
    )
    text = models.TextField(_("review"), max_length=5000, blank=True)
    written_at = models.DateTimeField(_("written"))
    edited_at = models.DateTimeField(_("changed"), null=True, blank=True)
    window_ends_at = models.DateTimeField(_("hidden at most until"))
    published_at = models.DateTimeField(_("published"), null=True, blank=True)
    reply = models.TextField(_("reply"), max_length=2000, blank=True)
    replied_at = models.DateTimeField(_("replied"), null=True, blank=True)
    removed_at = models.DateTimeField(_("removed"), null=True, blank=True)
    removed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("removed by"),
    )
    removal_reason = models.TextField(_("why it was removed"), blank=True)

    objects = ReviewQuerySet.as_manager()

    class Meta:
        verbose_name = _("review")
        verbose_name_plural = _("reviews")
        constraints = [
            models.UniqueConstraint(
                fields=["order", "side"], name="review_is_once_per_order_and_side"
            ),
            models.CheckConstraint(
                name="review_side_is_known", condition=Q(side__in=["buyer", "seller"])
            ),
            models.CheckConstraint(
                name="review_is_of_somebody_else", condition=~Q(author=F("subject"))
            ),
            models.CheckConstraint(
                name="review_rating_is_one_to_five", condition=_is_stars("rating")
            ),
            models.CheckConstraint(
                name="review_criteria_are_one_to_five_and_the_buyers",
                condition=Q(
                    side=Role.SELLER,
                    communication__isnull=True,
                    quality__isnull=True,
                    as_described__isnull=True,
                )
                # Said twice, because SQL lets a rule pass that is neither true nor false.
                | Q(
                    side=Role.BUYER,
                    communication__isnull=False,
                    quality__isnull=False,
                    as_described__isnull=False,
                )
                & _is_stars("communication")
                & _is_stars("quality")
                & _is_stars("as_described"),
            ),
            models.CheckConstraint(
                name="review_is_changed_before_it_is_published",
                condition=Q(edited_at__isnull=True)
                | Q(published_at__isnull=True)
                | Q(edited_at__lte=F("published_at")),
            ),
            models.CheckConstraint(
                name="review_reply_follows_publication",
                condition=Q(replied_at__isnull=True)
                | Q(published_at__isnull=False, replied_at__gte=F("published_at")),
            ),
            models.CheckConstraint(
                name="review_removed_has_a_person_and_a_reason",
                condition=Q(removed_at__isnull=True)
                | Q(removed_by__isnull=False) & ~Q(removal_reason=""),
            ),
        ]
        indexes = [
            models.Index(
                fields=["gig", "-published_at", "-id"],
                condition=PUBLISHED,
                name="review_newest_of_gig",
            ),
            models.Index(
                fields=["subject", "side", "-published_at", "-id"],
                condition=PUBLISHED,
                name="review_newest_of_person",
            ),
            models.Index(
                fields=["window_ends_at"],
                condition=Q(published_at__isnull=True),
                name="review_hidden_by_window",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.rating}/5, {self.order_id}"

    @property
    def is_public(self) -> bool:
        return self.published_at is not None and self.removed_at is None

    @property
    def place(self) -> str:
        """The list in which others read it, or nothing if the person has no page."""
        if not self.subject.username:
            return ""
        address = reverse("orders:person_reviews", args=[self.subject.username])
        return address if self.side == Role.BUYER else f"{address}?as=buyer"

    @property
    def author_name(self) -> str:
        """As the public reads it: the first name, and the initial of the last."""
        first, _space, rest = self.author.full_name.partition(" ")
        if self.author.standing == Standing.CLOSED or not rest.split():
            return self.author.full_name
        return f"{first} {rest.split()[-1][0]}."
