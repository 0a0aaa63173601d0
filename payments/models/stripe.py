"""Payments and refunds as we intend them, and the events by which Stripe answers."""

from datetime import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from gigstream.core import clock
from gigstream.core.ids import uuid7
from gigstream.core.models import StaffTask
from gigstream.core.money import written
from payments.models.adjustments import AdjustmentStatus
from payments.status import (
    CLAIMS,
    OPEN_CHARGEBACKS,
    UNDECIDED,
    ChargebackStatus,
    PaymentStatus,
    RefundStatus,
)


class Purpose(models.TextChoices):
    ORDER = "order", _("Order")
    AMENDMENT = "amendment", _("Extra")
    TIP = "tip", _("Tip")


class PaymentQuerySet(models.QuerySet["Payment"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(buyer=user)

    def open(self) -> Self:
        """Payments that may still succeed."""
        return self.filter(
            status__in=[
                PaymentStatus.REQUIRES_PAYMENT,
                PaymentStatus.PROCESSING,
                PaymentStatus.FAILED,
            ]
        )

    def succeeded(self) -> Self:
        return self.filter(status=PaymentStatus.SUCCEEDED)

    def abandoned(self, *, since: datetime) -> Self:
        """Tips and extras that nobody paid; an unpaid order expires by itself."""
        return self.open().filter(created_at__lt=since).exclude(purpose=Purpose.ORDER)


class Payment(models.Model):
    """One sum that a buyer is asked to pay; `intent_id` is Stripe's name for it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    order = models.ForeignKey(
        "orders.Order",
        models.PROTECT,
        related_name="payments",
        verbose_name=_("order"),
    )
    purpose = models.CharField(
        _("for"), max_length=12, choices=Purpose, default=Purpose.ORDER
    )
    purpose_id = models.UUIDField(
        _("key of what is paid"), help_text=_("The order, the amendment or the tip.")
    )
    buyer = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="payments",
        verbose_name=_("buyer"),
    )
    attempt = models.PositiveSmallIntegerField(_("attempt"), default=1)
    # In minor units: amount = price + fee; the commission is the seller's part of price.
    amount = models.PositiveBigIntegerField(_("amount"))
    price = models.PositiveBigIntegerField(_("price"))
    fee = models.PositiveBigIntegerField(_("service fee"), default=0)
    commission = models.PositiveBigIntegerField(_("commission"), default=0)
    currency = models.CharField(_("currency"), max_length=3)
    status = models.CharField(
        _("status"),
        max_length=20,
        choices=PaymentStatus,
        default=PaymentStatus.REQUIRES_PAYMENT,
    )
    intent_id = models.CharField(
        _("Stripe's name of the payment"),
        max_length=100,
        null=True,
        blank=True,
        unique=True,
    )
    client_secret = models.CharField(max_length=200, blank=True, editable=False)
    card_brand = models.CharField(_("card"), max_length=20, blank=True)
    card_last4 = models.CharField(_("last digits"), max_length=4, blank=True)
    failure = models.CharField(_("why it failed"), max_length=300, blank=True)
    created_at = models.DateTimeField(_("created"), default=clock.now)
    succeeded_at = models.DateTimeField(_("paid"), null=True, blank=True)
    asked_at = models.DateTimeField(_("Stripe was asked"), null=True, blank=True)

    objects = PaymentQuerySet.as_manager()

    class Meta:
        verbose_name = _("payment")
        verbose_name_plural = _("payments")
        constraints = [
            models.CheckConstraint(
                name="payment_status_is_known",
                condition=Q(status__in=PaymentStatus.values),
            ),
            models.CheckConstraint(
                name="payment_purpose_is_known", condition=Q(purpose__in=Purpose.values)
            ),
            models.CheckConstraint(
                name="payment_amount_is_positive", condition=Q(amount__gt=0)
            ),
            models.CheckConstraint(
                name="payment_amount_is_price_plus_fee",
                condition=Q(amount=F("price") + F("fee")),
            ),
            models.CheckConstraint(
                name="payment_commission_is_within_price",
                condition=Q(commission__lte=F("price")),
            ),
            models.CheckConstraint(
                name="payment_succeeded_has_a_date_and_an_intent",
                condition=~Q(status=PaymentStatus.SUCCEEDED)
                | Q(succeeded_at__isnull=False, intent_id__isnull=False),
            ),
            models.CheckConstraint(
                name="payment_intent_is_not_empty", condition=~Q(intent_id="")
            ),
            models.UniqueConstraint(
                fields=["purpose", "purpose_id"],
                condition=Q(status=PaymentStatus.SUCCEEDED),
                name="payment_succeeds_once_per_purpose",
            ),
            models.UniqueConstraint(
                fields=["purpose", "purpose_id", "attempt"],
                name="payment_attempt_is_once_per_purpose",
            ),
        ]
        indexes = [
            models.Index(fields=["status", "created_at"], name="payment_by_status"),
            models.Index(fields=["buyer", "-created_at"], name="payment_by_buyer"),
        ]

    def __str__(self) -> str:
        return f"{written(self.amount, self.currency)} ({self.get_status_display()})"


class UnappliedPaymentQuerySet(models.QuerySet["UnappliedPayment"]):
    def waiting(self) -> Self:
        """Those about which the site has asked somebody of ours, who has not answered."""
        tasks = StaffTask.objects.open().filter(target__startswith=f"{UNAPPLIED}:")
        refunds = StaffTask.objects.open().filter(
            kind="payments.refund_failed", target__startswith=f"{REFUND}:"
        )
        return self.filter(Q(pk__in=_keys(tasks)) | Q(refund__in=_keys(refunds)))


UNAPPLIED, REFUND = "payments.unappliedpayment", "payments.refund"
MOST_WAITING = 1000


def _keys(tasks: "models.QuerySet[StaffTask]") -> list[str]:
    targets = tasks.order_by("opened_at").values_list("target", flat=True)
    return [target.partition(":")[2] for target in targets[:MOST_WAITING]]


class UnappliedPayment(models.Model):
    """Money that came but fits no order: late, twice, or not what was asked for."""

    class Reason(models.TextChoices):
        LATE = "late", _("The order was no longer waiting for it")
        DUPLICATE = "duplicate", _("The order was already paid")
        UNKNOWN_ORDER = "unknown_order", _("It names no order of ours")
        AMOUNT = "amount", _("The amount is not the one agreed")
        CURRENCY = "currency", _("The currency is not the one agreed")
        MODE = "mode", _("Test money in live books, or the other way round")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    intent_id = models.CharField(
        _("Stripe's name of the payment"), max_length=100, unique=True
    )
    order = models.ForeignKey(
        "orders.Order",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="unapplied",
        verbose_name=_("order"),
    )
    amount = models.PositiveBigIntegerField(_("amount"))
    currency = models.CharField(_("currency"), max_length=3)
    reason = models.CharField(_("reason"), max_length=20, choices=Reason)
    received_at = models.DateTimeField(_("received"))

    objects = UnappliedPaymentQuerySet.as_manager()

    class Meta:
        verbose_name = _("unapplied payment")
        verbose_name_plural = _("unapplied payments")
        constraints = [
            models.CheckConstraint(
                name="unapplied_reason_is_known",
                condition=Q(
                    reason__in=[
                        "late",
                        "duplicate",
                        "unknown_order",
                        "amount",
                        "currency",
                        "mode",
                    ]
                ),
            ),
            models.CheckConstraint(
                name="unapplied_amount_is_positive", condition=Q(amount__gt=0)
            ),
        ]

    def __str__(self) -> str:
        return f"{written(self.amount, self.currency)}: {self.get_reason_display()}"

    @property
    def sent_back(self) -> "Refund | None":
        """Its way back; the caller has selected `refund`."""
        return getattr(self, "refund", None)

    @property
    def came_back(self) -> bool:
        """Whether the bank did not take it, so that the buyer is still owed it."""
        refund = self.sent_back
        return refund is not None and refund.status in RETURNED


RETURNED = frozenset({RefundStatus.FAILED, RefundStatus.CANCELED})


class Refund(models.Model):
    """One sum that goes back to a buyer's card; the money is set aside when it is requested."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    payment = models.ForeignKey(
        Payment,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="refunds",
        verbose_name=_("payment"),
    )
    unapplied = models.OneToOneField(
        UnappliedPayment,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="refund",
        verbose_name=_("unapplied payment"),
    )
    intent_id = models.CharField(
        _("Stripe's name of the payment"), max_length=100, db_index=True
    )
    # What it is made of; the commission is what we, and not the seller, give of the price.
    amount = models.PositiveBigIntegerField(_("amount"))
    price = models.PositiveBigIntegerField(_("of the price"), default=0)
    fee = models.PositiveBigIntegerField(_("of the service fee"), default=0)
    commission = models.PositiveBigIntegerField(_("of the commission"), default=0)
    currency = models.CharField(_("currency"), max_length=3)
    status = models.CharField(
        _("status"), max_length=12, choices=RefundStatus, default=RefundStatus.REQUESTED
    )
    stripe_id = models.CharField(
        _("Stripe's name"), max_length=100, null=True, blank=True, unique=True
    )
    failure = models.CharField(_("why it failed"), max_length=300, blank=True)
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("by"),
    )
    requested_at = models.DateTimeField(_("requested"), default=clock.now)
    settled_at = models.DateTimeField(_("settled"), null=True, blank=True)
    asked_at = models.DateTimeField(_("Stripe was asked"), null=True, blank=True)

    class Meta:
        verbose_name = _("refund")
        verbose_name_plural = _("refunds")
        constraints = [
            models.CheckConstraint(
                name="refund_status_is_known",
                condition=Q(status__in=RefundStatus.values),
            ),
            models.CheckConstraint(
                name="refund_amount_is_positive", condition=Q(amount__gt=0)
            ),
            models.CheckConstraint(
                name="refund_of_a_payment_is_price_plus_fee",
                condition=Q(payment__isnull=True) | Q(amount=F("price") + F("fee")),
            ),
            models.CheckConstraint(
                name="refund_commission_is_within_price",
                condition=Q(commission__lte=F("price")),
            ),
            models.CheckConstraint(
                name="refund_returns_a_payment_or_unapplied_money",
                condition=Q(payment__isnull=False, unapplied__isnull=True)
                | Q(payment__isnull=True, unapplied__isnull=False),
            ),
        ]
        indexes = [
            models.Index(fields=["status", "requested_at"], name="refund_by_status")
        ]

    def __str__(self) -> str:
        return f"{written(self.amount, self.currency)} ({self.get_status_display()})"


class ChargebackQuerySet(models.QuerySet["Chargeback"]):
    def taken(self) -> Self:
        """Those whose money is gone from whom it was taken, for now or for good.

        What comes back after it was booked as lost goes to nobody by itself.
        """
        is_gone = Q(reinstated_at__isnull=True) | Q(lost_at__isnull=False)
        return self.filter(is_gone, withdrawn_at__isnull=False)

    def holding(self) -> Self:
        """Those that keep an order where it is: open, or with money that is neither back nor lost."""
        is_open = Q(status__in=sorted(OPEN_CHARGEBACKS))
        return self.filter(is_open) | self.taken().filter(lost_at__isnull=True)

    def undecided(self) -> Self:
        """Those whose money came back late, and nobody's yet."""
        late = self.filter(lost_at__isnull=False, reinstated_at__isnull=False)
        return late.exclude(adjustments__status=AdjustmentStatus.APPROVED)

    def unfinished(self) -> Self:
        """Those of which Stripe has more to say."""
        return self.filter(status__in=sorted(UNDECIDED)) | self.holding()


class Chargeback(models.Model):
    """A payment that its buyer contests at their bank: Stripe calls it a dispute.

    Price, fee and commission are the parts of the payment that the bank took; what it took
    beyond what was left of the payment is our loss.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    stripe_id = models.CharField(_("Stripe's name"), max_length=100, unique=True)
    intent_id = models.CharField(
        _("Stripe's name of the payment"), max_length=100, db_index=True, blank=True
    )
    payment = models.ForeignKey(
        Payment,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="chargebacks",
        verbose_name=_("payment"),
    )
    order = models.ForeignKey(
        "orders.Order",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="chargebacks",
        verbose_name=_("order"),
    )
    amount = models.PositiveBigIntegerField(_("amount"))
    price = models.PositiveBigIntegerField(_("of the price"), default=0)
    fee = models.PositiveBigIntegerField(_("of the service fee"), default=0)
    commission = models.PositiveBigIntegerField(_("of the commission"), default=0)
    currency = models.CharField(_("currency"), max_length=3)
    status = models.CharField(_("status"), max_length=24, choices=ChargebackStatus)
    reason = models.CharField(_("the buyer says"), max_length=60, blank=True)
    answer_by = models.DateTimeField(_("to be answered by"), null=True, blank=True)
    opened_at = models.DateTimeField(_("opened"))
    withdrawn_at = models.DateTimeField(_("money taken"), null=True, blank=True)
    reinstated_at = models.DateTimeField(_("money returned"), null=True, blank=True)
    lost_at = models.DateTimeField(_("booked as lost"), null=True, blank=True)
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True)

    objects = ChargebackQuerySet.as_manager()

    class Meta:
        verbose_name = _("chargeback")
        verbose_name_plural = _("chargebacks")
        constraints = [
            models.CheckConstraint(
                name="chargeback_status_is_known",
                condition=Q(status__in=ChargebackStatus.values),
            ),
            models.CheckConstraint(
                name="chargeback_amount_is_positive", condition=Q(amount__gt=0)
            ),
            models.CheckConstraint(
                name="chargeback_parts_are_within_the_amount",
                condition=Q(amount__gte=F("price") + F("fee")),
            ),
            models.CheckConstraint(
                name="chargeback_commission_is_within_price",
                condition=Q(commission__lte=F("price")),
            ),
        ]
        indexes = [
            models.Index(fields=["status", "opened_at"], name="chargeback_by_status")
        ]

    def __str__(self) -> str:
        return f"{written(self.amount, self.currency)} ({self.get_status_display()})"

    @property
    def claim(self) -> str:
        """What the buyer says, in words; a reason that is new at Stripe as it is called there."""
        return str(CLAIMS.get(self.reason, self.reason.replace("_", " ")))

    @property
    def came_back_late(self) -> bool:
        """Whether the money came back after it was booked as lost; two people decide then."""
        return self.lost_at is not None and self.reinstated_at is not None


class StripeEvent(models.Model):
    """One webhook event as it came. Only `processed_at` ends the matter."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    event_id = models.CharField(_("Stripe's name"), max_length=100, unique=True)
    kind = models.CharField(_("kind"), max_length=80)
    body = models.JSONField(_("content"))
    created_at = models.DateTimeField(_("made by Stripe"))
    received_at = models.DateTimeField(_("received"), default=clock.now)
    processed_at = models.DateTimeField(_("processed"), null=True, blank=True)
    attempts = models.PositiveIntegerField(_("attempts"), default=0)
    problem = models.CharField(_("why it waits"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("Stripe event")
        verbose_name_plural = _("Stripe events")
        indexes = [
            models.Index(
                fields=["received_at"],
                condition=Q(processed_at__isnull=True),
                name="stripe_event_pending",
            ),
            # For the list of one kind.
            models.Index(fields=["kind", "received_at"], name="stripe_event_by_kind"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.event_id}"
