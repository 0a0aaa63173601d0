"""The purchase and its life."""

from datetime import datetime, timedelta
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import CharField, Exists, F, OuterRef, Q
from django.db.models.functions import Cast, Right
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from gigs.models import Gig, Tier
from gigstream.core.addresses import address
from gigstream.core.ids import uuid7
from gigstream.core.models.settings import Policy
from orders.status import HOLDS_MONEY, UNDER_WAY, WORKING, OrderStatus, Role

REMIND_BEFORE = timedelta(days=1)
REMIND_TO_REVIEW = timedelta(days=3), timedelta(days=10)
"""After completion: from when on, and after how long it is too late to ask."""


CUSTOM = "custom"
TIERS = [*Tier.choices, (CUSTOM, _("Custom offer"))]
"""What an order is made from: a package of the gig, or an offer of the seller's own."""


REFERENCE = Right(Cast("id", CharField()), 8)


class OrderQuerySet(models.QuerySet["Order"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(Q(buyer=user) | Q(seller=user))

    def called(self, said: str) -> Self:
        """Those of this reference, as people read it out."""
        short = self.alias(short=REFERENCE)
        return short.filter(short=said.strip().removeprefix("#").lower())

    def with_people(self) -> Self:
        return self.select_related("gig", "buyer", "seller", "dispute")

    def unpaid_since_too_long(self, *, at: datetime) -> Self:
        return self.filter(status=OrderStatus.PENDING, expires_at__lte=at)

    def past_review(self, *, at: datetime) -> Self:
        """Delivered, and the buyer's time to look at it is over."""
        return self.filter(
            status=OrderStatus.DELIVERED, review_ends_at__lte=at, on_hold=False
        )

    def worth_a_word(self, kind: "Reminder.Kind", *, at: datetime) -> Self:
        """Those of which it is time to remind somebody, and nobody has."""
        kinds = Reminder.Kind
        soon = at + REMIND_BEFORE
        if kind == kinds.DELIVER:
            # A day's work needs no word a day before.
            due = self.filter(
                status__in=WORKING,
                on_hold=False,
                delivery_days__gt=1,
                due_at__gt=at,
                due_at__lte=soon,
            )
            return due.exclude(Reminder.was_sent(kind, "due_at"))
        if kind == kinds.ACCEPT:
            over = self.filter(
                status=OrderStatus.DELIVERED,
                on_hold=False,
                review_ends_at__gt=at,
                review_ends_at__lte=soon,
            )
            return over.exclude(Reminder.was_sent(kind, "review_ends_at"))
        first, last = REMIND_TO_REVIEW
        done = self.filter(
            status=OrderStatus.COMPLETED,
            completed_at__gt=at - last,
            completed_at__lte=at - first,
        )
        return done.exclude(Reminder.was_sent(kind, "completed_at"))

    def not_waiting_for_others(self, role: Role) -> Self:
        """Without the disputes in which it is not this side's turn."""
        return self.filter(Q(dispute=None) | Q(dispute__turn=role))


class Order(models.Model):
    """One purchase of one gig, at the terms agreed on that day."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    gig = models.ForeignKey(
        Gig,
        models.PROTECT,
        related_name="orders",
        verbose_name=_("gig"),
    )
    buyer = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="purchases",
        verbose_name=_("buyer"),
    )
    seller = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="sales",
        verbose_name=_("seller"),
    )
    checkout_key = models.UUIDField(
        help_text=_("Made with the checkout page: sending it twice is one order."),
        editable=False,
    )
    tier = models.CharField(_("package"), max_length=10, choices=TIERS)
    title = models.CharField(_("title"), max_length=80)
    status = models.CharField(
        _("status"), max_length=16, choices=OrderStatus, default=OrderStatus.PENDING
    )
    on_hold = models.BooleanField(_("held by a chargeback"), default=False)
    held_at = models.DateTimeField(_("held since"), null=True, blank=True)
    dispute = models.OneToOneField(
        "orders.Dispute",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("dispute going on"),
    )
    # Amounts in minor units: total = price + fee; the commission is the seller's part of price.
    price = models.PositiveBigIntegerField(_("price"))
    fee = models.PositiveBigIntegerField(_("service fee"))
    total = models.PositiveBigIntegerField(_("total"))
    commission = models.PositiveBigIntegerField(_("commission"), default=0)
    currency = models.CharField(_("currency"), max_length=3)
    # What extras bought on the way have added, kept as they were paid; nothing above changes.
    added_price = models.PositiveBigIntegerField(_("extras"), default=0)
    added_fee = models.PositiveBigIntegerField(_("service fee of extras"), default=0)
    added_commission = models.PositiveBigIntegerField(
        _("commission of extras"), default=0
    )
    added_revisions = models.PositiveSmallIntegerField(
        _("revisions of extras"), default=0
    )
    # The frozen deal in plain words, and the fingerprint that proves it has not changed.
    terms = models.JSONField(_("terms"))
    terms_hash = models.CharField(max_length=64, editable=False)
    delivery_days = models.PositiveSmallIntegerField(_("delivery days"))
    max_revisions = models.PositiveSmallIntegerField(_("revisions agreed"))
    revision_count = models.PositiveSmallIntegerField(_("revisions used"), default=0)
    placed_at = models.DateTimeField(_("placed"))
    expires_at = models.DateTimeField(_("to be paid by"))
    paid_at = models.DateTimeField(_("paid"), null=True, blank=True)
    due_at = models.DateTimeField(_("due"), null=True, blank=True)
    delivered_at = models.DateTimeField(_("delivered"), null=True, blank=True)
    review_ends_at = models.DateTimeField(
        _("accepted by itself at"), null=True, blank=True
    )
    review_extended_at = models.DateTimeField(
        _("time to look extended"), null=True, blank=True
    )
    completed_at = models.DateTimeField(_("completed"), null=True, blank=True)

    objects = OrderQuerySet.as_manager()

    class Meta:
        verbose_name = _("order")
        verbose_name_plural = _("orders")
        constraints = [
            models.CheckConstraint(
                name="order_status_is_known", condition=Q(status__in=OrderStatus.values)
            ),
            models.CheckConstraint(
                name="order_tier_is_known",
                condition=Q(tier__in=[tier for tier, _label in TIERS]),
            ),
            models.CheckConstraint(
                name="order_buyer_is_not_seller", condition=~Q(buyer=F("seller"))
            ),
            models.CheckConstraint(
                name="order_price_is_positive", condition=Q(price__gt=0)
            ),
            models.CheckConstraint(
                name="order_total_is_price_plus_fee",
                condition=Q(total=F("price") + F("fee")),
            ),
            models.CheckConstraint(
                name="order_commission_is_within_price",
                condition=Q(commission__lte=F("price")),
            ),
            models.CheckConstraint(
                name="order_revisions_stay_within_the_deal",
                condition=Q(
                    revision_count__lte=F("max_revisions") + F("added_revisions")
                ),
            ),
            models.CheckConstraint(
                name="order_under_way_is_paid_and_due",
                condition=~Q(status__in=sorted(UNDER_WAY))
                | Q(paid_at__isnull=False, due_at__isnull=False),
            ),
            models.CheckConstraint(
                name="order_delivered_has_a_date_and_a_review_end",
                condition=~Q(status=OrderStatus.DELIVERED)
                | Q(delivered_at__isnull=False, review_ends_at__isnull=False),
            ),
            models.CheckConstraint(
                name="order_completed_has_a_date",
                condition=~Q(status=OrderStatus.COMPLETED)
                | Q(completed_at__isnull=False),
            ),
            models.CheckConstraint(
                name="order_disputed_names_the_dispute",
                condition=Q(status=OrderStatus.DISPUTED, dispute__isnull=False)
                | ~Q(status=OrderStatus.DISPUTED) & Q(dispute__isnull=True),
            ),
            models.CheckConstraint(
                name="order_held_since_then_is_on_hold",
                condition=Q(on_hold=True) | Q(held_at__isnull=True),
            ),
            models.UniqueConstraint(
                fields=["buyer", "checkout_key"],
                name="order_is_placed_once_per_checkout",
            ),
        ]
        indexes = [
            models.Index(fields=["buyer", "-placed_at"], name="order_by_buyer"),
            models.Index(fields=["seller", "-placed_at"], name="order_by_seller"),
            models.Index(fields=["status", "-placed_at"], name="order_by_status"),
            models.Index(
                fields=["buyer", "status", "-id"], name="order_by_buyer_state"
            ),
            models.Index(
                fields=["seller", "status", "-id"], name="order_by_seller_state"
            ),
            models.Index(REFERENCE, name="order_by_reference"),
            models.Index(
                fields=["expires_at"],
                condition=Q(status=OrderStatus.PENDING),
                name="order_unpaid_by_expiry",
            ),
            models.Index(
                fields=["review_ends_at"],
                condition=Q(status=OrderStatus.DELIVERED),
                name="order_delivered_by_review_end",
            ),
            models.Index(
                fields=["due_at"],
                condition=Q(status__in=sorted(WORKING)),
                name="order_at_work_by_due",
            ),
            models.Index(
                fields=["completed_at"],
                condition=Q(status=OrderStatus.COMPLETED),
                name="order_completed_in_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title} ({self.reference})"

    def get_absolute_url(self) -> str:
        return address("orders:detail", self.pk)

    @property
    def reference(self) -> str:
        """A short name to say on the phone; not an identifier."""
        return self.pk.hex[-8:].upper()

    @property
    def whole_price(self) -> int:
        """With the extras that were bought on the way."""
        return self.price + self.added_price

    @property
    def whole_fee(self) -> int:
        return self.fee + self.added_fee

    @property
    def whole_commission(self) -> int:
        return self.commission + self.added_commission

    @property
    def whole_total(self) -> int:
        """What the buyer has paid for it, extras and fees included."""
        return self.whole_price + self.whole_fee

    @property
    def seller_share(self) -> int:
        return self.whole_price - self.whole_commission

    @property
    def revisions_agreed(self) -> int:
        return self.max_revisions + self.added_revisions

    @property
    def revisions_left(self) -> int:
        return self.revisions_agreed - self.revision_count

    @property
    def policy(self) -> Policy:
        """The rules in force when the order was placed."""
        return Policy(**self.terms["policy"])

    @property
    def review_closes_at(self) -> datetime | None:
        """Until when the two may review each other."""
        days = timedelta(days=self.policy.review_days)
        return self.completed_at + days if self.completed_at else None

    @property
    def holds_money(self) -> bool:
        """Whether it is paid, and has neither been completed nor cancelled."""
        return self.status in HOLDS_MONEY

    def role_of(self, user: User) -> Role | None:
        """As whom `user` takes part, if at all."""
        return {self.buyer_id: Role.BUYER, self.seller_id: Role.SELLER}.get(user.pk)

    def other_side(self, user: User) -> User:
        return self.seller if user.pk == self.buyer_id else self.buyer

    @property
    def deadline(self) -> datetime | None:
        """Until when somebody has to do something, if anybody has, and can."""
        if self.on_hold:
            return None
        return {
            OrderStatus.PENDING: self.expires_at,
            OrderStatus.IN_PROGRESS: self.due_at,
            OrderStatus.REVISION: self.due_at,
            OrderStatus.DELIVERED: self.review_ends_at,
            OrderStatus.DISPUTED: self.dispute.answer_by if self.dispute else None,
        }.get(OrderStatus(self.status))

    def is_late(self, *, at: datetime) -> bool:
        is_due = self.status in WORKING and not self.on_hold
        return is_due and self.due_at is not None and self.due_at < at


class OrderEvent(models.Model):
    """One line of an order's history; the timeline on its page."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    order = models.ForeignKey(Order, models.PROTECT, related_name="events")
    from_status = models.CharField(
        _("before"), max_length=16, choices=OrderStatus, blank=True
    )
    to_status = models.CharField(_("after"), max_length=16, choices=OrderStatus)
    role = models.CharField(_("role"), max_length=10, choices=Role)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("who"),
    )
    reason = models.TextField(_("reason"), blank=True)
    at = models.DateTimeField(_("when"))

    class Meta:
        verbose_name = _("order event")
        verbose_name_plural = _("order events")
        constraints = [
            models.CheckConstraint(
                name="order_event_status_is_known",
                condition=Q(to_status__in=OrderStatus.values)
                & (Q(from_status="") | Q(from_status__in=OrderStatus.values)),
            ),
            models.CheckConstraint(
                name="order_event_role_is_known", condition=Q(role__in=Role.values)
            ),
            models.CheckConstraint(
                name="order_event_person_has_a_name",
                condition=Q(role=Role.SYSTEM) | Q(actor__isnull=False),
            ),
        ]
        indexes = [
            models.Index(fields=["order", "at", "id"], name="order_event_in_time")
        ]

    def __str__(self) -> str:
        return f"{self.get_from_status_display()} → {self.get_to_status_display()}"


class Reminder(models.Model):
    """A word about one moment in an order's life, so that it is said once."""

    class Kind(models.TextChoices):
        DELIVER = "deliver", _("The work is due soon")
        ACCEPT = "accept", _("The delivery counts as accepted soon")
        REVIEW = "review", _("A review is welcome")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    order = models.ForeignKey(Order, models.PROTECT, related_name="reminders")
    kind = models.CharField(max_length=10, choices=Kind)
    about_at = models.DateTimeField(help_text=_("The moment that it is about."))
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("reminder")
        verbose_name_plural = _("reminders")
        constraints = [
            models.UniqueConstraint(
                fields=["order", "kind", "about_at"],
                name="reminder_is_once_per_order_and_moment",
            ),
            models.CheckConstraint(
                name="reminder_kind_is_known",
                condition=Q(kind__in=["deliver", "accept", "review"]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind}, {self.order_id}"

    @classmethod
    def was_sent(cls, kind: str, field: str) -> Exists:
        """As a condition on orders: this was said of the moment in `field`."""
        sent = cls.objects.filter(order=OuterRef("pk"), kind=kind)
        return Exists(sent.filter(about_at=OuterRef(field)))
