"""The double-entry ledger. Debits are positive, credits negative, every transaction sums to zero."""

from datetime import datetime
from typing import Self
from uuid import UUID

from django.conf import settings
from django.db import models
from django.db.models import F, Q, Sum
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from gigstream.core.ids import uuid7
from gigstream.core.money import written


class AccountKind(models.TextChoices):
    """The chart of accounts. Per-subject kinds have one account for each order, person, …"""

    STRIPE = "stripe", _("Money at Stripe")
    DISPUTE_HOLD = "dispute_hold", _("Held by a chargeback")
    SELLER_RECEIVABLE = "seller_receivable", _("Owed by a seller")
    ESCROW = "escrow", _("Held for an order")
    FEE_DEFERRED = "fee_deferred", _("Service fee not yet earned")
    SELLER_PENDING = "seller_pending", _("Earnings not yet cleared")
    SELLER_AVAILABLE = "seller_available", _("Earnings to withdraw")
    PAYOUT_CLEARING = "payout_clearing", _("On its way to a seller")
    REFUND_CLEARING = "refund_clearing", _("On its way back to a buyer")
    DISPUTE_RESERVE = "dispute_reserve", _("Reserve for a chargeback")
    UNAPPLIED = "unapplied", _("Received without a purpose")
    BUYER_PAYABLE = "buyer_payable", _("Owed to a buyer")
    SERVICE_FEE = "service_fee", _("Service fees earned")
    COMMISSION = "commission", _("Commissions earned")
    STRIPE_FEES = "stripe_fees", _("Stripe's fees")
    DISPUTE_FEES = "dispute_fees", _("Chargeback fees")
    GOODWILL = "goodwill", _("Goodwill")
    BAD_DEBT = "bad_debt", _("Bad debt")

    @property
    def grows_by_debit(self) -> bool:
        return self in DEBIT_KINDS

    @property
    def keeps_balance(self) -> bool:
        """Whether the balance is a locked number; the busy totals are summed when asked for."""
        return self not in SUMMED_KINDS


_K = AccountKind
SUMMED_KINDS = frozenset(
    {
        _K.STRIPE,
        _K.SERVICE_FEE,
        _K.COMMISSION,
        _K.STRIPE_FEES,
        _K.DISPUTE_FEES,
        _K.GOODWILL,
        _K.BAD_DEBT,
    }
)
DEBIT_KINDS = frozenset(
    {
        _K.STRIPE,
        _K.DISPUTE_HOLD,
        _K.SELLER_RECEIVABLE,
        _K.STRIPE_FEES,
        _K.DISPUTE_FEES,
        _K.GOODWILL,
        _K.BAD_DEBT,
    }
)


class LedgerAccount(models.Model):
    """One account. `balance` is in its natural sign, and empty for kinds that are summed."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField(_("kind"), max_length=24, choices=AccountKind)
    code = models.CharField(_("code"), max_length=64, help_text=_("escrow:0190…"))
    currency = models.CharField(_("currency"), max_length=3)
    balance = models.BigIntegerField(_("balance"), null=True)

    class Meta:
        verbose_name = _("ledger account")
        verbose_name_plural = _("ledger accounts")
        constraints = [
            models.UniqueConstraint(
                fields=["code", "currency"],
                name="ledger_account_code_is_once_per_currency",
            ),
            models.CheckConstraint(
                name="ledger_account_kind_is_known",
                condition=Q(kind__in=AccountKind.values),
            ),
            models.CheckConstraint(
                name="ledger_account_balance_is_never_negative",
                condition=Q(balance__isnull=True) | Q(balance__gte=0),
            ),
            models.CheckConstraint(
                name="ledger_account_keeps_a_balance_unless_summed",
                condition=Q(kind__in=sorted(SUMMED_KINDS), balance__isnull=True)
                | (~Q(kind__in=sorted(SUMMED_KINDS)) & Q(balance__isnull=False)),
            ),
        ]
        indexes = [models.Index(fields=["kind"], name="ledger_account_by_kind")]

    def __str__(self) -> str:
        return self.code

    @property
    def subject(self) -> str:
        """Of whom or what it is: the part of the code behind its kind."""
        return self.code.partition(":")[2]


class LedgerTransaction(models.Model):
    """One posting: the header of legs that sum to zero. Never changed, never deleted.

    The header is written after its legs, and a trigger refuses it unless they balance;
    another refuses legs that come after their header.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    key = models.CharField(
        _("key"),
        max_length=100,
        unique=True,
        help_text=_("What happened, once: pay:0190…"),
    )
    kind = models.CharField(_("posting"), max_length=8, help_text=_("E1, E2, …"))
    currency = models.CharField(_("currency"), max_length=3)
    order = models.ForeignKey(
        "orders.Order",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="postings",
        verbose_name=_("order"),
    )
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("ledger transaction")
        verbose_name_plural = _("ledger transactions")
        indexes = [
            models.Index(fields=["-at", "-id"], name="ledger_transaction_by_time")
        ]

    def __str__(self) -> str:
        return self.key


class LedgerEntry(models.Model):
    """One leg: an amount, debit positive and credit negative, on one account."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    transaction = models.ForeignKey(
        LedgerTransaction, models.PROTECT, related_name="entries"
    )
    account = models.ForeignKey(
        LedgerAccount,
        models.PROTECT,
        related_name="entries",
        verbose_name=_("account of the books"),
    )
    amount = models.BigIntegerField(_("amount"))
    balance_after = models.BigIntegerField(
        _("balance after"),
        null=True,
        help_text=_("In the account's natural sign; empty where balances are summed."),
    )

    class Meta:
        verbose_name = _("ledger entry")
        verbose_name_plural = _("ledger entries")
        constraints = [
            models.CheckConstraint(
                name="ledger_entry_is_not_zero", condition=~Q(amount=0)
            ),
            models.UniqueConstraint(
                fields=["transaction", "account"],
                name="ledger_entry_is_once_per_account",
            ),
        ]
        indexes = [
            models.Index(fields=["account", "-id"], name="ledger_entry_by_account")
        ]

    def __str__(self) -> str:
        return f"{self.amount:+}"


class EarningQuerySet(models.QuerySet["Earning"]):
    def of(self, seller: User) -> Self:
        return self.filter(seller=seller)

    def uncleared(self) -> Self:
        return self.filter(cleared_at__isnull=True)

    def due_to_clear(self, *, at: datetime) -> Self:
        """Lots whose time has come, and that nothing holds back."""
        due = self.uncleared().filter(clears_at__lte=at)
        return due.filter(frozen_at__isnull=True, order__on_hold=False)

    def clearing(self, *, at: datetime) -> Self:
        """What the work itself brought that waits to clear, and whose time has not come."""
        left = self.uncleared().filter(tip=None, returned__lt=F("amount"))
        return left.filter(clears_at__gt=at)

    def total(self) -> int:
        """What they brought, less what went back to buyers."""
        return self.aggregate(kept=Sum(KEPT))["kept"] or 0


KEPT = F("amount") - F("returned") - F("taken_back")


class Earning(models.Model):
    """What a completed order, or a tip, brought its seller: a lot that waits until it clears."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    seller = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="earnings",
        verbose_name=_("seller"),
    )
    order = models.ForeignKey(
        "orders.Order",
        models.PROTECT,
        related_name="earnings",
        verbose_name=_("order"),
    )
    tip = models.OneToOneField(
        "payments.Payment",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="earning",
        verbose_name=_("tip"),
    )
    amount = models.PositiveBigIntegerField(_("amount"))
    returned = models.PositiveBigIntegerField(
        _("returned"),
        default=0,
        help_text=_("What of it went back to the buyer before it cleared."),
    )
    taken_back = models.PositiveBigIntegerField(
        _("taken back"),
        default=0,
        help_text=_("What of it went back to the buyer after it had cleared."),
    )
    currency = models.CharField(_("currency"), max_length=3)
    earned_at = models.DateTimeField(_("earned"))
    clears_at = models.DateTimeField(_("clears"))
    frozen_at = models.DateTimeField(_("held by a dispute"), null=True, blank=True)
    cleared_at = models.DateTimeField(_("cleared"), null=True, blank=True)

    objects = EarningQuerySet.as_manager()

    class Meta:
        verbose_name = _("earning")
        verbose_name_plural = _("earnings")
        constraints = [
            models.UniqueConstraint(
                fields=["order"],
                condition=Q(tip__isnull=True),
                name="earning_is_once_per_order",
            ),
            models.CheckConstraint(
                name="earning_is_positive", condition=Q(amount__gt=0)
            ),
            models.CheckConstraint(
                name="earning_returns_no_more_than_it_is",
                condition=Q(amount__gte=F("returned") + F("taken_back")),
            ),
            models.CheckConstraint(
                name="earning_that_is_frozen_has_not_cleared",
                condition=Q(frozen_at__isnull=True) | Q(cleared_at__isnull=True),
            ),
            models.CheckConstraint(
                name="earning_clears_after_it_is_earned",
                condition=Q(clears_at__gte=F("earned_at")),
            ),
        ]
        indexes = [
            # With the amount, so that sums over years do not touch the rows.
            models.Index(
                fields=["seller", "currency", "-earned_at", "amount"],
                name="earning_by_seller",
            ),
            models.Index(
                fields=["clears_at"],
                condition=Q(cleared_at__isnull=True),
                name="earning_uncleared_by_date",
            ),
        ]

    def __str__(self) -> str:
        return written(self.remaining, self.currency)

    @property
    def is_held(self) -> bool:
        """Whether a dispute or a chargeback keeps it from clearing."""
        return self.frozen_at is not None or self.order.on_hold

    @property
    def remaining(self) -> int:
        """What is pending of it, or has become available."""
        return self.amount - self.returned

    @property
    def given_back(self) -> int:
        """What of it went back to the buyer, whenever that was."""
        return self.returned + self.taken_back


def subject_code(kind: AccountKind, subject: UUID | str | None = None) -> str:
    """The code of an account: its kind, and whose or of what it is."""
    return f"{kind.value}:{subject}" if subject else kind.value
